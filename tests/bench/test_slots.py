"""A quick run of the slots bench: its table must be true, what it asks must be one statement, and it must leave nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import httpx
import pytest

from api.application import build_app
from api.wiring import Wiring
from bench import load
from bench.fill import fill
from bench.load import Load, Question, write_questions
from bench.progress import Progress
from bench.slots import Options, measure
from bench.slots_api import SELECT_ONE, with_select_one
from bench.slots_questions import CLINIC, DAY, FIRST_CLINIC, FIRST_DAY, FIRST_MONTH, MONTH, POLL, SELECT, ask_all, questions
from bench.slots_report import Report, Run
from bench.slots_system import Measured, running
from bench.town import Size, Town
from embedded.logins import logins
from settings import Settings
from store.pool import open_tenant_pool
from tests.api.shop import FakeCommands
from tests.bench.stopping import parts_stopped_by_ctrl_c
from tests.unlimited import UNLIMITED

BOOKED = Size(2, past=200, future=400)
QUICK = Options([BOOKED], rounds=1, seconds=1, connections=2)


@dataclass(frozen=True, slots=True)
class Ran:
    """The measured towns, still up, and what was reported of them."""

    towns: list[Measured]
    report: Report


@pytest.fixture(scope="module")
async def ran() -> AsyncIterator[Ran]:
    progress = Progress()
    async with running(QUICK.sizes, datetime.now(UTC).date(), None, progress) as towns:
        yield Ran(towns, await measure(towns, QUICK, progress))


async def test_every_kind_of_question_is_measured(ran: Ran) -> None:
    rows = list(ran.report.rows())
    kinds = (SELECT, DAY, POLL, FIRST_DAY, MONTH, FIRST_MONTH, CLINIC, FIRST_CLINIC)
    assert [(str(BOOKED), kind) for kind in kinds] == [(row.size, row.question) for row in rows]
    for row in rows:
        assert row.rate > 0 and 0 < row.p50 <= row.p95
        assert row.cores["api"] > 0
    # The kernel counts in hundredths of a second, and PostgreSQL may need less for one kind of question.
    assert sum(row.cores["postgres"] for row in rows) > 0
    assert [] == ran.report.faults
    text = ran.report.text()
    assert all(kind in text for kind in kinds) and "requests/s" in text
    assert len(rows) == len(json.loads(json.dumps(ran.report.as_json()))["table"])


async def test_the_loader_for_machines_without_wrk_counts_the_same(
    ran: Ran, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(load, "has_wrk", lambda: False)
    write_questions(tmp_path / "questions", [Question(SELECT_ONE), Question("/health/live"), Question("/nowhere")])
    done = await load.load(ran.towns[0].api_url, tmp_path / "questions", 200, 2, 1)
    assert done.requests > 3 and 0 < done.p50 <= done.p95
    assert done.requests // 3 - 1 <= done.unexpected <= done.requests // 3 + 1


async def test_a_question_for_slots_is_one_statement(database_url: str) -> None:
    town = Town(1, BOOKED, datetime.now(UTC).date())
    await fill(database_url, town, Progress())
    known = {**logins(database_url), **UNLIMITED, "token_secret": "a secret of the tests, long enough"}
    settings = Settings.model_validate(known)
    pool = await open_tenant_pool(settings.tenant_url, 1)  # so all questions go over the connection that is listened to
    said: list[str] = []
    try:
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda record: said.append(record.query))
        app = with_select_one(build_app(settings, Wiring(settings, pool, pool, FakeCommands(pool), None)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotkeeper.test") as client:
            etag = (await client.get(questions(town)[DAY][0].path)).headers["ETag"]
            asked = {name: Question(of_kind[0].path) for name, of_kind in questions(town).items()}
            statements = {}
            for name, question in [*asked.items(), (POLL, Question(asked[DAY].path, etag))]:
                # The connection's first for a business, and the process's first for a service, cost one more each.
                await client.get(f"{question.path}&explain=1" if "?" in question.path else question.path)
                said.clear()
                answer = await client.get(question.path, headers={"If-None-Match": question.etag} if question.etag else {})
                statements[name] = (answer.status_code, len(said))
    finally:
        await pool.close()
    assert {SELECT: (200, 1), DAY: (200, 1), POLL: (304, 1), MONTH: (200, 1), CLINIC: (200, 1)} == statements


async def test_what_is_asked_for_the_first_time_is_asked_once(ran: Ran) -> None:
    measured = ran.towns[0]
    async with aiohttp.ClientSession(measured.api_url) as session:
        kinds = {kind.name: kind for kind in await ask_all(measured.town, session)}
    for name in (FIRST_DAY, FIRST_MONTH, FIRST_CLINIC):
        asked = [question.path for number in range(3) for question in kinds[name].in_round(number)]
        assert len(asked) == len(set(asked)) > 0
    assert kinds[DAY].in_round(1) == kinds[DAY].in_round(2)


def run_of(rate: int, p95: float = 10.0, unexpected: int = 0) -> Run:
    return Run(Load(2 * rate, 2.0, 5.0, p95, unexpected), {"api": 1.0, "postgres": 0.5, "load": 0.25, "others": 0.0})


def report_of(*rounds: list[dict[str, Run]]) -> Report:
    return Report("a machine", "wrk", 8, 1, ["small", "large"], [], rounds)


def town_of(day: Run, **others: Run) -> dict[str, Run]:
    each = {DAY: day, MONTH: run_of(100), CLINIC: run_of(10)}
    return {SELECT: run_of(2000), **each, FIRST_DAY: day, FIRST_MONTH: each[MONTH], FIRST_CLINIC: each[CLINIC]} | others


def test_ratios_are_medians_of_those_within_each_round() -> None:
    rounds = [[town_of(run_of(small)), town_of(run_of(large))] for small, large in ((1000, 500), (1500, 1400), (900, 1200))]
    day = next(row for row in report_of(*rounds).rows() if (row.size, row.question) == ("large", DAY))
    assert (1200, 0.6) == (day.rate, day.of_select)
    assert pytest.approx(1500 / 1400) == day.cost
    assert 0.5 == day.cores["api"]


def test_goals_are_judged_at_the_largest_size() -> None:
    good, day, month, clinic = town_of(run_of(1300)), run_of(900), run_of(80, 151.0), run_of(9, 501.0)
    bad = town_of(day) | {MONTH: month, CLINIC: clinic, FIRST_MONTH: month, FIRST_CLINIC: clinic}
    assert [True] * 10 == [goal.is_reached for goal in report_of([bad, good]).goals()]
    assert [False] * 10 == [goal.is_reached for goal in report_of([good, bad]).goals()]


def test_answers_that_are_not_what_they_should_be_are_faults() -> None:
    report = report_of([town_of(run_of(1000)), town_of(run_of(1000)) | {DAY: run_of(1000, unexpected=3)}])
    assert [f"large: {DAY}: 3 of 2,000 answers were not what they should be"] == report.faults
    assert report.faults[0] in report.text()


async def test_ctrl_c_stops_everything_and_leaves_nothing(enterable: Path) -> None:
    """The first town is up then, and the next one is filled."""
    assert 3 == await parts_stopped_by_ctrl_c(("bench.slots", "--scale", "0.01"), enterable, "*/api-0.pid", "*/*.pid")
