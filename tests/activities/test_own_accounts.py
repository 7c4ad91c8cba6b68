"""Two businesses with accounts of their own beside one that has none: each one's money, mail and texts are its own for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import checker.payments
from activities.payments import AuthorisePayment
from activities.reconciliation import ReconcileVendor, Span
from activities.refunds import GiveBack
from checker.checking import Ground, Scope, check
from domain.bookings import Actor
from domain.gateways import Gateways
from domain.refunds import RefundWish
from domain.vendor_accounts import (
    NoAccount,
    SmtpCredentials,
    StripeCredentials,
    TwilioCredentials,
    Vendor,
    VendorKind,
    bare_id,
    own_id,
)
from gateways.chosen import with_own
from store import cancellations
from store.payments import kept_id_of
from store.tenants import of_business
from store.vendor_accounts import StoredAccounts, list_businesses_with, retire_account
from tests.accounts import keep
from tests.activities.cases import AUTHORISED, CONFIRMED, message, perform_all
from tests.activities.saga import Saga
from tests.orders import open_shop


async def with_account(saga: Saga, name: str) -> Any:
    """From now on this business is paid there."""
    known = StripeCredentials(f"sk_test_{name}_of_{name}", f"whsec_{name}")
    return await keep(saga.pool, saga.shop.business_id, Vendor.STRIPE, known)


async def another(saga: Saga) -> Saga:
    """The same of another business."""
    shop = await open_shop(saga.pool)
    return replace(saga, shop=shop, order=shop.order())


async def money_of(saga: Saga) -> list[tuple[str, str, int, int]]:
    """Whose account each payment of the booking is with, and how it stands."""
    found = [one for one in (await saga.vendors.state())["payments"] if one["booking_id"] == str(saga.booking.booking_id)]
    return [(one["account"], one["state"], one["captured"], one["refunded"]) for one in found]


async def test_each_business_is_paid_with_its_own_account_and_who_has_none_with_the_deployments(saga: Saga) -> None:
    second, third = await another(saga), await another(saga)
    await with_account(saga, "ada")
    await with_account(second, "grace")
    for one in (saga, second, third):
        await perform_all(one, *CONFIRMED)
    assert [("ada", "succeeded", 2500, 0)] == await money_of(saga)
    assert [("grace", "succeeded", 2500, 0)] == await money_of(second)
    assert [("", "succeeded", 2500, 0)] == await money_of(third)


async def test_what_was_paid_with_the_account_before_is_given_back_there(saga: Saga) -> None:
    await with_account(saga, "ada")
    await perform_all(saga, *CONFIRMED)
    await with_account(saga, "next")
    await cancellations.cancel(saga.pool, saga.booking, Actor.STAFF, None, RefundWish.FULL)
    step = await saga.pool.fetchval("SELECT step FROM refunds WHERE booking_id = $1", saga.booking.booking_id)
    assert "succeeded" == await saga.perform("give_back", GiveBack(saga.booking, step))
    assert [("ada", "succeeded", 2500, 2500)] == await money_of(saga)


@pytest.mark.parametrize("then", ["next", None])
async def test_what_is_reserved_is_let_go_at_the_account_that_reserved_it(saga: Saga, then: str | None) -> None:
    await with_account(saga, "ada")
    await perform_all(saga, *AUTHORISED)
    if then is not None:
        await with_account(saga, then)
    else:
        async with saga.pool.acquire() as connection, connection.transaction():
            await retire_account(connection, saga.shop.business_id, VendorKind.PAYMENTS, "tests")
    await saga.perform("void_payment_if_made", saga.booking)
    assert [("ada", "canceled", 0, 0)] == await money_of(saga)


async def test_another_businesss_account_is_never_used(saga: Saga) -> None:
    """Not even where its id stands in a row of this one."""
    other = await another(saga)
    await with_account(saga, "ada")
    await perform_all(saga, *CONFIRMED)
    await perform_all(other, *AUTHORISED)
    stolen = "SELECT vendor_id FROM payments WHERE booking_id = $1"
    theirs = await saga.pool.fetchval(stolen, saga.booking.booking_id)
    assert theirs.startswith("own:")
    await saga.pool.execute("UPDATE payments SET vendor_id = $2 WHERE booking_id = $1", other.booking.booking_id, theirs)
    with pytest.raises(NoAccount):
        await other.perform("void_payment_if_made", other.booking)
    assert [("ada", "succeeded", 2500, 0)] == await money_of(saga)


async def test_without_any_account_nothing_can_ask_for_money(saga: Saga) -> None:
    bare = replace(saga, vendors=replace(saga.vendors, gateways=Gateways(None, None, None, None)))
    await perform_all(bare, "hold_slot")
    with pytest.raises(NoAccount):
        await bare.perform("authorise_payment", pays(saga))
    await bare.perform("void_payment_if_made", saga.booking)
    await bare.perform("send_email", message(saga.order))
    await bare.perform("send_sms", message(saga.order))
    left = await saga.vendors.left()
    assert ((), ()) == (left.payments, left.messages)


async def test_mail_and_texts_go_out_by_the_businesss_own_accounts(saga: Saga) -> None:
    settings = saga.vendors.settings
    sid, business_id = "AC" + "7" * 32, saga.shop.business_id
    mail = SmtpCredentials("127.0.0.1", settings.smtp_port, "none", None, None, "Salon Ada <ada@salon.example>")
    await keep(saga.pool, business_id, Vendor.SMTP, mail)
    await keep(saga.pool, business_id, Vendor.TWILIO, TwilioCredentials(sid, "token", "+4930901820"))
    await perform_all(saga, *CONFIRMED)
    await saga.perform("send_email", message(saga.order))
    await saga.perform("send_sms", message(saga.order))
    sent = (await saga.vendors.state())["messages"]
    (email,) = [one for one in sent if one["channel"] == "email"]
    raw = await saga.pool.fetchval("SELECT vendor_id FROM notifications WHERE booking_id = $1 AND channel = 'email'",
                                   saga.booking.booking_id)  # fmt: skip
    assert raw.endswith("@salon.example>")
    texts = await saga.vendors.switchboard.get(
        f"/twilio/2010-04-01/Accounts/{sid}/Messages.json", headers={"Authorization": "Basic eA=="}
    )
    assert ["+4930901820"] == [one["from"] for one in texts.json()["messages"]]
    assert email["to"] == saga.order.customer.email if saga.order.customer else ""


def pays(saga: Saga) -> AuthorisePayment:
    return AuthorisePayment(saga.booking, saga.order.price, "pm_card_visa", 1, "https://shop.example")


def span() -> Span:
    now = datetime.now(UTC)
    return Span(now - timedelta(hours=1), now + timedelta(hours=1), timedelta(0))


async def through(saga: Saga, *, refunds: bool) -> tuple[int, dict[str, int]]:
    """All pages of the vendors' lists: how many payments of this file's businesses, and what is wrong."""
    order, looked_at = ReconcileVendor(span(), refunds), 0
    found: dict[str, int] = {}
    while True:
        done = await saga.perform("reconcile_vendor", order)
        looked_at += done.tally.looked_at
        found |= done.tally.found
        if done.after is None:
            return looked_at, found
        order = replace(order, after=done.after)


async def test_every_night_each_own_account_is_compared_too(saga: Saga) -> None:
    second = await another(saga)
    await with_account(saga, "ada")
    await perform_all(saga, *CONFIRMED)
    await perform_all(second, *CONFIRMED)
    await with_account(saga, "next")  # what the old one has is looked at still
    assert (2, {}) == await through(saga, refunds=False)
    await saga.pool.execute("DELETE FROM payments WHERE booking_id = $1", saga.booking.booking_id)
    assert (2, {"payment-unknown": 1}) == await through(saga, refunds=False)


@pytest.mark.parametrize(("first", "then"), [("ada", "sk_test_rolled_of_ada"), (None, "sk_test_sandbox")])
async def test_another_key_of_the_account_that_was_used_finds_nothing_new(saga: Saga, first: str | None, then: str) -> None:
    """Its list has all that was paid with the key before, and that is known."""
    if first is not None:
        await with_account(saga, first)
    await perform_all(saga, *CONFIRMED)
    await keep(saga.pool, saga.shop.business_id, Vendor.STRIPE, StripeCredentials(then, "whsec_then"))
    assert (2, {}) == await through(saga, refunds=False)


async def test_news_by_another_key_of_the_account_are_of_the_payment_that_we_know(saga: Saga) -> None:
    await with_account(saga, "ada")
    await perform_all(saga, *CONFIRMED)
    kept = await saga.pool.fetchval("SELECT vendor_id FROM payments WHERE booking_id = $1", saga.booking.booking_id)
    rolled = await with_account(saga, "ada")
    for told in (kept, own_id(rolled.id, bare_id(kept))):
        assert kept == await kept_id_of(saga.pool, saga.booking, told)
    assert None is await kept_id_of(saga.pool, saga.booking, own_id(rolled.id, "pi_other"))


async def test_what_somebody_gave_back_at_the_own_account_is_followed(saga: Saga) -> None:
    account = await with_account(saga, "ada")
    await perform_all(saga, *CONFIRMED)
    own = with_own(saga.vendors.settings, saga.vendors.gateways, StoredAccounts(saga.pools[1]))
    vendor_id = await saga.pool.fetchval("SELECT vendor_id FROM payments WHERE booking_id = $1", saga.booking.booking_id)
    with of_business(saga.shop.business_id):
        await own.payments.refund(vendor_id, saga.order.price, key="by hand")
    await with_account(saga, "next")
    await through(saga, refunds=True)
    refunded = await saga.pool.fetchval("SELECT refunded FROM payments WHERE booking_id = $1", saga.booking.booking_id)
    assert (2500, str(account.id)) == (refunded, vendor_id.split(":")[1])


async def test_an_own_account_that_lists_others_bookings_is_not_believed(saga: Saga) -> None:
    """A business may write what it likes on payments of its own account, also another's ids."""
    villain = await another(saga)
    await perform_all(saga, *CONFIRMED)
    account = await with_account(villain, "villain")
    own = with_own(saga.vendors.settings, saga.vendors.gateways, StoredAccounts(saga.pools[1]))
    client = own.payments._own.client_of(account)  # type: ignore[attr-defined] # as the villain, at Stripe itself
    await client.create(saga.shop.business_id, saga.booking.booking_id, saga.order.price, key="forged")
    told = await saga.told()
    assert (1, {}) == await through(saga, refunds=False)
    assert told == await saga.told()


async def test_an_account_that_is_closed_to_us_is_told_and_keeps_nobody_else_waiting(saga: Saga) -> None:
    second = await another(saga)
    await with_account(saga, "ada")
    await perform_all(saga, *CONFIRMED)
    await perform_all(second, *CONFIRMED)
    own = with_own(saga.vendors.settings, saga.vendors.gateways, StoredAccounts(saga.pools[1]))
    await saga.vendors.fail("stripe", "look", "decline", 1)
    (found,) = await checker.payments.compare_ours(saga.pools[1], own.payments, [saga.booking])
    assert ("closed", None, None) == (found.kind.value, found.theirs, found.repair)
    assert [] == await checker.payments.compare_ours(saga.pools[1], own.payments, [saga.booking, second.booking])


async def test_the_checker_asks_of_each_business_what_it_has(saga: Saga) -> None:
    """Where the deployment sends no mail, a business with an account of its own is the only one that misses any."""
    second = await another(saga)
    await with_account(saga, "ada")
    for one in (saga, second):
        await perform_all(one, *CONFIRMED)
    mail = SmtpCredentials("127.0.0.1", saga.vendors.settings.smtp_port, "none", None, None, "Ada <ada@salon.example>")
    await keep(saga.pool, saga.shop.business_id, Vendor.SMTP, mail)
    deployments = Gateways(saga.vendors.gateways.payments, None, None, None)
    vendors = with_own(saga.vendors.settings, deployments, StoredAccounts(saga.pools[1])).all
    kinds = (VendorKind.CALENDAR, VendorKind.EMAIL, VendorKind.SMS)
    only = {kind.value: await list_businesses_with(saga.pools[1], kind) for kind in kinds}
    businesses = [saga.shop.business_id, second.shop.business_id]
    report = await check(Ground(saga.pools[1], gateways=vendors, only=only), Scope(businesses))
    missing = [one.business for one in report.findings if one.rule.value == "message-missing"]
    assert {saga.shop.business_id} == set(missing)
    assert [] == [one for one in report.findings if "payment" in one.rule.value]
