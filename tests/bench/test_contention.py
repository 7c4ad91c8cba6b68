"""A small crowd at a real system, and what the bench makes of what it is told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from bench.contention.crowd import LOST, Answer, Crowd, booking
from bench.contention.fight import Options
from bench.contention.judging import differences
from bench.contention.parts import Outcome, Part, Prize
from bench.contention.run import main, run
from bench.progress import Progress

FEW = Options(callers=24, many_callers=24, slots=6, seats=3, providers=2, attempts=1, answer_within=30.0, processes=1)
SLOT = Prize("service", "provider", "2027-03-08T09:00:00+01:00")
TAKEN = json.dumps({"code": "slot-taken"}).encode()


def won(booking_id: str = "1", provider: str = "provider") -> Answer:
    return Answer(201, json.dumps({"id": booking_id, "provider_id": provider}).encode(), 0.1)


def lost(seconds: float = 0.2) -> Answer:
    return Answer(409, TAKEN, seconds)


async def test_a_small_crowd_has_as_many_winners_as_there_are_places_and_leaves_nothing() -> None:
    report = await run(FEW, Progress())
    assert [] == report.all_faults, report.text()
    names = {one.part.name: len(one.winners_waited) for one in report.outcomes}
    assert {"one slot": 1, "many slots": 6, "a class": 3, "any provider": 2, "long run": 1} == names
    assert [24] * 5 == [one.attempts for one in report.outcomes]
    assert "| one slot | 24 | 1 × 1 | 1 | 24 | 1 |" in report.text()
    assert 23 == report.as_json()["parts"][0]["refused"]


def test_two_winners_none_and_the_same_one_twice_are_found() -> None:
    for answers, wrong in (
        ([won("1"), won("2"), lost()], "has 2 winners (2 bookings) instead of 1"),
        ([lost(), lost()], "has 0 winners (0 bookings) instead of 1"),
        ([won("1"), won("1")], "has 2 winners (1 bookings) instead of 1"),
    ):
        outcome = Outcome(Part("one slot", len(answers), [SLOT]))
        outcome.count([(SLOT, one) for one in answers])
        assert [f"{SLOT.starts_at} {wrong}"] == outcome.faults


def test_a_provider_who_is_given_to_two_winners_is_found() -> None:
    anybody = Prize("service", None, SLOT.starts_at, places=2)
    outcome = Outcome(Part("any provider", 3, [anybody]))
    outcome.count([(anybody, won("1", "ada")), (anybody, won("2", "ada")), (anybody, lost())])
    assert ["one provider was given to several" in fault for fault in outcome.faults] == [True]


def test_fewer_callers_than_places_all_win() -> None:
    seats = Prize("service", "teacher", SLOT.starts_at, places=30)
    outcome = Outcome(Part("a class", 2, [seats]))
    outcome.count([(seats, won("1")), (seats, won("2"))])
    assert ([], 2) == (outcome.faults, outcome.attempts)


def test_whoever_is_told_anything_else_and_whoever_waits_too_long_is_a_fault() -> None:
    outcome = Outcome(Part("one slot", 5, [SLOT], answered_within=1.0))
    answers = [won(), lost(0.5), lost(1.5), Answer(500, b"oops", 0.1), Answer(409, b'{"code":"not-allowed-now"}', 0.1)]
    outcome.count([(SLOT, one) for one in answers])
    assert outcome.faults == [
        "1 callers were told: 500 oops",
        '1 callers were told: 409 {"code":"not-allowed-now"}',
        "1 losers waited 1 s or longer, the last one 1.50 s",
    ]


def test_a_table_counts_what_was_asked_again_and_refused_each_second() -> None:
    outcome = Outcome(Part("one slot", 3, [SLOT]), seconds=4.0)
    outcome.count([(SLOT, won()), (SLOT, lost()), (SLOT, Answer(409, TAKEN, 2.4, asked_again=1))])
    assert (1, 0.5, 200.0, 2400.0) == (
        outcome.asked_again, outcome.refusals_per_second, outcome.loser_ms(0.5), outcome.loser_ms(1.0),
    )  # fmt: skip


def claim(*bookings: str, seats: int = 1, capacity: int = 1) -> dict[str, Any]:
    return {"id": UUID(int=1), "capacity": capacity, "seats_taken": seats, "bookings": list(bookings)}


def test_rows_that_say_something_else_than_the_winners_were_told_are_found() -> None:
    assert [] == list(differences([claim("1")], {"1"}, {"1"}, 0))
    assert ["2 claims overlap"] == list(differences([claim("1")], {"1"}, {"1"}, 2))
    assert [
        "1 claims are nobody's who won, and 1 winners have none",
        "0 open bookings are nobody's who won, and 1 winners have none",
    ] == list(differences([claim("2")], set(), {"1"}, 0))
    assert ["a booking sits in two claims"] == list(differences([claim("1"), claim("1")], {"1"}, {"1"}, 0))
    (too_many,) = differences([claim("1", "2", seats=2)], {"1", "2"}, {"1", "2"}, 0)
    assert too_many.endswith("counts 2 of 1 seats for 2 bookings")


@asynccontextmanager
async def api(*answers: bytes) -> AsyncIterator[str]:
    """A server that gives these answers, one a request."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (head := await reader.read(65536)) and left:
            assert head.startswith(b"POST /api/v1/bookings HTTP/1.1\r\n")
            writer.write(left.pop(0))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()


def said(status: int, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


async def test_a_caller_asks_again_when_told_to_and_is_told_when_nobody_answers() -> None:
    asked_to_wait = said(503, b"{}", "Retry-After: 1")
    async with api(asked_to_wait, said(409, TAKEN), said(503, b"{}")) as url:
        crowd, request = Crowd(url), booking(url, {"seats": 1}, "key")
        (refused,) = await crowd.ask([request])
        assert (409, TAKEN, 1) == (refused.status, refused.body, refused.asked_again)
        assert refused.seconds > 1.0
        assert [503, LOST] == [(await crowd.ask([request]))[0].status, (await crowd.ask([request]))[0].status]
        crowd.close()


@pytest.mark.parametrize("wrong", [["--callers", "0"], ["--attempts", "-1"], ["--seconds", "0"], ["--answer-within", "-1"]])
def test_what_makes_no_sense_is_refused(wrong: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(wrong)
