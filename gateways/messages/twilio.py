"""Text messages by Twilio's official asynchronous client.

Twilio has no idempotency key for messages, so each send first looks for its own copy among those to the same number.
"""

from __future__ import annotations

import http.client
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from domain.errors import MessageRefused
from domain.messages import DeliveryNews, DeliveryState, MessageAccident, Sms
from domain.payments import BadSignature
from domain.vendor_accounts import AccountAccident, AccountRefused

T = TypeVar("T")

VENDOR = "https://api.twilio.com"
TIMEOUT_SECONDS = 10.0
LOOK_BACK = 20  # messages to one number; a copy is seconds old when it is looked for
# Numbers that will never take this message: https://www.twilio.com/docs/api/errors
NEVER = frozenset({21211, 21214, 21217, 21408, 21610, 21612, 21614, 21617, 63033})

# https://www.twilio.com/docs/messaging/api/message-resource#message-status-values; what comes before `sent` is no news.
STATES = {
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.DELIVERED,
    "undelivered": DeliveryState.UNDELIVERED,
    "failed": DeliveryState.UNDELIVERED,
}


class _Client(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The SDK's client with the vendor's address moved, a timeout that holds, and no telephone numbers in the log.

    The SDK's own keeps the timeout it is given and asks for none, and writes each address, with its `To`, at level INFO.
    """

    def __init__(self, api_base: str, timeout: float) -> None:
        super().__init__(timeout=timeout, logger=logging.Logger("twilio", logging.WARNING))
        self._api_base = api_base.rstrip("/")

    async def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        kwargs["timeout"] = kwargs.get("timeout") or self.timeout
        return await super().request(method, url.replace(VENDOR, self._api_base, 1), *args, **kwargs)


class TwilioSms:
    """Sends from one number of one account. `api_base` moves it to another address.

    With a `status_url` Twilio is asked to post there what becomes of each message.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_number: str,
        *,
        api_base: str | None = None,
        status_url: str | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._status_url = status_url
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._from = from_number
        self._api_base = api_base or VENDOR
        self._timeout = timeout

    async def send(self, sms: Sms) -> str:
        """Looks, then sends. Between two tries that both get no answer one copy may still be found only later.

        Causes are dropped on purpose: Twilio's texts name the number, and would end up in Temporal's history.
        """
        return await self._asked(lambda twilio: self._once(twilio, sms))

    async def count_copies(self, to: str, reference: str) -> tuple[int, ...]:
        """Among the newest messages to this number."""

        async def listed(twilio: Client) -> tuple[int, ...]:
            sent = await twilio.messages.list_async(to=to, limit=LOOK_BACK)
            return tuple(Counter(message.body for message in sent if reference in message.body).values())

        return await self._asked(listed)

    async def _asked(self, call: Callable[[Client], Awaitable[T]]) -> T:
        client = _Client(self._api_base, self._timeout)
        try:
            return await call(Client(self._account_sid, self._auth_token, http_client=client))
        except (TwilioRestException, TwilioServiceException) as fault:
            if fault.code in NEVER:
                raise MessageRefused("the number will not take this message", code=fault.code) from None
            raise MessageAccident(f"Twilio answered {fault.status}, code {fault.code}") from None
        except TwilioException:  # of a list that failed the client says nothing but this
            raise MessageAccident("Twilio did not list what was sent") from None
        except (TimeoutError, aiohttp.ClientError, OSError, ValueError) as accident:  # ValueError: an answer that is no JSON
            raise MessageAccident(type(accident).__name__) from None
        finally:
            await client.close()

    async def _once(self, twilio: Client, sms: Sms) -> str:
        for message in await twilio.messages.list_async(to=sms.to, limit=LOOK_BACK):
            if message.body == sms.text:
                return str(message.sid)
        told = {"status_callback": f"{self._status_url}?{urlencode({'about': sms.about})}"} if self._status_url else {}
        return str((await twilio.messages.create_async(to=sms.to, from_=self._from, body=sms.text, **told)).sid)

    async def sends_from(self) -> str:
        return self._from

    async def check_access(self) -> None:
        """Looks at the account. Raises AccountRefused and AccountAccident."""
        client = _Client(self._api_base, self._timeout)
        try:
            account = Client(self._account_sid, self._auth_token, http_client=client).api.v2010.accounts(self._account_sid)
            await account.fetch_async()
        except (TwilioRestException, TwilioServiceException) as fault:
            if fault.status == http.client.NOT_FOUND:
                raise AccountRefused("account_sid", "is not known to Twilio") from None
            if fault.status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN):
                raise AccountRefused("auth_token", "is not taken by Twilio for this account") from None
            raise AccountAccident(f"Twilio answered {fault.status}") from None
        except (TwilioException, TimeoutError, aiohttp.ClientError, OSError, ValueError) as accident:
            raise AccountAccident(f"Twilio does not answer as it should ({type(accident).__name__})") from None
        finally:
            await client.close()

    @property
    def first_state(self) -> DeliveryState:
        """Twilio queues what it takes, and says so only where it was asked to."""
        return DeliveryState.QUEUED if self._status_url else DeliveryState.SENT

    def read_news(self, query: str, body: bytes, signature: str) -> DeliveryNews | None:
        """Checked with the SDK against the address that we gave, whatever proxies made of it since."""
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            raise BadSignature from None
        if not RequestValidator(self._auth_token).validate(f"{self._status_url}?{query}", form, signature):
            raise BadSignature
        state = STATES.get(form.get("MessageStatus", ""))
        if state is None:
            return None
        return DeliveryNews(dict(parse_qsl(query)).get("about", ""), form.get("MessageSid", ""), state, form.get("ErrorCode"))
