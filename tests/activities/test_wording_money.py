"""What a message says was paid."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from activities import wording
from domain.bookings import Appointment, Customer
from domain.messages import MessageKind
from domain.money import Money


@pytest.mark.parametrize(
    ("price", "locale", "said"),
    [
        (Money(1250, "EUR"), "de-DE", "12,50\xa0€"),
        (Money(1250, "EUR"), "en", "€12.50"),
        (Money(500, "JPY"), "en", "¥500"),
        (Money(12500, "KWD"), "en", "KWD12.500"),
        (Money(150000, "RSD"), "sr-Latn", "1.500,00\xa0RSD"),
        (Money(1500, "MGA"), "en", "MGA15.00"),
    ],
)
def test_the_price_is_said_in_the_units_that_were_charged(price: Money, locale: str, said: str) -> None:
    customer = Customer("Ada", "ada@example.com", None, "Europe/Belgrade", locale)
    starts_at = datetime(2027, 3, 8, 9, tzinfo=UTC)
    ids = UUID(int=1), UUID(int=2)
    appointment = Appointment(
        *ids, "Salon", "Cut", "Grace", "Europe/Belgrade", None, starts_at, starts_at.replace(hour=10), 1, price, customer
    )
    email = wording.email(MessageKind.CONFIRMATION, "confirmation", appointment)
    assert email is not None and f"Paid: {said}" in email.text
