"""A mail sink: takes every e-mail and delivers none."""

from __future__ import annotations

import asyncio
import secrets
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache

from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.faults import Faults, Mode
from sandbox.state import Row, State


class MailSandbox:
    """Handler of an SMTP server; its faults are those of vendor "smtp", operation "send"."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self._mails = state.shelf("mails")

    async def start(self, host: str, port: int) -> asyncio.Server:
        """Listens; the caller closes it."""
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(self, enable_SMTPUTF8=True, hostname="sandbox"), host, port)

    def messages(self) -> list[Row]:
        """For `GET /state`."""
        return [_read(row) for row in self._mails.values()]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        fault = self._faults.take("smtp", "send", ", ".join(envelope.rcpt_tos))
        mode = fault.mode if fault else None
        if mode is Mode.ERROR_500:
            return "451 a planned fault, try later"
        if mode is Mode.DECLINE:
            return "550 no such mailbox here"
        if mode is Mode.SLOW and fault is not None:
            await asyncio.sleep(fault.seconds)
        if mode is not Mode.TIMEOUT_BEFORE:
            for _ in range(2 if mode is Mode.DUPLICATE else 1):
                self._keep(envelope)
        if mode in (Mode.TIMEOUT_BEFORE, Mode.TIMEOUT_AFTER):
            _hang_up(server)
        return "250 kept, not delivered"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        row = {"to": ", ".join(envelope.rcpt_tos), "raw": b64encode(raw).decode(), "at": datetime.now(UTC).isoformat()}
        self._mails[f"mail_{secrets.token_hex(8)}"] = row
        self._state.save()


def _read(row: Row) -> Row:
    """The mail as `GET /state` tells it. Read when it is asked for: a crowd of mails should wait for nothing."""
    if "raw" not in row:  # kept by an earlier release, which read it at once
        return row
    return {"channel": "email", "to": row["to"], **_parts(row["raw"]), "at": row["at"]}


@lru_cache(maxsize=2048)
def _parts(raw: str) -> Row:
    mail = message_from_bytes(b64decode(raw), _class=EmailMessage, policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    ics = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return {
        "id": str(mail["Message-ID"]),
        "subject": str(mail["Subject"]),
        "text": text.get_content() if text else "",
        "html": html.get_content() if html else None,
        "ics": ics[0] if ics else None,
    }


def _hang_up(server: SMTP) -> None:
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
