"""An e-mail as it goes over the wire.

Of the standard library's two ways to compose mail the newer one writes the headers that hold somebody's words. The parts are
composed by the older one, which does not study each header that it is given: that took a third of a reminder's Python time.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from email.charset import QP, Charset
from email.generator import BytesGenerator
from email.message import EmailMessage, Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import SMTP, SMTPUTF8, compat32
from io import BytesIO

from domain.messages import Email

# Seven bits pass every server, also one that cannot do 8BITMIME.
WIRE = compat32.clone(linesep="\r\n", cte_type="7bit", mangle_from_=False)
LONGEST_LINE = 998
"""RFC 5322, 2.1.1; without the line break."""

PLAIN, QUOTED = Charset("us-ascii"), Charset("utf-8")
QUOTED.body_encoding = QP


def composed(email: Email, headers: Mapping[str, str], *, is_utf8: bool) -> bytes:
    """The whole message, in ASCII but for its headers with `is_utf8` (RFC 6532). The same input gives the same bytes."""
    head = EmailMessage(policy=SMTPUTF8 if is_utf8 else SMTP)
    for name, value in headers.items():
        head[name] = value
    body = BytesIO()
    BytesGenerator(body, policy=WIRE).flatten(_parts(email))
    return head.as_bytes().removesuffix(b"\r\n") + body.getvalue()  # the line that ends the headers comes after the body's own


def _parts(email: Email) -> Message:
    """The text, its page and its calendar file."""
    parts = _text(email.text, "plain")
    if email.html is not None:
        parts = _joined("alternative", email, parts, _text(email.html, "html"))
    if email.ics is not None:
        parts = _joined("mixed", email, parts, _calendar_file(email.ics, email.ics_method))
    return parts


def _text(text: str, kind: str) -> Message:
    is_plain = text.isascii() and all(len(line) <= LONGEST_LINE for line in text.splitlines())
    charset = PLAIN if is_plain else QUOTED
    part = MIMENonMultipart("text", kind, charset=str(charset))
    part.set_payload(text, charset)
    return part


def _joined(kind: str, email: Email, *parts: Message) -> MIMEMultipart:
    """The line between the parts is in none of them, since it is a hash of all."""
    boundary = hashlib.sha256(repr((kind, email)).encode()).hexdigest()
    return MIMEMultipart(kind, f"={boundary[:32]}", parts)


def _calendar_file(ics: str, method: str) -> Message:
    part = MIMENonMultipart("text", "calendar", method=method, charset="utf-8")  # without it readers take text for ASCII
    part["Content-Transfer-Encoding"] = "base64"
    part["Content-Disposition"] = 'attachment; filename="appointment.ics"'
    part.set_payload(base64.encodebytes(ics.encode()).decode("ascii"))
    return part
