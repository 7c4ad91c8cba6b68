"""Mail and texts by a business's own carriers, where it has some, and otherwise by the deployment's."""

from __future__ import annotations

from collections.abc import Sequence

from domain.messages import DeliveryNews, DeliveryState, Email, EmailGateway, MessageAccident, Sms, SmsGateway
from domain.payments import BadSignature
from domain.vendor_accounts import VendorAccount
from gateways.own.accounts import Own


class OwnEmail:
    """`domain.messages.EmailGateway` over all accounts. `deployments` is None where it has none."""

    def __init__(self, deployments: EmailGateway | None, own: Own[EmailGateway]) -> None:
        self._deployments = deployments
        self._own = own

    async def send(self, email: Email) -> str:
        """By the account that the business has now, also a repeat: two tries with a change between may go out twice."""
        return await (await self._present()).send(email)

    async def sends_from(self) -> str | None:
        own = await self._own.present()
        carrier = own[1] if own is not None else self._deployments
        return await carrier.sends_from() if carrier is not None else None

    async def _present(self) -> EmailGateway:
        own = await self._own.present()
        carrier = own[1] if own is not None else self._deployments
        if carrier is None:
            raise MessageAccident("there is no account to send mail with")
        return carrier


class OwnSms:
    """`domain.messages.SmsGateway` over all accounts. All are asked alike for news, so `first_state` is the same for each."""

    def __init__(self, deployments: SmsGateway | None, own: Own[SmsGateway], first_state: DeliveryState) -> None:
        self._deployments = deployments
        self._own = own
        self._first_state = first_state

    async def send(self, sms: Sms) -> str:
        """By the account that the business has now, where a copy is looked for first."""
        return await (await self._present()).send(sms)

    async def sends_from(self) -> str | None:
        own = await self._own.present()
        carrier = own[1] if own is not None else self._deployments
        return await carrier.sends_from() if carrier is not None else None

    @property
    def first_state(self) -> DeliveryState:
        return self._deployments.first_state if self._deployments is not None else self._first_state

    async def count_copies(self, to: str, reference: str) -> tuple[int, ...]:
        """Of what the present account has sent."""
        return await (await self._present()).count_copies(to, reference)

    def read_news(self, query: str, body: bytes, signature: str) -> DeliveryNews | None:
        """Of the deployment's account; those of businesses come to addresses of their own (`read_own_news`)."""
        if self._deployments is None:
            raise BadSignature("the deployment has no account")
        return self._deployments.read_news(query, body, signature)

    def read_own_news(self, accounts: Sequence[VendorAccount], query: str, body: bytes, signature: str) -> DeliveryNews | None:
        """Of one of these accounts, whichever's token it is signed with. Raises BadSignature."""
        for account in accounts:
            try:
                return self._own.client_of(account).read_news(query, body, signature)
            except BadSignature:
                continue
        raise BadSignature("it is signed with no token of this business's")

    async def _present(self) -> SmsGateway:
        own = await self._own.present()
        carrier = own[1] if own is not None else self._deployments
        if carrier is None:
            raise MessageAccident("there is no account to send texts with")
        return carrier
