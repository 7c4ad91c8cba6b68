"""Answers are told by codes that never change."""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.errors import ANSWERS, Answer

RELEASED = {
    "slot-taken", "slot-not-offered", "hold-expired", "payment-declined", "payment-not-capturable", "calendar-disconnected",
    "message-refused", "not-allowed-now", "booking-failed", "not-found", "idempotency-key-reused",
}  # fmt: skip


def kinds(answer: type[Answer]) -> Iterator[type[Answer]]:
    for kind in answer.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_no_code_that_was_released_is_gone() -> None:
    assert RELEASED <= ANSWERS.keys()


def test_every_answer_is_found_again_by_its_code() -> None:
    """One that were not would come out of Temporal as an accident."""
    ours = {kind for kind in kinds(Answer) if kind.__module__ == Answer.__module__}
    assert ours == set(ANSWERS.values())
    assert all(code == kind.code and re.fullmatch("[a-z]+(-[a-z]+)*", code) for code, kind in ANSWERS.items())


def test_an_answer_keeps_its_words_and_facts() -> None:
    answer = ANSWERS["payment-declined"]("the payment was declined", decline_code="stolen_card")
    assert ("the payment was declined", {"decline_code": "stolen_card"}) == (str(answer), answer.facts)
