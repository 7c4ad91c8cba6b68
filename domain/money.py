"""An amount of money in minor units (cents) and its ISO 4217 currency, always together."""

from __future__ import annotations

from dataclasses import dataclass


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

    @property
    def is_free(self) -> bool:
        return self.amount == 0
