"""Each rule says in a few words why a time is not offered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from api.explaining import in_words
from domain.rules import Rule
from domain.slots import Removed
from tests.api.shop import Shop
from tests.domain.test_slots import HAIRCUT

NINE = datetime.fromisoformat("2027-03-08T09:00:00Z")


@pytest.mark.parametrize(
    ("rule", "source", "words"),
    [
        (Rule.CLOSED, "holiday:Good Friday", "closed: public holiday, Good Friday"),
        (Rule.CLOSED, "availability:2027-03-08", "closed on this date"),
        (Rule.CLOSED, "schedule:monday@2027-03-01", "closed: no hours on Mondays"),
        (Rule.TAKEN, "claims", "taken"),
        (Rule.TOO_SOON, "service:min_notice_minutes", "inside 24 h notice"),
        (Rule.TOO_FAR, "service:max_advance_days", "more than 90 days ahead"),
        (Rule.BUSY, "calendar:Google:42", "busy in Google"),
        (Rule.UNKNOWN, "calendar:Google", "unknown: Google could not be read lately"),
    ],
)
def test_the_words(rule: Rule, source: str, words: str) -> None:
    service = replace(HAIRCUT, min_notice=timedelta(hours=24), max_advance=timedelta(days=90))
    assert words == in_words(Removed(uuid4(), NINE, NINE, rule, source), service)


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_words(rule: Rule) -> None:
    assert in_words(
        Removed(uuid4(), NINE, NINE, rule, "schedule:monday"),
        replace(
            HAIRCUT,
        ),
    )


@pytest.mark.parametrize(("minutes", "words"), [(90, "90 min"), (120, "2 h"), (72 * 60, "72 h"), (7 * 1440, "7 days")])
def test_a_notice_is_told_in_the_unit_that_people_use(minutes: int, words: str) -> None:
    removed = Removed(uuid4(), NINE, NINE, Rule.TOO_SOON, "service:min_notice_minutes")
    assert f"inside {words} notice" == in_words(removed, replace(HAIRCUT, min_notice=timedelta(minutes=minutes)))


async def test_the_explanation_has_them(shop: Shop) -> None:
    service = await shop.service()
    provider = await shop.provider(service, week={})
    removed = (await shop.slots(service, provider, date(2027, 3, 8)))["removed"]
    assert ["closed: no hours on Mondays"] == [time["detail"] for time in removed]
