"""SMTP against a real server: what is a refusal for good, what an accident, and what the mail looks like on arrival."""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from domain.errors import MessageRefused
from domain.messages import Email, MessageAccident
from embedded.ports import free_port
from gateways.messages.mime import LONGEST_LINE
from gateways.messages.smtp import SmtpEmail
from tests.gateways.messages.mail_server import HOST, PASSWORD, USER, Handler, certificate, mail_in, mail_server

ICS = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Haircut – Zoë ✂️\r\n"
)
ICS += "DTSTART:20270308T090000Z\r\nDTEND:20270308T093000Z\r\nDTSTAMP:20270308T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
CONFIRMED = Email(
    key="1:confirmation:email",
    to="ada@example.com",
    subject="Confirmed: Haircut, Mon 8 Mar 2027, 10:00 (Europe/Berlin)",
    text="Hello Zoë 👋,\n\nsee you soon.\n",
    html="<p>Hello Zoë 👋</p>",
    ics=ICS,
)


def gateway(port: int, security: str = "none", **changes: Any) -> SmtpEmail:
    usual: dict[str, Any] = {"username": None, "password": None, "mail_from": "Salón Ada <hello@salon.example>"}
    return SmtpEmail(HOST, port, security=security, **(usual | changes))


@pytest.fixture
def handler() -> Handler:
    return Handler()


async def test_a_mail_arrives_as_it_was_written(handler: Handler) -> None:
    with mail_server(handler) as port:
        message_id = await gateway(port).send(CONFIRMED)
    mail = mail_in(handler)
    assert ["ada@example.com"] == handler.kept[0].rcpt_tos
    assert "hello@salon.example" == handler.kept[0].mail_from
    assert ("Salón Ada <hello@salon.example>", "ada@example.com") == (mail["From"], mail["To"])
    assert (CONFIRMED.subject, message_id) == (mail["Subject"], mail["Message-ID"])
    assert mail["Date"].datetime is not None
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None and CONFIRMED.text == plain.get_content().replace("\r\n", "\n")
    assert html is not None and CONFIRMED.html == html.get_content().strip()


async def test_a_mail_is_seven_bits_wide(handler: Handler) -> None:
    """So that servers without 8BITMIME do not spoil it."""
    with mail_server(handler) as port:
        await gateway(port).send(CONFIRMED)
    content = handler.kept[0].content
    assert isinstance(content, bytes) and content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))  # RFC 5322, 2.1.1


@pytest.mark.parametrize("text", ["a" * 2000 + "\n", "é" * 2000 + "\n", "From here\n.\n..\n", "=20\n"])
async def test_no_line_is_too_long_and_no_character_is_lost(handler: Handler, text: str) -> None:
    with mail_server(handler) as port:
        await gateway(port).send(replace(CONFIRMED, text=text, html=None, ics=None))
    assert isinstance(content := handler.kept[0].content, bytes)
    assert all(len(line) <= LONGEST_LINE for line in content.split(b"\r\n"))
    assert text == mail_in(handler).get_content().replace("\r\n", "\n")


async def test_the_calendar_file_is_one_for_mail_programs(handler: Handler) -> None:
    with mail_server(handler) as port:
        await gateway(port).send(CONFIRMED)
    (part,) = mail_in(handler).iter_attachments()
    assert ("text/calendar", "appointment.ics") == (part.get_content_type(), part.get_filename())
    assert {"method": "PUBLISH", "charset": "utf-8"} == dict(part["Content-Type"].params)
    calendar: Any = Calendar.from_ical(part.get_content())
    assert "Haircut – Zoë ✂️" == calendar.walk("VEVENT")[0]["summary"]
    payload = part.get_payload(decode=True)
    assert ICS.encode() == payload


async def test_a_mail_without_page_and_file_is_plain_text(handler: Handler) -> None:
    with mail_server(handler) as port:
        await gateway(port).send(replace(CONFIRMED, html=None, ics=None))
    assert "text/plain" == mail_in(handler).get_content_type()


async def test_a_message_id_is_its_keys_and_stays(handler: Handler) -> None:
    with mail_server(handler) as port:
        first, again = await gateway(port).send(CONFIRMED), await gateway(port).send(replace(CONFIRMED, text="other"))
        other = await gateway(port).send(replace(CONFIRMED, key="2:confirmation:email"))
    assert first == again != other
    assert first.startswith("<") and first.endswith("@salon.example>")
    assert CONFIRMED.key not in first


@pytest.mark.parametrize(
    "subject",
    [
        "Hello\r\nBcc: eve@example.com",
        "Hello\nBcc: eve@example.com",
        "Hello\rBcc: eve@example.com",
        "Hello\x0bBcc: eve@example.com\x1c\x85\u2028X: y",
        "Hello\r\n\r\nBcc: eve@example.com",
    ],
)
async def test_a_subject_cannot_begin_another_header(handler: Handler, subject: str) -> None:
    with mail_server(handler) as port:
        await gateway(port).send(replace(CONFIRMED, subject=subject))
    mail = mail_in(handler)
    assert {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"} == set(mail.keys())
    assert mail["Subject"].startswith("Hello Bcc: eve@example.com")
    assert ["ada@example.com"] == handler.kept[0].rcpt_tos


@pytest.mark.parametrize("to", ["ada@example.com\r\nBcc: eve@example.com", "ada@example.com\nX: y", "ada\x00@example.com"])
async def test_an_address_cannot_begin_a_header(handler: Handler, to: str) -> None:
    with mail_server(handler) as port, pytest.raises(MessageRefused):
        await gateway(port).send(replace(CONFIRMED, to=to))
    assert [] == handler.kept


async def test_an_address_is_never_two(handler: Handler) -> None:
    with mail_server(handler) as port:
        await gateway(port).send(replace(CONFIRMED, to="ada@example.com, eve@example.com"))
    assert ["ada@example.com"] == handler.kept[0].rcpt_tos


async def test_a_domain_in_other_letters_goes_through_any_server(handler: Handler) -> None:
    with mail_server(handler, enable_SMTPUTF8=False) as port:
        await gateway(port).send(replace(CONFIRMED, to="ada@straße-bücher.de"))
    assert ["ada@xn--strae-bcher-y6a49a.de"] == handler.kept[0].rcpt_tos  # IDNA 2008: ß stays a letter of its own


async def test_a_name_in_other_letters_needs_a_server_that_can(handler: Handler) -> None:
    zoe = replace(CONFIRMED, to="zoë@example.com")
    with mail_server(handler, enable_SMTPUTF8=False) as port, pytest.raises(MessageRefused):
        await gateway(port).send(zoe)
    with mail_server(handler, enable_SMTPUTF8=True) as port:
        await gateway(port).send(zoe)
    assert ["zoë@example.com"] == handler.kept[0].rcpt_tos


@pytest.mark.parametrize("answer", ["550 no such mailbox", "553 not allowed", "501 bad address"])
async def test_a_recipient_refused_for_good_is_refused(handler: Handler, answer: str) -> None:
    handler.to_recipient = answer
    with mail_server(handler) as port, pytest.raises(MessageRefused):
        await gateway(port).send(CONFIRMED)


@pytest.mark.parametrize("answer", ["450 mailbox busy", "451 greylisted", "421 going down"])
async def test_a_recipient_refused_for_now_is_an_accident(handler: Handler, answer: str) -> None:
    handler.to_recipient = answer
    with mail_server(handler) as port, pytest.raises(MessageAccident):
        await gateway(port).send(CONFIRMED)


@pytest.mark.parametrize(
    ("answer", "expected"), [("554 spam", MessageRefused), ("552 too big", MessageRefused), ("452 disk full", MessageAccident)]
)
async def test_a_message_refused_for_good_or_for_now(handler: Handler, answer: str, expected: type[Exception]) -> None:
    handler.to_data = answer
    with mail_server(handler) as port, pytest.raises(expected):
        await gateway(port).send(CONFIRMED)


async def test_a_failure_does_not_repeat_what_the_server_said(handler: Handler) -> None:
    """Servers quote the address, and failures end up in Temporal's history."""
    handler.to_recipient = "550 <ada@example.com>: unknown"
    with mail_server(handler) as port, pytest.raises(MessageRefused) as caught:
        await gateway(port).send(CONFIRMED)
    assert caught.value.__cause__ is None
    assert "ada@" not in "".join(traceback.format_exception(caught.value))


async def test_nobody_there_is_an_accident() -> None:
    with pytest.raises(MessageAccident):
        await gateway(free_port()).send(CONFIRMED)


async def test_a_server_that_is_too_slow_is_an_accident() -> None:
    server = await asyncio.start_server(lambda _, __: asyncio.sleep(5), HOST, 0)  # accepts and says nothing
    async with server:
        with pytest.raises(MessageAccident):
            await gateway(server.sockets[0].getsockname()[1], timeout=0.2).send(CONFIRMED)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """How to serve with a certificate that this machine trusts for the time of the test."""
    public, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    return {"tls_context": context}


async def test_a_login_is_made_over_starttls(handler: Handler, trusted: dict[str, Any]) -> None:
    options = {**trusted, "require_starttls": True, "auth_required": True, "authenticator": handler.authenticate}
    with mail_server(handler, **options) as port:
        await gateway(port, "starttls", username=USER, password=PASSWORD).send(CONFIRMED)
    assert [USER.encode()] == handler.logins
    assert 1 == len(handler.kept)


async def test_a_wrong_password_is_an_accident_and_nothing_is_sent(handler: Handler, trusted: dict[str, Any]) -> None:
    """The operator's mistake, not the customer's address: it is tried again until it is mended."""
    options = {**trusted, "require_starttls": True, "auth_required": True, "authenticator": handler.authenticate}
    with mail_server(handler, **options) as port, pytest.raises(MessageAccident, match="535"):
        await gateway(port, "starttls", username=USER, password="wrong").send(CONFIRMED)
    assert [] == handler.kept


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_a_login_without_tls_is_made_where_the_operator_says_so(handler: Handler) -> None:
    with mail_server(handler, auth_require_tls=False, auth_required=True, authenticator=handler.authenticate) as port:
        await gateway(port, username=USER, password=PASSWORD).send(CONFIRMED)
    assert 1 == len(handler.kept)


async def test_without_starttls_no_password_is_shown(handler: Handler) -> None:
    """Somebody in between may have struck STARTTLS from the server's offer."""
    with (
        mail_server(handler, auth_require_tls=False, authenticator=handler.authenticate) as port,
        pytest.raises(MessageAccident),
    ):
        await gateway(port, "starttls", username=USER, password=PASSWORD).send(CONFIRMED)
    assert ([], []) == (handler.logins, handler.kept)


async def test_a_certificate_that_nobody_signed_is_not_trusted(handler: Handler, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    options = {"tls_context": context, "authenticator": handler.authenticate}
    with mail_server(handler, **options) as port, pytest.raises(MessageAccident):
        await gateway(port, "starttls", username=USER, password=PASSWORD).send(CONFIRMED)
    assert ([], []) == (handler.logins, handler.kept)


async def test_tls_from_the_first_byte(handler: Handler, trusted: dict[str, Any]) -> None:
    with mail_server(handler, ssl_context=trusted["tls_context"]) as port:
        await gateway(port, "tls").send(CONFIRMED)
    assert 1 == len(handler.kept)
