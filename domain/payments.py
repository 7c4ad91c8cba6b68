"""What a payment vendor must be able to do for a booking. Implemented in gateways/payments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.money import Money


class PaymentState(StrEnum):
    """What the vendor says of one payment."""

    CREATED = "created"  # exists at the vendor, no money touched
    ACTION_REQUIRED = "action_required"  # the customer must prove who they are first
    PROCESSING = "processing"  # the vendor does not know yet; ask again
    AUTHORISED = "authorised"  # the money is reserved, not taken
    CAPTURED = "captured"  # the money is taken
    DECLINED = "declined"  # this payment method was refused; another may be tried
    CANCELLED = "cancelled"  # voided: no money, for good


@dataclass(frozen=True, slots=True)
class NextAction:
    """What the customer has to do, passed through to their browser: a page to visit or the vendor's client secret."""

    kind: str
    url: str | None
    client_secret: str | None


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment at the vendor. `decline_code` is the vendor's stable code where `state` is DECLINED.

    `capture_before` is when the vendor lets go of money that is reserved, where it says so.
    """

    id: str
    state: PaymentState
    amount: Money
    refunded: int = 0
    decline_code: str | None = None
    next_action: NextAction | None = None
    capture_before: datetime | None = None


class RefundState(StrEnum):
    """How a refund stands: `requested` is ours alone, the rest is what the vendor says."""

    REQUESTED = "requested"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        return self in (RefundState.SUCCEEDED, RefundState.FAILED)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back. Pending is not final: the vendor still works on it. `failure_code` is the vendor's."""

    id: str
    amount: Money
    state: RefundState
    failure_code: str | None = None

    @property
    def is_final(self) -> bool:
        return self.state.is_final


@dataclass(frozen=True, slots=True)
class MadePayment:
    """A payment as the vendor's own books list it: whose it says it is, and the `key` it was made under, where it carries one."""

    payment: Payment
    business_id: UUID
    booking_id: UUID
    created_at: datetime
    key: str | None = None


@dataclass(frozen=True, slots=True)
class MadePage:
    """Some payments of a list; `after` is what the next page begins with, None where this was the last."""

    payments: tuple[MadePayment, ...]
    after: str | None = None


@dataclass(frozen=True, slots=True)
class PaymentNews:
    """A webhook in our words: something happened to this booking's payment; ask the vendor what.

    `lost` is a refund of which the vendor says for good that it did not arrive, also where it had called it done; `key` is
    the key that it was asked for with.
    """

    event_id: str
    kind: str
    booking_id: UUID
    business_id: UUID
    payment_id: str
    lost: Refund | None = None
    key: str | None = None


class PaymentGateway(Protocol):
    """A payment vendor. Every call may be repeated with the same `key`: the vendor makes one effect of it.

    Accidents (timeouts, 5xx, rate limits) rise as PaymentAccident; a decline is a Payment in state DECLINED, not an error.
    One booking has one first payment for its whole life, so it can be captured only once whatever is repeated.
    """

    async def create(self, business_id: UUID, booking_id: UUID, amount: Money, *, key: str) -> Payment:
        """Opens the payment at the vendor without touching money. Its metadata names business and booking."""

    async def authorise(
        self,
        payment_id: str,
        payment_method: str,
        *,
        return_url: str,
        key: str,
        save: bool = False,
        only_reserve: bool = False,
        opened: Payment | None = None,
    ) -> Payment:
        """Reserves the money with this method. A method that cannot be captured later is charged at once: CAPTURED.

        With `save` the vendor keeps the method for `charge_saved`, where it is of a kind that can be kept. With `only_reserve`
        a method that would be charged at once is refused with PaymentMethodUnsuitable, and nothing has happened.

        What the caller has `opened` just now need not be looked at first.
        """

    async def look(self, payment_id: str) -> Payment:
        """What the vendor says now; changes nothing."""

    async def capture(self, payment_id: str, *, key: str, is_reserved: bool = False) -> Payment:
        """Takes the reserved money; already captured answers the same. Raises PaymentNotCapturable when it is gone for good.

        What `is_reserved` by the vendor's last word is taken without a look before.
        """

    async def void_or_refund(self, payment_id: str, *, key: str) -> Payment | Refund:
        """Undoes the payment as it stands: cancels what is reserved, refunds what was taken, leaves alone what is undone."""

    async def refund(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Refund:
        """Gives back this part of what was taken. Looks first whether it did already under this `key`, and how that stands.

        Where several bookings share a payment, `booking_id` says whose part it is, so that news of it find that booking.

        Raises RefundRefused where the vendor will never give that much back.
        """

    async def charge_saved(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Payment:
        """Takes this much more with the method that was saved with that payment; a payment of its own, under a new id, and for
        the booking `booking_id` where that is another.

        Looks first whether it did already under this `key`, and how that stands. A bank that says no, or asks for a customer
        who is not there, is a Payment in state DECLINED, and so is a payment that saved no method; it is never tried again.
        """

    async def renew(self, payment_id: str, amount: Money, *, key: str) -> Payment:
        """Reserves this money anew with the method that was saved with that payment; a payment of its own, under a new id.

        In all else as `charge_saved`. What is reserved already stays so, for the caller to void once this is AUTHORISED.
        """

    async def undo_charge_if_made(self, payment_id: str, *, key: str) -> Payment | Refund | None:
        """Undoes, as `void_or_refund` does, what `charge_saved` or `renew` did under this `key`; None where nothing was done."""

    async def find(self, payment_id: str) -> Payment | None:
        """As `look`; None for one that the vendor does not know. Changes nothing. Raises PaymentsClosed for a business's own
        account that no longer opens."""

    async def list_made(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        """The payments of bookings that were made in this time, the newest first, page by page. Changes nothing."""

    async def list_refunded(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        """The same of those that money came back of in this time, whoever sent it; one may come more than once."""

    def read_webhook(self, body: bytes, signature: str) -> PaymentNews | None:
        """Checks the signature and translates; None for events that do not concern us. Raises BadSignature."""


class PaymentAccident(Exception):
    """The vendor did not answer as it should; nobody knows whether it acted. Retrying with the same key is safe."""


class PaymentsClosed(PaymentAccident):
    """The vendor no longer lets us use the account; a new key opens it again."""


class BadSignature(Exception):
    """The webhook was not signed with our secret, or too long ago."""
