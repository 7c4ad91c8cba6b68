"""Google Calendar: its ids, its description of itself, its reasons and its credentials."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from domain.calendars import CalendarAccident
from domain.errors import CalendarDisconnected
from gateways.calendars.google import GoogleCalendar
from tests.gateways.calendars.appointments import appointment
from tests.gateways.calendars.canned import Canned, google_error
from tests.gateways.calendars.discovery import faults_of, method_of
from tests.gateways.calendars.peers import GooglePeer
from tests.gateways.calendars.recorder import Call
from tests.sandbox.serving import serving

BOOKING = UUID(int=0)
EVENT = f'{{"id": "{26 * "0"}", "status": "confirmed"}}'
TOKEN = '{"access_token": "opens-sesame", "expires_in": 3600, "token_type": "Bearer"}'


async def test_all_that_is_sent_is_described_by_google(google: GooglePeer) -> None:
    booked = appointment(service_name="Waschen, schneiden & föhnen ✂️")
    for _ in range(2):
        await google.gateway.write_event(google.calendar_id, booked)
    await google.gateway.delete_event_if_written(google.calendar_id, booked.booking_id)
    sent = [call for call in google.recorder.calls if call.target.startswith("/calendar")]
    assert ["insert", "insert", "update", "delete"] == [method_of(call) for call in sent]
    assert [[], [], [], []] == [faults_of(call) for call in sent]
    assert all("sendUpdates=none" in call.target for call in sent)  # Google must not write to our customers


def test_what_google_does_not_describe_would_be_found() -> None:
    """The check itself can fail."""
    path = "/calendar/v3/calendars/a/events"
    start = {"dateTime": "2027-03-08T09:00:00Z"}

    def faults(method: str, target: str, **event: object) -> list[str]:
        return faults_of(Call(method, target, {}, json.dumps(event).encode()))

    assert [] == faults("POST", path, start=start, end=start)
    assert faults("PATCH", path, start=start, end=start)
    assert faults("POST", f"{path}?sendUpdates=nobody", start=start, end=start)
    assert faults("POST", f"{path}?calendarId=a", start=start, end=start)
    assert faults("POST", path, start=start)
    assert faults("POST", path, start=start, end=start, title="Haircut")
    assert faults("POST", path, start={"at": "now"}, end=start)
    assert faults("POST", path, start=start, end=start, summary=1)
    assert faults("POST", path, start=start, end={"dateTime": "2027-03-08T09:00:00"})
    assert faults("DELETE", f"{path}/abcde", start=start)


async def test_the_event_id_is_made_of_the_booking_and_of_what_google_takes(google: GooglePeer) -> None:
    for booking_id in (UUID(int=0), UUID(int=2**128 - 1), uuid4()):
        event_id = await google.gateway.write_event(google.calendar_id, appointment(booking_id=booking_id))
        assert re.fullmatch("[a-v0-9]{5,1024}", event_id)  # RFC 2938's base32hex, as the reference of Event.id says
        assert event_id == await google.gateway.write_event(google.calendar_id, appointment(booking_id=booking_id))
    assert 3 == len(await google.events())


async def test_the_event_names_the_providers_zone(google: GooglePeer) -> None:
    await google.gateway.write_event(google.calendar_id, appointment(provider_timezone="America/St_Johns"))
    body = json.loads(google.recorder.calls[-1].body)
    assert {"America/St_Johns"} == {body[end]["timeZone"] for end in ("start", "end")}


@pytest.fixture
def canned() -> Iterator[tuple[Canned, GoogleCalendar]]:
    server = Canned({"/": (200, EVENT)})
    with serving(server) as url:
        yield server, GoogleCalendar(None, url)


@pytest.mark.parametrize(
    ("status", "reason"),
    [(403, "forbidden"), (403, "requiredAccessLevel"), (404, "notFound")],
)
async def test_a_refusal_for_good_is_disconnected(canned: tuple[Canned, GoogleCalendar], status: int, reason: str) -> None:
    server, calendar = canned
    server.answers["/"] = google_error(status, reason)
    with pytest.raises(CalendarDisconnected) as caught:
        await calendar.write_event("grace@salon.example", appointment())
    assert {"vendor_status": status} == caught.value.facts


@pytest.mark.parametrize(
    "answer",
    [
        google_error(403, "rateLimitExceeded"),
        google_error(403, "userRateLimitExceeded"),
        google_error(403, "quotaExceeded"),
        google_error(403, "calendarUsageLimitsExceeded"),
        google_error(429, "rateLimitExceeded"),
        google_error(400, "badRequest"),
        google_error(409, "duplicate"),  # also of the update that follows
        google_error(500, "backendError"),
        google_error(401, "authError"),  # without credentials of our own there is nothing that Google could withdraw
        (200, '{"id": "of-another-event"}'),
        (503, "<html>later</html>"),
        (200, "<html>a proxy's page</html>"),
    ],
)
async def test_what_may_pass_is_an_accident(canned: tuple[Canned, GoogleCalendar], answer: tuple[int, str]) -> None:
    server, calendar = canned
    server.answers["/"] = answer
    with pytest.raises(CalendarAccident) as caught:
        await calendar.write_event("grace@salon.example", appointment())
    assert caught.value.__cause__ is None


async def test_nobody_there_is_an_accident() -> None:
    with pytest.raises(CalendarAccident):
        await GoogleCalendar(None, "http://127.0.0.1:9").write_event("grace@salon.example", appointment())


def _key_file(folder: Path, token_uri: str) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    about = {"type": "service_account", "client_email": "slotkeeper@project.iam.example", "token_uri": token_uri}
    file = folder / "key.json"
    file.write_text(json.dumps({**about, "private_key_id": "1", "private_key": pem.decode()}))
    return file


async def test_a_service_account_gets_a_token_and_shows_it(tmp_path: Path) -> None:
    server = Canned({"/token": (200, TOKEN), "/": (200, EVENT)})
    with serving(server) as url:
        calendar = GoogleCalendar(_key_file(tmp_path, f"{url}/token"), url)
        await calendar.write_event("grace@salon.example", appointment(booking_id=BOOKING))
    assert [None, "Bearer opens-sesame"] == server.authorizations


async def test_a_service_account_that_was_closed_is_disconnected(tmp_path: Path) -> None:
    server = Canned({"/token": (400, '{"error": "invalid_grant", "error_description": "account not found"}')})
    with serving(server) as url:
        calendar = GoogleCalendar(_key_file(tmp_path, f"{url}/token"), url)
        with pytest.raises(CalendarDisconnected):
            await calendar.write_event("grace@salon.example", appointment())


async def test_a_token_that_cannot_be_had_now_is_an_accident(tmp_path: Path) -> None:
    server = Canned({"/token": (503, '{"error": "internal_failure"}')})
    with serving(server) as url:
        calendar = GoogleCalendar(_key_file(tmp_path, f"{url}/token"), url)
        with pytest.raises(CalendarAccident):
            await calendar.write_event("grace@salon.example", appointment())


async def test_a_token_that_google_refuses_again_and_again_is_disconnected(tmp_path: Path) -> None:
    server = Canned({"/token": (200, TOKEN), "/": google_error(401, "authError")})
    with serving(server) as url:
        calendar = GoogleCalendar(_key_file(tmp_path, f"{url}/token"), url)
        with pytest.raises(CalendarDisconnected):
            await calendar.write_event("grace@salon.example", appointment())
