"""A client that asks again is told "as before" as long as that is true, and not a moment longer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from api import slots
from api.answers import Answered, KeptAnswers, Question
from api.freshness import Tag
from api.schemas.queries import SlotsOfService
from api.schemas.slots import SlotsAnswer
from domain.bookings import BookingRef
from tests.api.shop import FakeCommands, Shop
from workflows.messages import Cancel


@dataclass
class Asked:
    """One question about slots, asked again and again."""

    shop: Shop
    path: str
    query: dict[str, Any]
    tag: str = ""
    answers: list[Any] = field(default_factory=list)

    async def again(self, tag: str | None = None) -> httpx.Response:
        """The answer to whoever holds this tag, or the last one seen."""
        sent = self.tag if tag is None else tag
        answer = await self.shop.client.get(
            f"/api/v1{self.path}", params=self.query, headers={"If-None-Match": sent} if sent else {}
        )
        assert answer.status_code in (200, 304), answer.text
        assert "public, max-age=0, must-revalidate" == answer.headers["cache-control"]
        if answer.status_code == 200:
            self.tag = answer.headers["etag"]
            self.answers.append(answer.json())
        else:
            assert (sent, b"") == (answer.headers["etag"], answer.content)
        return answer

    async def is_new(self) -> bool:
        """Whether there is another answer than before."""
        before = self.tag
        answer = await self.again()
        assert (answer.status_code == 200) == (self.tag != before)
        return answer.status_code == 200


@dataclass
class Scene:
    """A doctor with a room, and the two ways to ask for their slots."""

    shop: Shop
    service: str
    doctor: str
    room: str
    at: datetime
    questions: list[Asked]

    async def news(self) -> list[bool]:
        """Which of the questions have another answer than before."""
        return [await asked.is_new() for asked in self.questions]


@pytest.fixture
async def scene(shop: Shop, nine_in_a_week: datetime) -> Scene:
    room = await shop.provider()
    service = await shop.service(resources=[[room]], slot_step_minutes=60)
    doctor = await shop.provider(service)
    day = {"date": nine_in_a_week.date().isoformat(), "explain": "1"}
    questions = [
        Asked(shop, f"/providers/{doctor}/slots", day | {"service_id": service}),
        Asked(shop, f"/services/{service}/slots", day),
    ]
    made = Scene(shop, service, doctor, room, nine_in_a_week, questions)
    assert [True, True] == await made.news()
    assert [False, False] == await made.news()
    return made


async def make(scene: Scene, path: str, body: Any) -> dict[str, Any]:
    answer = await scene.shop.post(path, body)
    assert answer.status_code in (200, 201, 204), answer.text
    return dict(answer.json()) if answer.content else {}


async def put(scene: Scene, path: str, body: Any) -> None:
    answer = await scene.shop.put(path, body)
    assert answer.status_code in (200, 204), answer.text


async def book(scene: Scene) -> None:
    assert 201 == (await scene.shop.book(scene.service, scene.doctor, scene.at)).status_code


async def take_the_room(scene: Scene) -> None:
    hire = await scene.shop.service()
    await scene.shop.pool.execute(
        "INSERT INTO provider_services (business_id, provider_id, service_id) VALUES ($1, $2, $3)",
        scene.shop.business_id,
        UUID(scene.room),
        UUID(hire),
    )
    assert 201 == (await scene.shop.book(hire, scene.room, scene.at)).status_code


async def close_all_week(scene: Scene) -> None:
    await put(scene, f"/providers/{scene.doctor}/schedule", {"weekly": {}})


async def close_the_room(scene: Scene) -> None:
    await make(scene, f"/providers/{scene.room}/availability", {"date": scene.at.date().isoformat(), "intervals": []})


async def go_away(scene: Scene) -> None:
    day = scene.at.date().isoformat()
    await make(scene, f"/providers/{scene.doctor}/time-off", {"from": day, "to": day})


async def mind_a_calendar(scene: Scene) -> None:
    await make(scene, f"/providers/{scene.room}/busy-calendars", {"name": "Google", "good_for_minutes": 5})


async def keep_holidays(scene: Scene) -> None:
    await scene.shop.pool.execute("UPDATE businesses SET holiday_country = 'DE' WHERE business_id = $1", scene.shop.business_id)


async def move_the_doctor(scene: Scene) -> None:
    await scene.shop.pool.execute("UPDATE providers SET timezone = 'Asia/Tokyo' WHERE id = $1", UUID(scene.doctor))


async def lengthen_the_service(scene: Scene) -> None:
    await scene.shop.pool.execute("UPDATE services SET duration_minutes = 90 WHERE id = $1", UUID(scene.service))


@pytest.mark.parametrize(
    "change",
    [
        book, take_the_room, close_all_week, close_the_room, go_away, mind_a_calendar, keep_holidays, move_the_doctor,
        lengthen_the_service,
    ],
)  # fmt: skip
async def test_after_a_change_the_answer_is_a_new_one(scene: Scene, change: Callable[[Scene], Awaitable[None]]) -> None:
    await change(scene)
    assert [True, True] == await scene.news()
    assert [False, False] == await scene.news()
    if change is not keep_holidays:  # hardly ever one on that day
        assert all(asked.answers[0] != asked.answers[1] for asked in scene.questions)


async def test_each_step_of_a_booking_that_frees_or_takes_time_is_news(scene: Scene, commands: FakeCommands) -> None:
    booked = (await scene.shop.book(scene.service, scene.doctor, scene.at)).json()
    assert [True, True] == await scene.news()
    await commands.cancel(BookingRef(scene.shop.business_id, UUID(booked["id"])), Cancel())
    assert [True, True] == await scene.news()
    assert all(asked.answers[0] == asked.answers[2] for asked in scene.questions)


async def test_another_provider_s_booking_is_news_where_the_service_is_limited(shop: Shop, nine_in_a_week: datetime) -> None:
    service = await shop.service(max_per_day=1)
    one, other = await shop.provider(service), await shop.provider(service)
    asked = Asked(shop, f"/providers/{one}/slots", {"date": nine_in_a_week.date().isoformat(), "service_id": service})
    await asked.again()
    assert 201 == (await shop.book(service, other, nine_in_a_week)).status_code
    assert await asked.is_new()
    assert [] == asked.answers[-1]["slots"]


async def test_a_change_of_another_provider_is_no_news(scene: Scene) -> None:
    other = await scene.shop.provider()
    await put(scene, f"/providers/{other}/schedule", {"weekly": {}})
    assert [False, False] == await scene.news()


async def test_a_provider_more_is_news_of_the_service_and_one_less(scene: Scene) -> None:
    other = await scene.shop.provider(scene.service)
    assert await scene.questions[1].is_new()
    await scene.shop.pool.execute("DELETE FROM provider_services WHERE provider_id = $1", UUID(other))
    assert await scene.questions[1].is_new()
    assert scene.questions[1].answers[0] == scene.questions[1].answers[2]


def stands_until(asked: Asked) -> datetime:
    (tag,) = Tag.all_in(asked.tag)
    return datetime.fromtimestamp(tag.until, UTC)


@pytest.mark.parametrize(
    ("rules", "before"),
    [
        pytest.param({}, timedelta(), id="it is past"),
        pytest.param({"min_notice_minutes": 2880}, timedelta(days=2), id="it is too soon"),
        pytest.param({"max_advance_days": 3}, timedelta(days=3), id="it is no longer too far"),
    ],
)
async def test_an_answer_stands_until_the_clock_moves_its_first_time(
    shop: Shop, nine_in_a_week: datetime, rules: dict[str, int], before: timedelta
) -> None:
    service = await shop.service(**rules)
    asked = Asked(shop, f"/services/{service}/slots", {"date": nine_in_a_week.date().isoformat()})
    await shop.provider(service)
    await asked.again()
    assert nine_in_a_week - before == stands_until(asked)


async def test_an_answer_stands_until_a_calendar_is_too_old(scene: Scene) -> None:
    made = await make(scene, f"/providers/{scene.room}/busy-calendars", {"name": "Google", "good_for_minutes": 5})
    read_at = datetime.now(UTC).replace(microsecond=0)
    await put(
        scene,
        f"/providers/{scene.room}/busy-calendars/{made['id']}/times",
        {"read_at": read_at.isoformat(), "times": []},
    )
    await scene.news()
    assert [read_at + timedelta(minutes=5)] * 2 == [stands_until(asked) for asked in scene.questions]


async def test_a_lapsed_hold_is_news_although_nobody_touched_it(scene: Scene, pool: asyncpg.Pool) -> None:
    """The clock alone ends it, for those who hold a tag and for those who are given what we keep."""
    await book(scene)
    shorten = (
        "UPDATE claim_seats SET expires_at = date_trunc('second', clock_timestamp()) + interval '2 s' WHERE business_id = $1"
        " RETURNING expires_at"
    )
    held_until = await pool.fetchval(shorten, scene.shop.business_id)
    assert [True, True] == await scene.news()
    assert [held_until] * 2 == [stands_until(asked) for asked in scene.questions]
    await asyncio.sleep((held_until - datetime.now(UTC)).total_seconds())
    assert [True, True] == await scene.news()
    assert all(asked.answers[0] == asked.answers[-1] for asked in scene.questions)
    for asked in scene.questions:
        assert asked.answers[0] == (await asked.again("")).json()


async def test_what_was_asked_before_is_worked_out_again_only_after_a_change(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[object] = []
    work_out = slots._work_out
    monkeypatch.setattr(slots, "_work_out", lambda *asked: worked_out.append(asked) or work_out(*asked))  # type: ignore[func-returns-value]
    first = [(await asked.again("")).json() for asked in scene.questions]
    assert [] == worked_out
    await go_away(scene)
    second = [(await asked.again("")).json() for asked in scene.questions]
    assert 2 == len(worked_out)
    assert all(before != after for before, after in zip(first, second, strict=True))


@pytest.mark.parametrize(
    "other", [{"timezone": "Asia/Tokyo"}, {"explain": "0"}, {"date": "2027-01-01"}], ids=["zone", "explain", "date"]
)
async def test_another_question_is_another_answer(scene: Scene, other: dict[str, str]) -> None:
    for asked in scene.questions:
        answer = await Asked(scene.shop, asked.path, asked.query | other).again()
        assert answer.json() != asked.answers[0]


def answered(size: int) -> Answered:
    return Answered(b"." * size, Tag("0" * 32, 0))


def of_day(day: int) -> Question:
    return Question(UUID(int=1), None, SlotsOfService.model_validate({"date": f"2027-01-{day:02}"}))


def test_only_so_many_bytes_of_answers_are_kept_and_those_asked_for_last() -> None:
    kept = KeptAnswers(10_000)
    for day in (1, 2, 3):
        kept.keep(of_day(day), answered(2_000))
    assert kept.get(of_day(1)) is not None
    kept.keep(of_day(4), answered(2_000))
    assert [True, False, True, True] == [kept.get(of_day(day)) is not None for day in (1, 2, 3, 4)]


def test_an_answer_that_is_larger_than_everything_is_not_kept_nor_the_one_before_it() -> None:
    kept = KeptAnswers(10_000)
    kept.keep(of_day(1), answered(10))
    kept.keep(of_day(1), answered(20_000))
    assert kept.get(of_day(1)) is None


async def test_what_is_over_stands_for_ever(scene: Scene) -> None:
    asked = Asked(scene.shop, f"/services/{scene.service}/slots", {"date": "2020-03-02"})
    await asked.again()
    assert 9999 == stands_until(asked).year


async def test_tags_are_compared_as_http_says(scene: Scene) -> None:
    """Also a list of them, and one that a proxy made strong; one that we never gave costs nothing and is never believed."""
    asked = scene.questions[0]
    own = asked.tag
    for sent in (f'"other", {own}', own.removeprefix("W/")):
        answer = await scene.shop.client.get(f"/api/v1{asked.path}", params=asked.query, headers={"If-None-Match": sent})
        assert (304, own) == (answer.status_code, answer.headers["etag"])
    for sent in ("", "*", '"', 'W/"x.y"', f'W/"{"0" * 32}.253402300799"', own[:-3]):
        assert 200 == (await asked.again(sent)).status_code


async def test_a_tag_does_not_say_when_anything_was_changed(scene: Scene) -> None:
    stamp = await scene.shop.pool.fetchval("SELECT max(version) FROM time_versions WHERE id = $1", UUID(scene.doctor))
    assert str(stamp)[:10] not in scene.questions[0].tag


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "Europe/London", "Asia/Kolkata"])
async def test_the_body_is_what_its_description_says(scene: Scene, zone: str) -> None:
    """It is written by hand, for speed."""
    await book(scene)
    await mind_a_calendar(scene)
    asked = scene.questions[0]
    for explain in ("0", "1"):
        query = asked.query | {"timezone": zone, "explain": explain}
        text = (await scene.shop.client.get(f"/api/v1{asked.path}", params=query)).text
        assert SlotsAnswer.model_validate_json(text).model_dump_json(exclude_none=True) == text
        assert "unknown" in text
        assert ("removed" in text) == (explain == "1")
    text = (await scene.shop.client.get(f"/api/v1{asked.path}", params=asked.query | {"date": "2020-03-02"})).text
    assert '"slots":[]' in text


async def test_refusals_carry_no_tag(scene: Scene) -> None:
    for path in (f"/services/{UUID(int=5)}/slots", f"/providers/{UUID(int=5)}/slots"):
        answer = await scene.shop.get(path, date="2027-03-08", service_id=scene.service)
        assert answer.status_code in (404, 422)
        assert "etag" not in answer.headers


async def test_what_is_new_costs_one_statement_and_what_is_as_before_a_look_up(scene: Scene, tenant_pool: asyncpg.Pool) -> None:
    for asked in scene.questions:
        await asked.again()
        for tag, status in (("", 200), (None, 304)):
            with counted(tenant_pool) as statements:
                assert status == (await asked.again(tag)).status_code
            assert [False] == ["claims" in statement for statement in statements]
        other = Asked(scene.shop, asked.path, asked.query | {"timezone": "Asia/Tokyo"})
        with counted(tenant_pool) as statements:
            await other.again()
        assert [True] == ["claims" in statement for statement in statements]
        await go_away(scene)
        with counted(tenant_pool) as statements:
            assert 200 == (await other.again()).status_code
        assert [False, True] == ["claims" in statement for statement in statements]


@contextmanager
def counted(pool: asyncpg.Pool) -> Iterator[list[str]]:
    """Every statement that the pool's connections send meanwhile, also between the lines."""
    sent: list[str] = []

    def note(query: Any) -> None:
        sent.append(query.query)

    connections = [holder._con for holder in pool._holders if holder._con is not None]  # type: ignore[attr-defined] # nothing public shows what the pool itself sends
    for connection in connections:
        connection.add_query_logger(note)
    yield sent
    for connection in connections:
        connection.remove_query_logger(note)
