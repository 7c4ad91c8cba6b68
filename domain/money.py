"""An amount of money in minor units (cents) and its ISO 4217 currency, always together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

# ISO 4217, list one of 2026; every other currency has two. Not CLDR's numbers, which leave out decimals that people do not use.
DECIMALS = {
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0,
    "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "CLF": 4, "UYW": 4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` counts minor units: 12.50 EUR is `Money(1250, "EUR")` and 500 JPY is `Money(500, "JPY")`."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if self.amount < 0:
            raise ValueError("an amount of money is never negative")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError("a currency is three capital letters (ISO 4217)")

    def times(self, count: int) -> Money:
        """The price of `count` seats."""
        return Money(self.amount * count, self.currency)

    def part(self, percent: int) -> Money:
        """So much of it, rounded up to what vendors can move, and never more than all of it."""
        return Money(min(self.amount, -(-self.amount * percent // (100 * self._step)) * self._step), self.currency)

    def part_rounded_down(self, percent: int) -> Money:
        """So much of it, rounded down to what vendors can move."""
        return Money(self.amount * percent // (100 * self._step) * self._step, self.currency)

    def less(self, other: Money) -> Money:
        """What is left of it. Raises ValueError for another currency, or for more than there is."""
        if other.currency != self.currency:
            raise ValueError("amounts of two currencies have no difference")
        return Money(self.amount - other.amount, self.currency)

    @property
    def _step(self) -> int:
        """Card networks move no thousandths and no parts of an ariary. https://docs.stripe.com/currencies#three-decimal"""
        return 100 if self.currency == "MGA" else 10 if self.decimals == 3 else 1

    @property
    def decimals(self) -> int:
        """How many decimals the currency has."""
        return DECIMALS.get(self.currency, 2)

    @property
    def major(self) -> Decimal:
        """The amount as people say it, with the currency's decimals: 12.50 for `Money(1250, "EUR")`."""
        return Decimal(self.amount).scaleb(-self.decimals)

    @property
    def is_free(self) -> bool:
        return self.amount == 0
