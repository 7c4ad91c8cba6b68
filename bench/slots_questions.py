"""What the slots bench asks of a town, and how it knows that the answers are right before it counts them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import ceil
from typing import Any
from uuid import UUID

import aiohttp

from bench.load import Question
from bench.slots_api import SELECT_ONE
from bench.town import IN_CLINIC, Place, Town

DIFFERENT = 400  # providers who are asked for, or all where there are fewer
CLINICS = 20
SELECT, POLL = "SELECT 1", "1 day, a poll (304)"
DAY, MONTH, CLINIC = "one provider, 1 day", "one provider, 30 days", "50 providers, 7 days"
FIRST_DAY, FIRST_MONTH, FIRST_CLINIC = "1 day, first asked", "30 days, first asked", "50 providers, first asked"
FRESH, FRESH_OF_CLINICS = 4000, 200  # questions that nobody asked before, in each round: more than can be asked in it


class WrongAnswer(Exception):
    """The API does not say what it should of this town."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One kind of question, in the wording for many providers, and the status of its answers.

    `anew` makes it in other words for each round, which never were asked before and have about the same answers.
    """

    name: str
    questions: Sequence[Question]
    status: int = 200
    anew: Callable[[int], Sequence[Question]] | None = None

    def in_round(self, number: int) -> Sequence[Question]:
        """What is asked in this round."""
        return self.questions if self.anew is None else self.anew(number)


def questions(town: Town) -> dict[str, list[Question]]:
    """Of each kind those for many providers, but for polls, which need ETags, and what must not have been asked before."""
    return {
        SELECT: [Question(SELECT_ONE)],
        DAY: _days(town),
        MONTH: [_of_provider(place, _range(town, 2, 30)) for place in _some(town, False)],
        CLINIC: [_of_clinic(place, _range(town, 2, 7)) for place in _some(town, True)],
    }


async def ask_all(town: Town, session: aiohttp.ClientSession) -> list[Asked]:
    """Asks everything once, which also warms everything up. Raises WrongAnswer."""
    found = questions(town)
    await _slots(session, found[CLINIC], IN_CLINIC)
    await _slots(session, found[MONTH], 1)
    tags = await _slots(session, found[DAY], 1)
    polls = [Question(question.path, tag) for question, tag in zip(found[DAY], tags, strict=True)]
    select, day, month, clinic = (Asked(name, asked) for name, asked in found.items())
    return [
        *(select, day, Asked(POLL, polls, 304), _first_asked(town, FIRST_DAY, False, 1)),
        *(month, _first_asked(town, FIRST_MONTH, False, 30), clinic, _first_asked(town, FIRST_CLINIC, True, 7)),
    ]


def _first_asked(town: Town, name: str, of_clinics: bool, days: int) -> Asked:
    """From one second to another, of which there are enough that no two questions are the same."""
    places = _some(town, of_clinics)
    wordings = ceil((FRESH_OF_CLINICS if of_clinics else FRESH) / len(places))

    def anew(number: int) -> list[Question]:
        found = []
        for second in range(number * wordings, (number + 1) * wordings):
            since = datetime.combine(town.day + timedelta(days=2), time.min, UTC) + timedelta(seconds=second)
            when = f"from={_instant(since)}&to={_instant(since + timedelta(days=days))}"
            found += [_of_clinic(place, when) if of_clinics else _of_provider(place, when) for place in places]
        return found

    return Asked(name, anew(0), anew=anew)


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _days(town: Town) -> list[Question]:
    """One of the next week's working days."""
    first = town.day + timedelta(days=7 - town.day.weekday())
    return [_of_provider(place, f"date={first + timedelta(days=place.number % 5)}") for place in _some(town, False)]


def _range(town: Town, ahead: int, days: int) -> str:
    first = town.day + timedelta(days=ahead)
    return f"from={first}&to={first + timedelta(days=days - 1)}"


def _of_provider(place: Place, when: str) -> Question:
    return Question(f"/api/v1/providers/{UUID(place.provider)}/slots?service_id={UUID(place.service)}&{when}")


def _of_clinic(place: Place, when: str) -> Question:
    return Question(f"/api/v1/services/{UUID(place.service)}/slots?{when}")


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
