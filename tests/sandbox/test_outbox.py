"""The outbox page: everything escaped, amounts and times as people read them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from sandbox.outbox import page

EVIL = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&"
PAYMENT: dict[str, Any] = {
    "id": "pi_1",
    "booking_id": "b",
    "state": "succeeded",
    "authorised": 1250,
    "captured": 1250,
    "refunded": 0,
    "amount": 1250,
    "currency": "eur",
}
EVENT: dict[str, Any] = {
    "id": "e",
    "calendar_id": "grace@salon.example",
    "booking_id": "b",
    "summary": "Haircut",
    "starts_at": "2027-03-28T00:30:00+00:00",
    "ends_at": "2027-03-28T01:30:00+00:00",
    "timezone": "Europe/Berlin",
    "status": "confirmed",
}
MESSAGE: dict[str, Any] = {
    "channel": "sms",
    "id": "SM1",
    "to": "+442071838750",
    "subject": None,
    "text": "Hello",
    "at": "2026-11-21T07:26:02.123456+00:00",
}


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_whatever_is_written_is_only_ever_text() -> None:
    evil = [dict.fromkeys(row, EVIL) | {"refunded": 0, "ics": EVIL} for row in (PAYMENT, EVENT, MESSAGE)]
    seen = Tags(page([evil[0]], [evil[1]], [evil[2], evil[2] | {"channel": "email"}]))
    assert {"script", "img"}.isdisjoint(tag for tag, _ in seen.seen)
    assert not any(name.startswith("on") or name == "src" for _, attributes in seen.seen for name in attributes)
    assert EVIL in seen.text


def test_nothing_is_loaded_from_elsewhere() -> None:
    html = page([PAYMENT], [EVENT], [MESSAGE])
    assert {"script", "link", "img", "iframe"}.isdisjoint(tag for tag, _ in Tags(html).seen)
    assert "http:" not in html and "https:" not in html and "url(" not in html


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (1250, "eur", "12.50 EUR"),
        (500, "jpy", "500 JPY"),
        (12500, "kwd", "12.500 KWD"),
        (123456789, "usd", "1,234,567.89 USD"),
        (0, "eur", "0.00 EUR"),
        (50000, "isk", "500.00 ISK"),  # Stripe takes krónur in hundredths, although there are none
        (1500, "mga", "1,500 MGA"),
        (100, "", "100"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(amount: int, currency: str, shown: str) -> None:
    assert f"<b>{shown}" in page([PAYMENT | {"amount": amount, "currency": currency}], [], [])


def test_a_refund_says_how_much() -> None:
    seen = Tags(page([PAYMENT | {"refunded": 250}], [], [])).text
    assert "captured" in seen and "2.50 EUR given back" in seen
    assert "refunded" in Tags(page([PAYMENT | {"refunded": 1250}], [], [])).text


def test_a_time_is_on_the_clock_of_its_zone_and_names_it() -> None:
    seen = Tags(page([], [EVENT], [MESSAGE])).text
    assert "Sun 28 Mar 2027, 01:30 CET (Europe/Berlin)" in seen
    assert "Sun 28 Mar 2027, 03:30 CEST (Europe/Berlin)" in seen  # the clocks jump in between
    assert "Sat 21 Nov 2026, 07:26 UTC" in seen


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../../etc/passwd"])
def test_without_a_known_zone_a_time_is_utc(zone: str | None) -> None:
    assert "Sun 28 Mar 2027, 00:30 UTC" in Tags(page([], [EVENT | {"timezone": zone}], [])).text


def test_the_newest_message_comes_first() -> None:
    older = MESSAGE | {"text": "older", "at": "2026-11-20T07:26:02+00:00"}
    seen = Tags(page([], [], [older, MESSAGE | {"text": "newer"}])).text
    assert seen.index("newer") < seen.index("older")


def test_an_empty_page_says_so_and_what_it_is() -> None:
    seen = Tags(page([], [], [])).text
    assert 4 == seen.count("nothing yet")
    assert "SANDBOX" in seen
