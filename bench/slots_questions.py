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


async def ask_all(town: Town, session: aiohttp.ClientSession) -> list[Asked]:
    """Asks everything once, which also warms everything up. Without ETags there is nothing to poll with. Raises WrongAnswer."""
    day, month, clinic = _days(town), _months(town), _clinics(town)
    await _slots(session, clinic, IN_CLINIC)
    await _slots(session, month, 1)
    tags = await _slots(session, day, 1)
    found = [Asked(SELECT, [Question(SELECT_ONE)]), Asked(DAY, day), Asked(MONTH, month), Asked(CLINIC, clinic)]
    if all(tags):
        polls = [Question(question.path, tag) for question, tag in zip(day, tags, strict=True)]
        found.insert(2, Asked(POLL, polls, 304))
    return found


def _days(town: Town) -> list[Question]:
    """One of the next week's working days."""
    first = town.day + timedelta(days=7 - town.day.weekday())
    return [_of_provider(place, f"date={first + timedelta(days=place.number % 5)}") for place in _some(town, False)]


def _months(town: Town) -> list[Question]:
    return [_of_provider(place, _range(town, 2, 30)) for place in _some(town, False)]


def _clinics(town: Town) -> list[Question]:
    return [Question(f"/api/v1/services/{UUID(place.service)}/slots?{_range(town, 2, 7)}") for place in _some(town, True)]


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
    """The ETags of the answers, of which each must offer somebody's time and all together everybody's."""
    tags: list[str] = []
    for question in questions:
        async with session.get(question.path) as answer:
            body: dict[str, Any] = await answer.json()
            offered = {slot["provider_id"] for slot in body.get("slots", ())}
            if answer.status != 200 or len(offered) > providers:
                raise WrongAnswer(f"GET {question.path}: {answer.status} {str(body)[:500]}")
            tags.append(answer.headers.get("ETag", ""))
    return tags
