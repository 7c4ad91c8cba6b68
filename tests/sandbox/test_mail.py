"""The mail sink, through the product's own SMTP gateway."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator

import pytest

from domain.errors import MessageRefused
from domain.messages import Email, MessageAccident
from gateways.messages.smtp import SmtpEmail
from sandbox.faults import Fault, Faults, Mode
from sandbox.mail import MailSandbox
from sandbox.state import State

HOST = "127.0.0.1"
ICS = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Haircut – Zoë\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
CONFIRMED = Email("1:confirmation:email", "ada@example.com", "Confirmed – Zoë", "Hello 👋\n", "<p>Hello 👋</p>", ICS)


class Sink:
    """A running sink and a gateway to it."""

    def __init__(self, port: int, mail: MailSandbox, faults: Faults) -> None:
        self.port = port
        self.mail = mail
        self._faults = faults

    def gateway(self, timeout: float = 5.0) -> SmtpEmail:
        return SmtpEmail(HOST, self.port, None, None, "none", "Salon <hello@salon.example>", timeout=timeout)

    def plan(self, mode: Mode, seconds: float = 0.0) -> None:
        self._faults.planned.append(Fault(vendor="smtp", operation="send", mode=mode, seconds=seconds))


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    faults = Faults()
    mail = MailSandbox(State(), faults)
    server = await mail.start(HOST, 0)
    yield Sink(server.sockets[0].getsockname()[1], mail, faults)
    server.close()


async def test_a_mail_is_kept_as_it_was_written(sink: Sink) -> None:
    message_id = await sink.gateway().send(CONFIRMED)
    (row,) = sink.mail.messages()
    assert ("email", message_id, "ada@example.com") == (row["channel"], row["id"], row["to"])
    assert "Confirmed – Zoë" == row["subject"]
    assert ("Hello 👋", "<p>Hello 👋</p>") == (row["text"].strip(), row["html"].strip())
    assert ICS.splitlines() == row["ics"].splitlines()


async def test_a_plain_mail_has_neither_page_nor_file(sink: Sink) -> None:
    await sink.gateway().send(Email("k", "ada@example.com", "s", "t"))
    (row,) = sink.mail.messages()
    assert (None, None) == (row["html"], row["ics"])


async def test_sending_again_is_a_second_mail_with_the_first_ones_id(sink: Sink) -> None:
    """SMTP has no idempotency key; readers know copies by their Message-ID."""
    ids = {await sink.gateway().send(CONFIRMED) for _ in range(2)}
    assert 1 == len(ids)
    assert [ids.copy().pop()] * 2 == [row["id"] for row in sink.mail.messages()]


@pytest.mark.parametrize(("mode", "kept"), [(Mode.ERROR_500, 0), (Mode.TIMEOUT_BEFORE, 0), (Mode.TIMEOUT_AFTER, 1)])
async def test_what_goes_wrong_is_an_accident_and_the_repeat_arrives(sink: Sink, mode: Mode, kept: int) -> None:
    sink.plan(mode)
    with pytest.raises(MessageAccident):
        await sink.gateway().send(CONFIRMED)
    assert kept == len(sink.mail.messages())
    await sink.gateway().send(CONFIRMED)
    assert kept + 1 == len(sink.mail.messages())


async def test_a_decline_is_a_refusal_for_good(sink: Sink) -> None:
    sink.plan(Mode.DECLINE)
    with pytest.raises(MessageRefused):
        await sink.gateway().send(CONFIRMED)
    assert [] == sink.mail.messages()


async def test_a_duplicate_is_kept_twice(sink: Sink) -> None:
    sink.plan(Mode.DUPLICATE)
    await sink.gateway().send(CONFIRMED)
    assert 2 == len(sink.mail.messages())


async def test_a_slow_server_is_waited_for_but_not_for_ever(sink: Sink) -> None:
    sink.plan(Mode.SLOW, seconds=0.2)
    await sink.gateway().send(CONFIRMED)
    sink.plan(Mode.SLOW, seconds=1.0)
    with pytest.raises(MessageAccident):
        await sink.gateway(timeout=0.2).send(CONFIRMED)


async def test_mail_without_the_usual_headers_is_kept_too(sink: Sink) -> None:
    def send() -> None:
        with smtplib.SMTP(HOST, sink.port) as client:
            client.sendmail("a@example.com", ["b@example.com", "c@example.com"], b"\xff no headers at all\r\n")

    await asyncio.to_thread(send)
    (row,) = sink.mail.messages()
    assert "b@example.com, c@example.com" == row["to"]
