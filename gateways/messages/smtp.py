"""E-mail by SMTP."""

from __future__ import annotations

import hashlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from email.utils import formatdate, parseaddr

import aiosmtplib
from email_validator import EmailNotValidError, validate_email

from domain.errors import MessageRefused
from domain.messages import Email, MessageAccident
from domain.vendor_accounts import AccountAccident, AccountRefused
from gateways.messages.mime import composed
from gateways.webhooks import AddressRefused

TIMEOUT_SECONDS = 10.0

Connect = Callable[[str, int, float], Awaitable[socket.socket]]
"""To this host and port, within so many seconds. Raises OSError."""


class SmtpEmail:
    """Hands mail to one server. `security` is "none", "starttls" or "tls". With `connect` each connection is made by that."""

    def __init__(
        self,
        host: str,
        port: int,
        username: str | None,
        password: str | None,
        security: str,
        mail_from: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        connect: Connect | None = None,
    ) -> None:
        self._connect = connect
        self._host = host
        self._port = port
        self._username = username
        self._password = password
        self._security = security
        self._mail_from = mail_from
        self._timeout = timeout
        self._called = socket.getfqdn()  # asked once: aiosmtplib asks for each connection, in a thread

    async def send(self, email: Email) -> str:
        """One connection a message. A 5xx for the recipient is final; whatever else goes wrong is an accident."""
        if not email.to.isprintable():
            raise MessageRefused("the address has characters that no address has")  # a line break would begin a header
        to = _on_the_wire(email.to)
        sender = parseaddr(self._mail_from)[1]
        is_utf8 = not f"{sender}{to}".isascii()  # an address that only SMTPUTF8 takes (RFC 6531)
        message_id = self._message_id(email.key)
        headers = {
            "From": self._mail_from,
            "To": to,
            "Subject": " ".join(email.subject.split()),  # a line break would begin another header
            "Date": formatdate(),
            "Message-ID": message_id,
        }
        try:
            await self._deliver(composed(email, headers, is_utf8=is_utf8), sender, to, is_utf8=is_utf8)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            if all(500 <= recipient.code < 600 for recipient in refused.recipients):
                raise MessageRefused(
                    "the address was refused", code=refused.recipients[0].code
                ) from None  # the vendor's text names the address
            raise MessageAccident("the server did not take the recipient now") from None
        except aiosmtplib.SMTPResponseException as answer:
            is_final = isinstance(answer, aiosmtplib.SMTPDataError | aiosmtplib.SMTPRecipientRefused)
            if is_final and 500 <= answer.code < 600:
                raise MessageRefused("the message was refused", code=answer.code) from None
            raise MessageAccident(f"the server answered {answer.code}") from None
        except aiosmtplib.SMTPNotSupported as lacking:
            if to.isascii():
                raise MessageAccident(str(lacking)) from None
            raise MessageRefused("the server takes no such address") from None  # it cannot do SMTPUTF8 (RFC 6531)
        except (aiosmtplib.SMTPException, OSError) as accident:
            raise MessageAccident(type(accident).__name__) from None
        return message_id

    async def sends_from(self) -> str:
        return self._mail_from

    async def check_access(self) -> None:
        """Greets the server, logs in and names the sender, and sends nothing. Raises AccountRefused and AccountAccident."""
        at = "security"
        try:
            async with self._client(await self._connected(), is_bare=True) as server:
                if self._security == "starttls":
                    await server.starttls()
                at = "username"
                if self._username is not None:
                    await server.login(self._username, self._password or "")
                at = "host"
                await server.noop()
                await server.mail(parseaddr(self._mail_from)[1])
                await server.rset()
        except (aiosmtplib.SMTPException, OSError) as fault:
            raise _why(fault, at) from None

    async def _deliver(self, message: bytes, sender: str, to: str, *, is_utf8: bool) -> None:
        """The recipient is not read from the header, where a comma would make two of one."""
        async with self._client(await self._connected()) as server:
            await server.sendmail(sender, [to], message, mail_options=["SMTPUTF8"] if is_utf8 else [])

    async def _connected(self) -> socket.socket | None:
        return await self._connect(self._host, self._port, self._timeout) if self._connect is not None else None

    def _client(self, connection: socket.socket | None, *, is_bare: bool = False) -> aiosmtplib.SMTP:
        """Greets when it is entered and, unless it is bare, turns to TLS and logs in. The name stays what certificates are held
        against."""
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port if connection is None else None,
            sock=connection,
            local_hostname=self._called,
            username=None if is_bare else self._username,
            password=None if is_bare else self._password,
            use_tls=self._security == "tls",
            start_tls=self._security == "starttls" and not is_bare,
            timeout=self._timeout,
        )

    def _message_id(self, key: str) -> str:
        domain = self._mail_from.rstrip(">").rpartition("@")[2]
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _why(fault: Exception, at: str) -> Exception:
    """What keeps an account from being used; a 4xx is a matter of time. Never the server's text. `at` is the field that was
    tried: what the server does not offer is said by no other kind of error."""
    if isinstance(fault, AddressRefused | socket.gaierror):
        return AccountRefused("host", "must lead to a server on the internet")
    if isinstance(fault, ssl.SSLError) or isinstance(fault.__cause__, ssl.SSLError):
        return AccountRefused("host", "does not show a certificate for this name, or cannot do TLS here")
    if isinstance(fault, aiosmtplib.SMTPNotSupported) or type(fault) is aiosmtplib.SMTPException:
        return AccountRefused(at, "is not what the server offers here")
    if not isinstance(fault, aiosmtplib.SMTPResponseException) or not 500 <= fault.code < 600:
        return AccountAccident(f"the mail server does not answer as it should ({type(fault).__name__})")
    if isinstance(fault, aiosmtplib.SMTPAuthenticationError):
        return AccountRefused("password", "is not taken by the server for this user")
    if isinstance(fault, aiosmtplib.SMTPSenderRefused):
        return AccountRefused("mail_from", "may not send by this server")
    return AccountRefused("host", f"does not let us in: it answers {fault.code}")


def _on_the_wire(address: str) -> str:
    """The address with its domain in ASCII, which every server takes; a local part that is not ASCII stays as it is."""
    try:
        checked = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return address
    return checked.ascii_email or checked.normalized
