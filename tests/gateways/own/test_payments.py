"""A key that is good no more: what was paid with it is given back by a newer key of the same account, and by no other's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe

from domain.money import Money
from domain.payments import PaymentGateway, PaymentsClosed, PaymentState
from domain.vendor_accounts import StripeCredentials, Vendor, VendorAccount, VendorKind, own_id
from gateways.own.accounts import Own
from gateways.own.payments import OwnPayments
from tests.fakes import FakePayments

BUSINESS, BOOKING = uuid4(), uuid4()
PRICE = Money(2500, "EUR")


class Withdrawn:
    """The vendor's client with a key that was withdrawn there."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def refused(*_: Any, **__: Any) -> Any:
            raise stripe.AuthenticationError("Expired API Key provided")

        return refused


@dataclass(slots=True)
class Accounts:
    """Those of the business, the present one last."""

    kept: list[VendorAccount] = field(default_factory=list)

    def another(self, key: str) -> VendorAccount:
        self.kept.append(VendorAccount(BUSINESS, uuid4(), Vendor.STRIPE, StripeCredentials(key, "whsec")))
        return self.kept[-1]

    async def present(self, kind: VendorKind) -> VendorAccount | None:
        return self.kept[-1] if self.kept and kind is VendorKind.PAYMENTS else None

    async def find(self, account_id: UUID) -> VendorAccount | None:
        return next((one for one in self.kept if one.id == account_id), None)

    async def former(self, kind: VendorKind) -> Sequence[VendorAccount]:
        return self.kept[:-1]

    async def first_from(self, kind: VendorKind, account_id: UUID) -> VendorAccount | None:
        return None


@dataclass(slots=True)
class Rolled:
    """Paid and captured with the first key, which was withdrawn then."""

    accounts: Accounts
    clients: dict[UUID, Any]
    vendor: FakePayments
    payments: OwnPayments
    payment_id: str

    def now(self, client: Any) -> None:
        self.clients[self.accounts.another("sk_test_next").id] = client


@pytest.fixture
async def rolled() -> Rolled:
    accounts, vendor = Accounts(), FakePayments()
    first = accounts.another("sk_test_first")
    clients: dict[UUID, Any] = {first.id: Withdrawn()}

    def build(account: VendorAccount) -> PaymentGateway:
        client: PaymentGateway = clients[account.id]
        return client

    made = await vendor.create(BUSINESS, BOOKING, PRICE, key="k")
    await vendor.authorise(made.id, "ok", return_url="https://shop.example", key="k")
    await vendor.capture(made.id, key="k")
    return Rolled(
        accounts, clients, vendor, OwnPayments(None, Own(VendorKind.PAYMENTS, accounts, build)), own_id(first.id, made.id)
    )


async def test_a_newer_key_of_the_same_account_looks_and_gives_back_and_the_id_stays(rolled: Rolled) -> None:
    rolled.now(rolled.vendor)
    seen = await rolled.payments.look(rolled.payment_id)
    given = await rolled.payments.refund(rolled.payment_id, PRICE, key="back")
    found = await rolled.payments.find(rolled.payment_id)
    assert (rolled.payment_id, PaymentState.CAPTURED) == (seen.id, seen.state)
    assert (PRICE.amount, 1) == (given.amount.amount, rolled.vendor.faults.calls.count("refund"))
    assert found is not None and found.id == rolled.payment_id


async def test_another_account_is_not_asked_to_give_back_what_it_never_had(rolled: Rolled) -> None:
    stranger = FakePayments()
    rolled.now(stranger)
    with pytest.raises(stripe.AuthenticationError):
        await rolled.payments.refund(rolled.payment_id, PRICE, key="back")
    with pytest.raises(PaymentsClosed):
        await rolled.payments.find(rolled.payment_id)
    assert {"find"} == set(stranger.faults.calls)


async def test_without_another_key_it_waits_for_one(rolled: Rolled) -> None:
    with pytest.raises(stripe.AuthenticationError):
        await rolled.payments.refund(rolled.payment_id, PRICE, key="back")
    rolled.now(Withdrawn())
    with pytest.raises(stripe.AuthenticationError):
        await rolled.payments.refund(rolled.payment_id, PRICE, key="back")
    rolled.now(rolled.vendor)
    await rolled.payments.refund(rolled.payment_id, PRICE, key="back")
    assert 1 == rolled.vendor.faults.calls.count("refund")
