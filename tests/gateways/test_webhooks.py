"""Posting to strangers' addresses: signed, in time, and never to a machine inside."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook, WebhookVerificationError

from domain.webhooks import Parcel, new_secret
from gateways.webhooks import KEPT, HttpWebhooks
from tests.receivers import Receiver, receiving, verifies

LOCAL = HttpWebhooks(may_be_local=True, answers_within=5)
SECRET, OTHER = new_secret(), new_secret()
BODY = json.dumps({"type": "booking.confirmed", "data": {"name": "Zoë"}}, ensure_ascii=False)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        receiver.secret = SECRET
        yield receiver


def parcel(url: str, *secrets: str) -> Parcel:
    return Parcel("evt-1", url, BODY, secrets or (SECRET,))


async def test_the_receivers_own_library_verifies_what_is_sent(receiver: Receiver) -> None:
    receipt = await LOCAL.post(parcel(receiver.url))
    assert (True, 200, "thank you") == (receipt.is_taken, receipt.status, receipt.answer)
    (got,) = receiver.got
    assert got.is_verified
    assert ("evt-1", BODY.encode(), "application/json") == (got.id, got.body, got.headers["content-type"])


async def test_a_body_or_header_that_was_changed_on_the_way_is_refused(receiver: Receiver) -> None:
    await LOCAL.post(parcel(receiver.url))
    (got,) = receiver.got
    changed: list[tuple[bytes, dict[str, str]]] = [
        (got.body.replace(b"confirmed", b"cancelled"), got.headers),
        (got.body, got.headers | {"webhook-id": "evt-2"}),
        (got.body, got.headers | {"webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 1)}),
        (got.body, got.headers | {"webhook-timestamp": str(int(got.headers["webhook-timestamp"]) - 3600)}),
        (got.body, got.headers | {"webhook-signature": "v1,AAAA"}),
    ]
    for body, headers in changed:
        with pytest.raises(WebhookVerificationError):
            Webhook(SECRET).verify(body, headers)
    assert not verifies(OTHER, got.body, got.headers)


async def test_each_valid_secret_signs(receiver: Receiver) -> None:
    await LOCAL.post(parcel(receiver.url, OTHER, SECRET))
    (got,) = receiver.got
    assert 2 == len(got.signatures.split(" "))
    assert [True, True] == [verifies(secret, got.body, got.headers) for secret in (SECRET, OTHER)]


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 404, 410, 429, 500, 503])
async def test_only_2xx_counts_as_taken_and_no_redirect_is_followed(receiver: Receiver, status: int) -> None:
    receiver.usual, receiver.headers = status, {"Location": "/elsewhere"}
    receipt = await LOCAL.post(parcel(receiver.url))
    assert (False, status, 1) == (receipt.is_taken, receipt.status, len(receiver.got))
    assert (status == 410) is receipt.says_gone


async def test_who_does_not_answer_in_time_has_not_taken_it(receiver: Receiver) -> None:
    receiver.hangs = True
    receipt = await HttpWebhooks(may_be_local=True, answers_within=0.3).post(parcel(receiver.url))
    assert (None, "timeout", False) == (receipt.status, receipt.error, receipt.is_taken)


async def test_the_beginning_of_an_answer_is_kept_without_what_a_database_cannot_hold(receiver: Receiver) -> None:
    receiver.body = "a\0b" + 10_000 * "x"
    receipt = await LOCAL.post(parcel(receiver.url))
    assert KEPT == len(receipt.answer)
    assert receipt.answer.startswith("a\ufffdb")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://0x7f.1:{port}/",
        "http://2130706433:{port}/",
        "http://localhost:{port}/",
        "http://127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
    ],
)
async def test_in_production_this_machine_is_out_of_reach_whatever_it_is_called(receiver: Receiver, url: str) -> None:
    """The registered address may be older than the setting, or somebody else's name for ours."""
    outside = HttpWebhooks(may_be_local=False)
    receipt = await outside.post(parcel(url.format(port=urlsplit(receiver.url).port)))
    assert ("address-refused", 0) == (receipt.error, len(receiver.got))


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["::ffff:10.0.0.1"]]
)
async def test_a_name_that_leads_inside_is_not_connected_to(receiver: Receiver, addresses: list[str]) -> None:
    outside = HttpWebhooks(may_be_local=False, look_up=lambda host, port: addresses)
    receipt = await outside.post(parcel(f"https://salon.example:{urlsplit(receiver.url).port}/"))
    assert ("address-refused", 0) == (receipt.error, len(receiver.got))


async def test_a_name_is_looked_up_for_every_try_and_only_what_was_checked_is_connected_to(receiver: Receiver) -> None:
    """DNS rebinding: a good answer first, then one that leads inside."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    port = urlsplit(receiver.url).port
    gateway = HttpWebhooks(may_be_local=True, look_up=lambda host, port: answers.pop(0))
    assert (await gateway.post(parcel(f"http://salon.example:{port}/"))).is_taken
    assert "address-refused" == (await gateway.post(parcel(f"http://salon.example:{port}/"))).error
    assert f"salon.example:{port}" == receiver.got[0].headers["host"]


async def test_a_name_that_does_not_exist_is_told_as_such() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    receipt = await HttpWebhooks(may_be_local=False, look_up=nowhere).post(parcel("https://salon.example/"))
    assert "name-not-found" == receipt.error


async def test_a_closed_port_is_told_as_such() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        receipt = await LOCAL.post(parcel(f"http://127.0.0.1:{bound.getsockname()[1]}/"))
    assert "connection-failed" == receipt.error


async def test_a_certificate_that_nobody_vouches_for_is_refused() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0, ssl=_self_signed())
    async with server:
        receipt = await LOCAL.post(parcel(f"https://localhost:{server.sockets[0].getsockname()[1]}/"))
    assert "tls-failed" == receipt.error


def _self_signed() -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate.public_bytes(Encoding.PEM))
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        context.load_cert_chain(file.name)
    return context
