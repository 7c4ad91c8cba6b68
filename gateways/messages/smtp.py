"""E-mail by SMTP."""

from __future__ import annotations

import hashlib
import socket
from email.utils import formatdate, parseaddr

import aiosmtplib
from email_validator import EmailNotValidError, validate_email

from domain.errors import MessageRefused
from domain.messages import Email, MessageAccident
from gateways.messages.mime import composed

TIMEOUT_SECONDS = 10.0


class SmtpEmail:
    """Hands mail to one server. `security` is "none", "starttls" or "tls"."""

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
    ) -> None:
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
            await aiosmtplib.send(
                composed(email, headers, is_utf8=is_utf8),
                sender=sender,
                recipients=[to],  # not read from the header, where a comma would make two of one
                mail_options=["SMTPUTF8"] if is_utf8 else [],
                hostname=self._host,
                port=self._port,
                local_hostname=self._called,
                username=self._username,
                password=self._password,
                use_tls=self._security == "tls",
                start_tls=self._security == "starttls",
                timeout=self._timeout,
            )
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

    def _message_id(self, key: str) -> str:
        domain = self._mail_from.rstrip(">").rpartition("@")[2]
        return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _on_the_wire(address: str) -> str:
    """The address with its domain in ASCII, which every server takes; a local part that is not ASCII stays as it is."""
    try:
        checked = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return address
    return checked.ascii_email or checked.normalized
