"""A stand-in for Twilio's Messages: what is sent is kept, and can be listed again.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from __future__ import annotations

import base64
import re
import secrets
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from sandbox.faults import Faults
from sandbox.state import Row, State
from sandbox.twilio_callbacks import Callbacks

MESSAGES = "/2010-04-01/Accounts/{account}/Messages.json"
ACCOUNT = "/2010-04-01/Accounts/{account}.json"
INVALID_NUMBER = "+15005550001"  # https://www.twilio.com/docs/iam/test-credentials
LONGEST = 1600  # https://www.twilio.com/docs/api/errors/21617
LARGEST_PAGE = 1000
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def operation_of(method: str, path: str) -> str | None:
    """The switchboard's name for a call."""
    return "look" if method == "GET" else "send"


class TwilioSandbox:
    """Any account and token are welcome; no message leaves the machine."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._state = state
        self._callbacks = Callbacks(faults)
        self._messages = state.shelf("twilio_messages")

    def app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        app.post(MESSAGES)(self._send)
        app.get(MESSAGES)(self._list)
        app.get(ACCOUNT)(self._account)
        return app

    def messages(self) -> list[Row]:
        """For `GET /state`."""
        return [
            {"channel": "sms", "id": row["sid"], "to": row["to"], "subject": None, "text": row["body"], "at": row["at"]}
            for row in self._messages.values()
        ]

    async def _send(self, request: Request, account: str) -> JSONResponse:
        if not request.headers.get("authorization", "").startswith("Basic "):
            return _error(401, 20003, "Authenticate")
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        to, sender, body = (form.get(name, "") for name in ("To", "From", "Body"))
        if to == INVALID_NUMBER or not E164.fullmatch(to):
            return _error(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not sender:
            return _error(400, 21603, "A 'From' phone number is required.")
        if not body:
            return _error(400, 21602, "Message body is required.")
        if len(body) > LONGEST:
            return _error(400, 21617, f"The concatenated message body exceeds the {LONGEST} character limit")
        if request.scope.get("sandbox.decline"):
            return _error(400, 21610, "Attempt to send to unsubscribed recipient")
        now = datetime.now(UTC)
        sid = f"SM{secrets.token_hex(16)}"
        row = {
            "sid": sid,
            "account_sid": account,
            "to": to,
            "from": sender,
            "body": body,
            "status": "queued",
            "direction": "outbound-api",
            "date_created": format_datetime(now),
            "date_sent": format_datetime(now),
            "date_updated": format_datetime(now),
            "at": now.isoformat(),
        }
        self._messages[sid] = row
        self._state.save()
        if form.get("StatusCallback"):
            token = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode().partition(":")[2]
            self._callbacks.tell(dict(row), form["StatusCallback"], token, lambda status: self._became(sid, status))
        return JSONResponse(row, 201)

    def _became(self, sid: str, status: str) -> None:
        if sid in self._messages:  # the state may have been cleared since
            self._messages[sid]["status"] = status
            self._state.save()

    async def _list(self, request: Request, account: str) -> JSONResponse:
        if not request.headers.get("authorization", "").startswith("Basic "):
            return _error(401, 20003, "Authenticate")
        to = request.query_params.get("To")
        asked = request.query_params.get("PageSize", "50")
        if not asked.isdecimal() or not 1 <= int(asked) <= LARGEST_PAGE:
            return _error(400, 20001, "Invalid page size")
        size = int(asked)
        sent = [row for row in reversed(self._messages.values()) if row["account_sid"] == account]
        found = [row for row in sent if to in (None, row["to"])][:size]
        page = {"messages": found, "page": 0, "page_size": size, "next_page_uri": None, "uri": request.url.path}
        return JSONResponse(page)

    async def _account(self, request: Request, account: str) -> JSONResponse:
        """The account itself, unless the switchboard wants its token refused."""
        if not request.headers.get("authorization", "").startswith("Basic ") or request.scope.get("sandbox.decline"):
            return _error(401, 20003, "Authenticate")
        return JSONResponse({"sid": account, "status": "active", "type": "Full", "friendly_name": "Sandbox"})


def _error(status: int, code: int, message: str) -> JSONResponse:
    link = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "status": status, "more_info": link}, status)
