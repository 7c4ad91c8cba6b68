"""Text messages by Twilio's official asynchronous client.

Twilio has no idempotency key for messages, so each send first looks for its own copy among those to the same number.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from domain.errors import MessageRefused
from domain.messages import MessageAccident, Sms

VENDOR = "https://api.twilio.com"
TIMEOUT_SECONDS = 10.0
LOOK_BACK = 20  # messages to one number; a copy is seconds old when it is looked for
# Numbers that will never take this message: https://www.twilio.com/docs/api/errors
NEVER = frozenset({21211, 21214, 21217, 21408, 21610, 21612, 21614, 21617, 63033})


class _Client(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The SDK's client with the vendor's address moved."""

    def __init__(self, api_base: str) -> None:
        super().__init__(timeout=TIMEOUT_SECONDS)
        self._api_base = api_base

    async def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return await super().request(method, url.replace(VENDOR, self._api_base, 1), *args, **kwargs)


class TwilioSms:
    """Sends from one number of one account. `api_base` moves it to another address."""

    def __init__(self, account_sid: str, auth_token: str, from_number: str, *, api_base: str | None = None) -> None:
        self._account_sid = account_sid
        self._auth_token = auth_token
        self._from = from_number
        self._api_base = api_base or VENDOR

    async def send(self, sms: Sms) -> str:
        """Looks, then sends. Between two tries that both get no answer one copy may still be found only later."""
        client = _Client(self._api_base)
        try:
            twilio = Client(self._account_sid, self._auth_token, http_client=client)
            sent = await twilio.messages.list_async(to=sms.to, limit=LOOK_BACK)
            for message in sent:
                if message.body == sms.text:
                    return str(message.sid)
            created = await twilio.messages.create_async(to=sms.to, from_=self._from, body=sms.text)
        except TwilioRestException as fault:
            if fault.code in NEVER:
                raise MessageRefused("the number will not take this message", code=fault.code) from None
            if fault.status == 429 or fault.status >= 500:
                raise MessageAccident(f"Twilio answered {fault.status}") from None
            raise
        except (TimeoutError, aiohttp.ClientError, OSError) as accident:
            raise MessageAccident(type(accident).__name__) from None
        finally:
            await client.close()
        return str(created.sid)
