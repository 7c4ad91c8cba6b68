"""Who is one customer, and when they hold too much."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import TooManyHolds
from domain.holders import BOOKING, SERIES, Holder, OpenHolds, check_open, mailbox

NOW = datetime(2027, 3, 8, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "email", ["ada@example.com", "Ada@Example.COM", " ada@example.com ", "ada+1@example.com", "ada+a+b@example.com"]
)
def test_one_mailbox_is_one_however_it_is_written(email: str) -> None:
    assert "ada@example.com" == mailbox(email)


def test_other_mailboxes_are_others() -> None:
    assert 4 == len({mailbox(email) for email in ("ada@example.com", "a.da@example.com", "ada@example.org", "+ada@example.com")})


@given(st.integers(0, 30), st.lists(st.sampled_from([BOOKING, SERIES]), max_size=40))
def test_what_is_held_never_weighs_more_than_the_cap_but_for_the_first(most: int, wanted: list[int]) -> None:
    holder, held = Holder("m", None, None, most, 0), 0
    for weight in wanted:
        try:
            check_open([OpenHolds("customer", held, NOW)] if held else [], holder, weight, NOW)
        except TooManyHolds:
            assert most and held and held + weight > most
        else:
            held += weight
            assert not most or held <= max(most, weight)
    assert most or held == sum(wanted)


def test_the_refusal_says_until_when_and_of_whom() -> None:
    holder = Holder("m", None, "a", 10, 3)
    found = [OpenHolds("customer", 3, NOW + timedelta(minutes=5)), OpenHolds("address", 3, NOW + timedelta(minutes=2))]
    with pytest.raises(TooManyHolds, match=r"this address .* confirm or cancel .* 120 s") as caught:
        check_open(found, holder, BOOKING, NOW)
    assert {"limit": "address", "most": 3, "retry_after": 120} == caught.value.facts
