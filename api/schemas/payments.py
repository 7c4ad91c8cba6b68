"""Money over HTTP: prices, payments, what was charged later and what comes back."""

from __future__ import annotations

from typing import Self

from api.schemas.fields import Answer
from domain.money import Money
from domain.payments import NextAction, RefundState
from store.booking_views import ChargeView, PaymentView, RefundView


class PaymentAnswer(Answer):
    """How the money stands; `refunded` counts minor units."""

    state: str
    amount: int
    currency: str
    refunded: int

    @classmethod
    def of(cls, payment: PaymentView) -> Self:
        """This payment for HTTP."""
        return cls(
            state=payment.state,
            amount=payment.amount.amount,
            currency=payment.amount.currency,
            refunded=payment.refunded,
        )


class RefundAnswer(Answer):
    """Money on its way back, in minor units. `requested` is not yet with the vendor, `pending` not yet with the customer."""

    amount: int
    currency: str
    state: RefundState
    reason: str

    @classmethod
    def of(cls, refund: RefundView) -> Self:
        """This refund for HTTP."""
        return cls(amount=refund.amount.amount, currency=refund.amount.currency, state=refund.state, reason=refund.reason)


class ChargeAnswer(Answer):
    """What was charged after the first payment, in minor units; `decline_code` is the vendor's where the bank said no."""

    amount: int
    currency: str
    state: str
    reason: str
    decline_code: str | None

    @classmethod
    def of(cls, charge: ChargeView) -> Self:
        """This charge for HTTP."""
        amount, code = charge.amount, charge.decline_code
        return cls(amount=amount.amount, currency=amount.currency, state=charge.state, reason=charge.reason, decline_code=code)


class NextActionAnswer(Answer):
    """What the customer has to do before their payment goes on: visit `url`, or use `client_secret` with the vendor's script."""

    kind: str
    url: str | None
    client_secret: str | None

    @classmethod
    def of(cls, action: NextAction) -> Self:
        """This action for HTTP."""
        return cls(kind=action.kind, url=action.url, client_secret=action.client_secret)


class PriceAnswer(Answer):
    """Money in minor units."""

    amount: int
    currency: str

    @classmethod
    def of(cls, price: Money) -> Self:
        """This price for HTTP."""
        return cls(amount=price.amount, currency=price.currency)
