"""Accounts are tried with the clients that will use them, and no server inside is reached."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from domain.calendars import CalendarAccident
from domain.messages import Email, MessageAccident
from domain.vendor_accounts import (
    AccountAccident,
    AccountRefused,
    CalDavCredentials,
    Credentials,
    GoogleCredentials,
    SmtpCredentials,
    Vendor,
    VendorAccount,
)
from gateways.calendars.caldav import CalDavCalendar
from gateways.messages.smtp import SmtpEmail
from gateways.own.reaching import Reach
from sandbox.app import build_sandbox
from tests.gateways.calendars import radicale
from tests.gateways.calendars.appointments import appointment
from tests.gateways.calendars.canned import Canned, Moved, google_error
from tests.gateways.messages.mail_server import HOST, PASSWORD, USER, Handler, certificate, mail_server
from tests.gateways.own.conftest import builder
from tests.sandbox.serving import serving

FROM = "Salon Ada <hello@salon.example>"
TOKEN = '{"access_token": "opens-sesame", "expires_in": 3600, "token_type": "Bearer"}'
HELLO = Email("1", "ada@example.com", "Hello", "Hello")


async def tried(vendor: Vendor, credentials: Credentials, **settings: Any) -> str | None:
    """The field that is refused."""
    try:
        await builder(**settings).try_out(VendorAccount(uuid4(), uuid4(), vendor, credentials))
    except AccountRefused as no:
        return no.field
    return None


async def tried_mail(port: int, security: str, password: str = PASSWORD) -> str | None:
    return await tried(Vendor.SMTP, SmtpCredentials(HOST, port, security, USER, password, FROM))


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def guarded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handler: Handler) -> dict[str, Any]:
    """A server that wants a log-in over TLS, with a certificate that is trusted for the time of the test."""
    public, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    return {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": handler.authenticate}


async def test_a_log_in_is_made_over_tls_and_nothing_is_sent(handler: Handler, guarded: dict[str, Any]) -> None:
    with mail_server(handler, **guarded) as port:
        assert await tried_mail(port, "starttls") is None
        assert "password" == await tried_mail(port, "starttls", "wrong")
    assert {USER.encode()} == set(handler.logins)
    assert [] == handler.kept


async def test_a_mail_goes_out_by_the_connection_that_was_looked_at(handler: Handler, guarded: dict[str, Any]) -> None:
    reach = Reach(may_be_local=True)
    with mail_server(handler, **guarded) as port:
        await SmtpEmail(HOST, port, USER, PASSWORD, "starttls", FROM, connect=reach.open).send(HELLO)
    assert 1 == len(handler.kept)


async def test_a_certificate_that_nobody_signed_is_the_hosts_fault(handler: Handler, tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with mail_server(handler, tls_context=context, authenticator=handler.authenticate) as port:
        assert "host" == await tried_mail(port, "starttls")
    assert [] == handler.logins


@pytest.mark.parametrize("leads_to", [["10.0.0.1"], ["127.0.0.1"], ["8.8.8.8", "169.254.169.254"], []])
async def test_no_mail_server_inside_is_reached(handler: Handler, leads_to: list[str]) -> None:
    reach = Reach(may_be_local=False, look_up=lambda host, port: leads_to)
    with mail_server(handler) as port:
        own = SmtpEmail("mail.salon.example", port, None, None, "none", FROM, connect=reach.open)
        with pytest.raises(AccountRefused) as refused:
            await own.check_access()
        with pytest.raises(MessageAccident):
            await own.send(HELLO)
    assert ("host", []) == (refused.value.field, handler.kept)


async def test_caldav_shows_its_properties(dav: str) -> None:
    def known(url: str, password: str = radicale.PASSWORD) -> CalDavCredentials:
        return CalDavCredentials(url, radicale.USER, password)

    assert await tried(Vendor.CALDAV, known(f"{dav}/")) is None
    assert "password" == await tried(Vendor.CALDAV, known(f"{dav}/", "wrong"))
    elsewhere = Canned({"/": (404, "")})
    with serving(elsewhere) as other, serving(Moved(other)) as moved:
        assert "url" == await tried(Vendor.CALDAV, known(f"{other}/"))
        elsewhere.authorizations.clear()
        assert "url" == await tried(Vendor.CALDAV, known(f"{moved}/"))
    assert [] == elsewhere.authorizations  # it was not followed
    with serving(Canned({"/": (500, "")})) as broken, pytest.raises(AccountAccident):
        await tried(Vendor.CALDAV, known(f"{broken}/"))


def then(*answers: list[str]) -> Callable[[str, int], list[str]]:
    """A name that leads there first, and elsewhere afterwards."""
    left = list(answers)
    return lambda host, port: left.pop(0) if len(left) > 1 else left[0]


@pytest.mark.parametrize("host", ["dav.salon.example", "127.0.0.1", "localhost"])
async def test_no_calendar_server_inside_is_reached(host: str) -> None:
    server = Canned({"/": (207, "")})
    with serving(server) as url:
        port = url.rpartition(":")[2]
        reach = Reach(may_be_local=False, look_up=then(["127.0.0.1"]))
        calendar = CalDavCalendar(f"http://{host}:{port}/", "ada", "p", session=reach.session)
        with pytest.raises(CalendarAccident):
            await calendar.write_event("/ada/work/", appointment())
    assert [] == server.authorizations


async def test_what_is_connected_to_is_what_was_looked_at(dav: str) -> None:
    """A name that is outside when it is checked, and this machine when it is used."""
    reach = Reach(may_be_local=False, look_up=then(["8.8.8.8"], ["127.0.0.1"]))
    assert 1 == len(await reach.addresses("dav.salon.example", 80))
    calendar = CalDavCalendar(f"http://dav.salon.example:{dav.rpartition(':')[2]}/", "ada", "p", session=reach.session)
    with pytest.raises(CalendarAccident):
        await calendar.write_event("/ada/work/", appointment())


@pytest.fixture(scope="module")
def google_key() -> GoogleCredentials:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return GoogleCredentials("slotkeeper@project.iam.example", pem.decode())


@pytest.mark.parametrize(
    ("token", "events", "field"),
    [
        ((200, TOKEN), google_error(404, "notFound"), None),
        ((200, TOKEN), google_error(403, "accessNotConfigured"), "service_account_key"),
        ((400, '{"error": "invalid_grant"}'), google_error(404, "notFound"), "service_account_key"),
    ],
)
async def test_google_gives_access_or_says_why_not(
    google_key: GoogleCredentials, token: tuple[int, str], events: tuple[int, str], field: str | None
) -> None:
    server = Canned({"/token": token, "/": events})
    with serving(server) as url:
        assert field == await tried(Vendor.GOOGLE, google_key, google_api_base=url)
    assert server.authorizations


async def test_the_sandbox_gives_access_to_any_service_account(google_key: GoogleCredentials) -> None:
    with serving(build_sandbox().http) as url:
        assert await tried(Vendor.GOOGLE, google_key, google_api_base=f"{url}/google") is None


async def test_google_that_is_away_is_an_accident(google_key: GoogleCredentials) -> None:
    server = Canned({"/token": (503, '{"error": "internal_failure"}')})
    with serving(server) as url, pytest.raises(AccountAccident):
        await tried(Vendor.GOOGLE, google_key, google_api_base=url)
