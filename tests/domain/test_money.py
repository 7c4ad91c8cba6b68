"""Amounts in minor units, said as people say them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from domain.money import Money


@pytest.mark.parametrize(
    ("money", "said"),
    [
        (Money(1250, "EUR"), "12.50"),
        (Money(0, "EUR"), "0.00"),
        (Money(500, "JPY"), "500"),
        (Money(12500, "KWD"), "12.500"),
        (Money(150000, "RSD"), "1500.00"),  # CLDR says that dinars have no decimals; ISO 4217 counts them in paras
        (Money(5, "BHD"), "0.005"),
    ],
)
def test_an_amount_is_said_with_the_decimals_of_its_currency(money: Money, said: str) -> None:
    assert said == str(money.major)
    assert Decimal(money.amount) == money.major * 10**money.decimals


@pytest.mark.parametrize(("amount", "currency"), [(-1, "EUR"), (1, "eur"), (1, "EURO"), (1, ""), (1, "ÄÖÜ")])
def test_what_is_no_money_is_refused(amount: int, currency: str) -> None:
    with pytest.raises(ValueError):
        Money(amount, currency)


def test_seats_multiply_the_price() -> None:
    assert Money(7500, "EUR") == Money(2500, "EUR").times(3)
