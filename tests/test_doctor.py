"""`slotkeeper doctor`: each part that is well says so, each that is ill says what to do."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from temporalio.service import RPCError

import cli
import doctor
from api.app import create_app
from domain.gateways import Gateways
from embedded.logins import logins
from embedded.ports import free_port
from embedded.postgres import EmbeddedPostgres
from settings import Settings
from store import bookings
from temporal import schedules
from temporal.client import connect
from temporal.setup import register
from tests.fakes import FakeCalendar, FakePayments, FakePost
from tests.journeys.servers import listening, serving, url_of
from tests.orders import TOMORROW, open_shop
from tests.workflows.system import hasty_settings
from worker import build_worker

HERE = "postgresql://postgres:secret@here/shop"
PARTS = ["database", "migrations", "tenants", "keys", "temporal", "schedules", "worker", "api", "stuck", "audit", "books"]


@pytest.fixture
async def settings(database_url: str, temporal_server: str) -> AsyncIterator[Settings]:
    """Of a system whose programs do not run; what they would find is prepared."""
    made = hasty_settings(database_url, temporal_server, public_url=f"http://127.0.0.1:{free_port()}")
    await register(made)
    yield made
    await remove_schedules(made)


async def remove_schedules(settings: Settings) -> None:
    client = await connect(settings)
    for schedule_id in schedules.all_of(settings.task_queue):
        with suppress(RPCError):  # a test has removed it already
            await client.get_schedule_handle(schedule_id).delete()


@pytest.fixture
async def system(settings: Settings, pools: tuple[asyncpg.Pool, asyncpg.Pool]) -> AsyncIterator[Settings]:
    """The same with a worker and an API."""
    bound = listening()
    reached = settings.model_copy(update={"public_url": url_of(bound)})
    gateways = Gateways(FakePayments(), FakeCalendar(), FakePost(), FakePost())
    async with build_worker(reached, await connect(reached), *pools, gateways), serving(create_app(reached), bound):
        yield reached


async def finding(settings: Settings, part: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What it says of this part alone; its verdict and what it answers are one."""
    well = await doctor.examine(settings, set(PARTS) - {part})
    (line,) = capsys.readouterr().out.splitlines()
    verdict, named, said = line.split(maxsplit=2)
    assert (part, "ok" if well else "FAIL") == (named, verdict)
    return f"{verdict} {said}"


async def test_a_system_that_runs_is_well_in_every_part(system: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await doctor.examine(system, ())
    lines = capsys.readouterr().out.splitlines()
    assert [("ok", part) for part in PARTS] == [tuple(line.split()[:2]) for line in lines]


async def test_what_is_skipped_is_not_looked_at(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert await doctor.examine(settings, ("api", "worker"))
    assert [*PARTS[:6], "stuck", "audit", "books"] == [line.split()[1] for line in capsys.readouterr().out.splitlines()]


async def test_one_ill_part_hides_no_other(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert not await doctor.examine(settings, ())
    verdicts = {line.split()[1]: line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert dict.fromkeys([*PARTS[:6], "stuck", "audit", "books"], "ok") | {"worker": "FAIL", "api": "FAIL"} == verdicts


@pytest.mark.parametrize("part", ["database", "migrations"])
async def test_a_database_that_is_away_is_named(settings: Settings, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    place = f"127.0.0.1:{free_port()}"
    away = hasty_settings(f"postgresql://ada:hidden@{place}/shop", settings.temporal_address)
    said = await finding(away, part, capsys)
    assert said.startswith(f"FAIL the database at {place}/shop does not answer: ")


async def test_a_part_that_only_listens_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = hasty_settings(f"postgresql://ada:hidden@127.0.0.1:{silent.getsockname()[1]}/shop", settings.temporal_address)
        assert "FAIL does not answer within 0.2 s" == await finding(mute, "database", capsys)


async def test_missing_migrations_are_named(
    settings: Settings, postgres_server: EmbeddedPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = hasty_settings(postgres_server.url("postgres"), settings.temporal_address)
    said = await finding(bare, "migrations", capsys)
    assert said.startswith("FAIL missing 0001_")
    assert said.endswith(": run `slotkeeper migrate`")


@pytest.mark.parametrize("part", ["temporal", "schedules", "worker"])
async def test_a_temporal_that_is_away_is_named(settings: Settings, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    away = settings.model_copy(update={"temporal_address": f"127.0.0.1:{free_port()}"})
    said = await finding(away, part, capsys)
    assert f"FAIL Temporal at {away.temporal_address} does not answer: Connection refused" == said


async def test_a_missing_namespace_is_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    said = await finding(settings.model_copy(update={"temporal_namespace": "nowhere"}), "temporal", capsys)
    assert said.startswith("FAIL") and "nowhere" in said


async def test_a_missing_schedule_is_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    await remove_schedules(settings)
    expected = f"FAIL {settings.task_queue}-reminders is missing: run `slotkeeper schedules`"
    assert expected == await finding(settings, "schedules", capsys)


async def test_a_paused_schedule_is_named_with_its_note(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    handle = (await connect(settings)).get_schedule_handle(f"{settings.task_queue}-reminders")
    await handle.pause(note="moving house")
    said = await finding(settings, "schedules", capsys)
    assert f"FAIL {settings.task_queue}-reminders is paused (moving house): unpause it in the Temporal Web UI" == said
    await handle.unpause()
    expected = ", ".join(f"{schedule_id} runs" for schedule_id in schedules.all_of(settings.task_queue))
    assert f"ok {expected}" == await finding(settings, "schedules", capsys)


async def test_a_missing_worker_is_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    expected = f"FAIL nobody polls the task queue {settings.task_queue}: start `slotkeeper worker`"
    assert expected == await finding(settings, "worker", capsys)


async def test_an_api_that_is_away_is_named(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    said = await finding(settings, "api", capsys)
    assert said.startswith(f"FAIL {settings.public_url} does not answer (")
    assert said.endswith("): start `slotkeeper api`")


async def test_an_api_that_is_not_ready_says_why(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    async with serving(create_app(settings), listening()) as url:
        said = await finding(settings.model_copy(update={"public_url": url}), "api", capsys)
    assert said.startswith(f"FAIL {url} is not ready: worker: ")


async def test_what_is_stuck_is_counted_and_the_oldest_named(
    settings: Settings, pool: asyncpg.Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "ok nothing for longer than 10 minutes" == await finding(settings, "stuck", capsys)
    shop = await open_shop(pool)
    for order in (shop.order(), shop.order(TOMORROW + timedelta(hours=1))):
        await bookings.hold(pool, order, timedelta(minutes=5))
    await pool.execute("UPDATE bookings SET hold_expires_at = '2026-02-03 04:05+00'")
    assert await doctor.examine(settings, set(PARTS) - {"stuck"})
    (line,) = capsys.readouterr().out.splitlines()
    assert ["note", "stuck", "2", "hold-not-released", "(the", "oldest", "since", "2026-02-03", "04:05"] == line.split()[:9]


@pytest.mark.parametrize(("skipped", "code"), [((), 1), (("worker", "api"), 0)])
async def test_the_exit_code_says_whether_all_is_well(
    settings: Settings, skipped: tuple[str, ...], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("temporal_address", "task_queue", "public_url"):
        monkeypatch.setenv(f"SLOTKEEPER_{name.upper()}", getattr(settings, name))
    for name, url in logins(settings.owner_url).items():
        monkeypatch.setenv(f"SLOTKEEPER_{name.upper()}", url)
    monkeypatch.setenv("SLOTKEEPER_TOKEN_SECRET", settings.token_secret.get_secret_value())
    arguments = ["doctor", *(word for part in skipped for word in ("--skip", part))]
    assert code == await asyncio.to_thread(cli.main, arguments)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `slotkeeper up` leaves for other programs; nothing else is configured."""
    for name in [name for name in os.environ if name.startswith("SLOTKEEPER_")]:
        monkeypatch.delenv(name)
    known = {"api_url": "http://127.0.0.1:8001", "temporal_address": "127.0.0.1:7234", "database_url": HERE}
    (tmp_path / "up.json").write_text(json.dumps(known))
    (tmp_path / "secrets.json").write_text(json.dumps({"token_secret": "t" * 32, "payload_key": "a" * 43 + "="}))
    return tmp_path


def test_without_settings_it_examines_the_system_that_is_up_here(state: Path) -> None:
    found = doctor.settings_of(state)
    assert ("http://127.0.0.1:8001", "127.0.0.1:7234") == (found.public_url, found.temporal_address)
    assert logins(HERE) == {
        "database_url": found.tenant_url,
        "database_steward_url": found.steward_url,
        "database_door_url": found.door_url,
        "database_owner_url": found.owner_url,
    }


def test_settings_go_before_the_system_that_is_up_here(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLOTKEEPER_DATABASE_URL", "postgresql://there/shop")
    monkeypatch.setenv("SLOTKEEPER_TOKEN_SECRET", "t" * 32)
    assert "postgresql://there/shop" == doctor.settings_of(state).database_url.get_secret_value()


def test_a_bad_setting_beside_the_system_that_is_up_is_named(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SLOTKEEPER_LOG_LEVEL", "loud")
    assert 2 == cli.main(["doctor", "--state", str(state)])
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("SLOTKEEPER_LOG_LEVEL: ")


async def test_what_is_wrong_in_the_books_is_told_with_its_page(
    settings: Settings, pool: asyncpg.Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    """In words, and as data for programs; a booking that changed just now is not judged yet."""
    shop = await open_shop(pool)
    order = shop.order()
    await bookings.hold(pool, order, timedelta(minutes=5))
    await pool.execute(
        "INSERT INTO refunds (business_id, booking_id, step, amount, currency, reason, asked_by)"
        " VALUES ($1, $2, 'cancel/0', 1250, 'EUR', 'by-hand', 'staff')",
        order.business_id,
        order.booking_id,
    )
    skipped = set(PARTS) - {"books"}
    assert await doctor.examine(settings, skipped)
    assert "nothing is wrong in 1 bookings" in capsys.readouterr().out
    at_once = doctor.Look(timedelta(0))
    assert not await doctor.examine(settings, skipped, at_once)
    said = capsys.readouterr().out
    assert "FAIL  books       3 findings in 1 bookings and 0 open workflows, 12.50 EUR at risk" in said
    assert "    1 × a refund was promised and is not made: see docs/runbooks/refund-not-done.md" in said
    assert f"        {order.booking_id}  cancel/0 requested (12.50 EUR)" in said
    assert not await doctor.examine(settings, skipped, at_once, as_data=True)
    books = json.loads(capsys.readouterr().out)["books"]
    (owed,) = [one for one in books["findings"] if one["rule"] == "refund-owed"]
    assert ({"EUR": 1250}, 1, 3) == (books["money_at_risk"], books["bookings"], len(books["findings"]))
    assert {
        "rule": "refund-owed",
        "says": "a refund was promised and is not made",
        "is_fault": True,
        "business_id": str(order.business_id),
        "booking_id": str(order.booking_id),
        "detail": "cancel/0 requested",
        "money_at_risk": {"amount": 1250, "currency": "EUR"},
        "runbook": "docs/runbooks/refund-not-done.md",
    } == owed


def test_how_long_is_quiet_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert 2 == cli.main(["doctor", "--quiet-for", "-1"])
    assert "--quiet-for: must be 0 to 86400 seconds" in capsys.readouterr().err
