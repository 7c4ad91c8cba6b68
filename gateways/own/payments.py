"""Payments with a business's own account, where it has one, and otherwise with the deployment's.

What was made with an own account carries the account in its id, as long as it is with us. So it is looked at, taken and given
back at the same account for good, whatever the business has by then; the vendor sees its own id.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import stripe

from domain.money import Money
from domain.payments import BadSignature, MadePage, MadePayment, Payment, PaymentGateway, PaymentNews, PaymentsClosed, Refund
from domain.vendor_accounts import OWN, NoAccount, VendorAccount, own_id, split_id
from gateways.own.accounts import FIRST, Own

log = logging.getLogger("slotkeeper.payments")

NOTHING = MadePage(())
Answer = TypeVar("Answer")
Ask = Callable[[PaymentGateway, str], Awaitable[Answer]]
"""Something of a client about a payment, by the vendor's own id."""
Listing = Callable[[datetime, datetime, str | None], Awaitable[MadePage]]
Choose = Callable[[PaymentGateway], Listing]
CLOSED = (stripe.AuthenticationError, stripe.PermissionError)


class OwnPayments:
    """`domain.payments.PaymentGateway` over all accounts. `deployments` is None where it has none."""

    def __init__(self, deployments: PaymentGateway | None, own: Own[PaymentGateway]) -> None:
        self._deployments = deployments
        self._own = own

    async def create(self, business_id: UUID, booking_id: UUID, amount: Money, *, key: str) -> Payment:
        """With the account that the business has now. Raises NoAccount."""
        own = await self._own.present()
        if own is None:
            return await self._deployment().create(business_id, booking_id, amount, key=key)
        account, client = own
        if account.business_id != business_id:
            raise NoAccount("the account is another business's")
        return _kept(account.id, await client.create(business_id, booking_id, amount, key=key))

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
        async def ask(client: PaymentGateway, bare: str) -> Payment:
            known = replace(opened, id=bare) if opened is not None else None
            return await client.authorise(
                bare, payment_method, return_url=return_url, key=key, save=save, only_reserve=only_reserve, opened=known
            )

        return _kept(*await self._at(payment_id, ask))

    async def look(self, payment_id: str) -> Payment:
        return _kept(*await self._at(payment_id, lambda client, bare: client.look(bare)))

    async def capture(self, payment_id: str, *, key: str, is_reserved: bool = False) -> Payment:
        return _kept(*await self._at(payment_id, lambda client, bare: client.capture(bare, key=key, is_reserved=is_reserved)))

    async def void_or_refund(self, payment_id: str, *, key: str) -> Payment | Refund:
        return _undone(*await self._at(payment_id, lambda client, bare: client.void_or_refund(bare, key=key)))

    async def refund(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Refund:
        """A refund keeps the vendor's id: nothing is ever asked by it."""
        _, given = await self._at(payment_id, lambda client, bare: client.refund(bare, amount, key=key, booking_id=booking_id))
        return given

    async def charge_saved(self, payment_id: str, amount: Money, *, key: str, booking_id: UUID | None = None) -> Payment:
        """At the account of the first payment, where the method was saved."""
        return _kept(
            *await self._at(payment_id, lambda client, bare: client.charge_saved(bare, amount, key=key, booking_id=booking_id))
        )

    async def renew(self, payment_id: str, amount: Money, *, key: str) -> Payment:
        """The same."""
        return _kept(*await self._at(payment_id, lambda client, bare: client.renew(bare, amount, key=key)))

    async def undo_charge_if_made(self, payment_id: str, *, key: str) -> Payment | Refund | None:
        account_id, undone = await self._at(payment_id, lambda client, bare: client.undo_charge_if_made(bare, key=key))
        return _undone(account_id, undone) if undone is not None else None

    async def find(self, payment_id: str) -> Payment | None:
        """Raises PaymentsClosed where the business has withdrawn its account from us since."""
        try:
            account_id, found = await self._at(payment_id, lambda client, bare: client.find(bare))
        except CLOSED as closed:
            if split_id(payment_id)[0] is None:
                raise
            raise PaymentsClosed("the account is closed to us") from closed
        return _kept(account_id, found) if found is not None else None

    async def list_made(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        """The deployment's account first, then one after the other; a page is of one account. What an own account says of
        another business than its own is passed over."""
        return await self._listed(lambda one: one.list_made, since, until, after)

    async def list_refunded(self, since: datetime, until: datetime, after: str | None = None) -> MadePage:
        """The same."""
        return await self._listed(lambda one: one.list_refunded, since, until, after)

    def read_webhook(self, body: bytes, signature: str) -> PaymentNews | None:
        """Of the deployment's account; those of businesses come to addresses of their own (`read_own_webhook`)."""
        if self._deployments is None:
            raise BadSignature("the deployment has no account")
        return self._deployments.read_webhook(body, signature)

    def read_own_webhook(self, accounts: Sequence[VendorAccount], body: bytes, signature: str) -> PaymentNews | None:
        """Of one of these accounts, whichever's secret it is signed with. None for what does not concern us, and for what names
        another business. Raises BadSignature."""
        for account in accounts:
            try:
                news = self._own.client_of(account).read_webhook(body, signature)
            except BadSignature:
                continue
            if news is None or news.business_id != account.business_id or not _is_plain(news):
                return None
            return replace(news, payment_id=own_id(account.id, news.payment_id))
        raise BadSignature("it is signed with no secret of this business's")

    async def _at(self, payment_id: str, ask: Ask[Answer]) -> tuple[UUID | None, Answer]:
        """Asks where the payment is. Where its key is good no more, the present account's may be a newer one of the same account:
        it is, if it sees the payment. What is asked twice so has the same idempotency key at the same account."""
        account_id, bare = split_id(payment_id)
        if account_id is None:
            return None, await ask(self._deployment(), bare)
        try:
            return account_id, await ask(await self._own.named(account_id), bare)
        except CLOSED:
            present = await self._own.present()
            if present is None or present[0].id == account_id or await present[1].find(bare) is None:
                raise
            return account_id, await ask(present[1], bare)

    def _deployment(self) -> PaymentGateway:
        if self._deployments is None:
            raise NoAccount("there is no account to be paid with")
        return self._deployments

    async def _listed(self, listing: Choose, since: datetime, until: datetime, after: str | None) -> MadePage:
        """`after` names the account that is listed and how far; without an account it is the deployment's."""
        account_id, within = split_id(after or "")
        if account_id is None:
            page = NOTHING if self._deployments is None else await listing(self._deployments)(since, until, within or None)
            return page if page.after is not None else replace(page, after=await self._next(FIRST))
        found = await self._own.first_from(account_id)
        if found is None:
            return NOTHING
        account, client = found
        try:
            page = await listing(client)(since, until, within if account.id == account_id and within else None)
        except CLOSED as closed:
            log.warning("account %s of business %s is closed to us: %s", account.id, account.business_id, type(closed).__name__)
            page = NOTHING
        following = f"{OWN}{account.id}:{page.after}" if page.after else await self._next(UUID(int=account.id.int + 1))
        return MadePage(tuple(_made(account, one) for one in page.payments if one.business_id == account.business_id), following)

    async def _next(self, account_id: UUID) -> str | None:
        found = await self._own.first_from(account_id)
        return f"{OWN}{found[0].id}:" if found is not None else None


def _made(account: VendorAccount, made: MadePayment) -> MadePayment:
    return replace(made, payment=_kept(account.id, made.payment))


def _is_plain(news: PaymentNews) -> bool:
    """Whoever holds the secret may sign anything, also what no database keeps."""
    said = news.payment_id, news.key, *((news.lost.id, news.lost.failure_code) if news.lost else ())
    return all(text is None or text.isprintable() for text in said)


def _kept(account_id: UUID | None, payment: Payment) -> Payment:
    return payment if account_id is None else replace(payment, id=own_id(account_id, payment.id))


def _undone(account_id: UUID | None, undone: Payment | Refund) -> Payment | Refund:
    return _kept(account_id, undone) if isinstance(undone, Payment) else undone
