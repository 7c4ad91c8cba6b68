"""What the slots bench asks of a town, and how it knows that the answers are right before it counts them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp

from bench.load import Question
from bench.slots_api import SELECT_ONE
from bench.town import IN_CLINIC, Place, Town

DIFFERENT = 400  # providers who are asked for, or all where there are fewer
CLINICS = 20
SELECT, DAY, POLL, MONTH, CLINIC = (
    "SELECT 1",
    "one provider, 1 day",
    "the same, unchanged (304)",
    "one provider, 30 days",
    "50 providers, 7 days",
)


class WrongAnswer(Exception):
    """The API does not say what it should of this town."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question, in the wording for many providers, and the status of its answers."""

    name: str
    questions: Sequence[Question]
    status: int = 200


def questions(town: Town) -> dict[str, list[Question]]:
    """Of each kind those for many providers, but for polls: they need ETags."""
    return {
        SELECT: [Question(SELECT_ONE)],
        DAY: _days(town),
        MONTH: [_of_provider(place, _range(town, 2, 30)) for place in _some(town, False)],
        CLINIC: [Question(f"/api/v1/services/{UUID(place.service)}/slots?{_range(town, 2, 7)}") for place in _some(town, True)],
    }


async def ask_all(town: Town, session: aiohttp.ClientSession) -> list[Asked]:
    """Asks everything once, which also warms everything up. Raises WrongAnswer."""
    found = questions(town)
    await _slots(session, found[CLINIC], IN_CLINIC)
    await _slots(session, found[MONTH], 1)
    tags = await _slots(session, found[DAY], 1)
    polls = [Question(question.path, tag) for question, tag in zip(found[DAY], tags, strict=True)]
    select, day, *others = (Asked(name, asked) for name, asked in found.items())
    return [select, day, Asked(POLL, polls, 304), *others]


def _days(town: Town) -> list[Question]:
    """One of the next week's working days."""
    first = town.day + timedelta(days=7 - town.day.weekday())
    return [_of_provider(place, f"date={first + timedelta(days=place.number % 5)}") for place in _some(town, False)]


def _range(town: Town, ahead: int, days: int) -> str:
    first = town.day + timedelta(days=ahead)
    return f"from={first}&to={first + timedelta(days=days - 1)}"


def _of_provider(place: Place, when: str) -> Question:
    return Question(f"/api/v1/providers/{UUID(place.provider)}/slots?service_id={UUID(place.service)}&{when}")


def _some(town: Town, are_clinics: bool) -> list[Place]:
    """Of ordinary businesses anybody; of clinics the first, who stands for all."""
    fitting = [place for place in town.places if (place.colleagues == IN_CLINIC) is are_clinics]
    if are_clinics:
        fitting = [place for place in fitting if place.seat == 0]
    most = min(CLINICS if are_clinics else DIFFERENT, len(fitting))
    return random.Random(town.seed).sample(fitting, most)  # noqa: S311 (the same for the same seed)


async def _slots(session: aiohttp.ClientSession, questions: Sequence[Question], providers: int) -> list[str]:
    """The ETags of the answers, which must offer times of as many providers or, where some are booked out, fewer."""
    tags: list[str] = []
    for question in questions:
        async with session.get(question.path) as answer:
            body: dict[str, Any] = await answer.json()
            offered = {slot["provider_id"] for slot in body.get("slots", ())}
            if answer.status != 200 or "ETag" not in answer.headers or not providers // 2 <= len(offered) <= providers:
                raise WrongAnswer(f"GET {question.path}: {answer.status} {str(body)[:500]}")
            tags.append(answer.headers["ETag"])
    return tags
