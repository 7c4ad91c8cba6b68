"""Whatever is wrong with a request is named with its place and reason, and nothing is written."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from api.application import build_app
from api.wiring import Wiring
from settings import PaymentsVendor, Settings
from tests.api.shop import CUSTOMER, HOURS, SERVICE, FakeCommands, Shop, problem

TABLES = (
    "services", "providers", "provider_services", "schedules", "availability", "customers", "bookings", "claims",
    "claim_seats", "booking_events", "payments", "idempotency_keys", "schedule_periods", "time_off", "busy_calendars",
    "busy_times", "service_resources",
)  # fmt: skip

PROVIDER: dict[str, Any] = {"name": "Dr Ada Byron", "timezone": "Europe/Berlin"}
NUL, SURROGATE = "\0", "\ud800"


async def rows(pool: asyncpg.Pool) -> int:
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in TABLES)  # noqa: S608 (our own names)
    return int(await pool.fetchval(f"SELECT {counts}"))


def changed(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The body with dotted paths set; `...` leaves a field out."""
    copy = json.loads(json.dumps(body))
    for path, value in changes.items():
        *parents, last = path.split("__")
        place = copy
        for parent in parents:
            place = place[parent]
        if value is ...:
            place.pop(last, None)
        else:
            place[last] = value
    return dict(copy)


@pytest.fixture
async def set_up(shop: Shop) -> tuple[str, str]:
    service = await shop.service(capacity=3, buffer_after_minutes=15, slot_step_minutes=60)
    return service, await shop.provider(service)


@pytest.fixture(autouse=True)
async def _nothing_is_written(set_up: tuple[str, str], pool: asyncpg.Pool) -> AsyncIterator[None]:
    before = await rows(pool)
    yield
    assert before == await rows(pool)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"name": ""}, ["/name"]),
        ({"name": "   "}, ["/name"]),
        ({"name": "x" * 201}, ["/name"]),
        ({"name": "Hair\ncut"}, ["/name"]),
        ({"name": f"Hair{NUL}cut"}, ["/name"]),
        ({"name": f"Hair{SURROGATE}cut"}, ["/name"]),
        ({"name": 5}, ["/name"]),
        ({"name": ...}, ["/name"]),
        ({"duration_minutes": 0}, ["/duration_minutes"]),
        ({"duration_minutes": -30}, ["/duration_minutes"]),
        ({"duration_minutes": 2**63}, ["/duration_minutes"]),
        ({"duration_minutes": "60"}, ["/duration_minutes"]),
        ({"duration_minutes": 60.5}, ["/duration_minutes"]),
        ({"duration_minutes": True}, ["/duration_minutes"]),
        ({"buffer_before_minutes": -1}, ["/buffer_before_minutes"]),
        ({"slot_step_minutes": 0}, ["/slot_step_minutes"]),
        ({"price__amount": -1}, ["/price/amount"]),
        ({"price__amount": 10**18}, ["/price/amount"]),
        ({"price__currency": "XXX"}, ["/price/currency"]),
        ({"price__currency": "eur"}, ["/price/currency"]),
        ({"price__currency": "DEM"}, ["/price/currency"]),
        ({"price__amount": 0}, ["/payment"]),
        ({"price": 50}, ["/price"]),
        ({"payment": "later"}, ["/payment"]),
        ({"capacity": 0}, ["/capacity"]),
        ({"min_notice_minutes": -5}, ["/min_notice_minutes"]),
        ({"max_advance_days": 0}, ["/max_advance_days"]),
        ({"reminder_minutes": [0]}, ["/reminder_minutes/0"]),
        ({"reminder_minutes": [60, 60]}, ["/reminder_minutes"]),
        ({"reminders": [{"minutes_before": 0}]}, ["/reminders/0/minutes_before"]),
        ({"reminders": [{"minutes_before": 60, "channels": []}]}, ["/reminders/0/channels"]),
        ({"reminders": [{"minutes_before": 60, "channels": ["fax"]}]}, ["/reminders/0/channels/0", "/reminders/0/channels"]),
        ({"reminders": [{"minutes_before": 60, "channels": ["sms", "sms"]}]}, ["/reminders/0/channels"]),
        ({"reminders": [{"minutes_before": 60}, {"minutes_before": 60}]}, ["/reminders"]),
        ({"reminder_minutes": [60], "reminders": [{"minutes_before": 5}]}, ["/reminders"]),
        ({"cancellation_policy": {"late_refund_percent": 101}}, ["/cancellation_policy/late_refund_percent"]),
        ({"durations": 60}, ["/durations"]),
        ({"durations": [{"duration_minutes": 90}]}, ["/durations/0/amount"]),
        ({"max_per_day": 0}, ["/max_per_day"]),
        ({"max_per_week": "5"}, ["/max_per_week"]),
        ({"assignment": "random"}, ["/assignment"]),
        ({"resources": [[str(uuid4())]]}, ["/resources/0/0"]),
        ({"resources": [[]]}, ["/resources/0"]),
        ({"a/b~c": 1}, ["/a~1b~0c"]),
        ({SURROGATE: 1}, [""]),
        ({"name": "", "capacity": 0}, ["/name", "/capacity"]),
    ],
)
async def test_a_service_that_makes_no_sense_is_refused(shop: Shop, changes: dict[str, Any], places: list[str]) -> None:
    answer = await shop.client.post(
        "/api/v1/services",
        content=json.dumps(changed(SERVICE, **changes)),
        headers=shop.auth | {"Content-Type": "application/json"},
    )
    assert (422, "invalid-request", places) == problem(answer)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"timezone": "Europe/Atlantis"}, ["/timezone"]),
        ({"timezone": "europe/berlin"}, ["/timezone"]),
        ({"timezone": "+01:00"}, ["/timezone"]),
        ({"timezone": "../../etc/passwd"}, ["/timezone"]),
        ({"timezone": NUL}, ["/timezone"]),
        ({"email": "not an address"}, ["/email"]),
        ({"email": "a@localhost"}, ["/email"]),
        ({"email": "a@example.com\r\nBcc: b@example.com"}, ["/email"]),
        ({"email": "a" * 300 + "@example.com"}, ["/email"]),
        ({"phone": "123"}, ["/phone"]),
        ({"phone": "030 901820"}, ["/phone"]),
        ({"phone": "+49" + "1" * 30}, ["/phone"]),
        ({"phone": "call me"}, ["/phone"]),
        ({"calendar_id": "a\tb"}, ["/calendar_id"]),
        ({"max_per_day": 10_001}, ["/max_per_day"]),
        ({"max_per_week": -1}, ["/max_per_week"]),
        ({"service_ids": ["7"]}, ["/service_ids/0"]),
        ({"service_ids": [str(uuid4())]}, ["/service_ids/0"]),
    ],
)
async def test_a_provider_that_makes_no_sense_is_refused(shop: Shop, changes: dict[str, Any], places: list[str]) -> None:
    answer = await shop.post("/providers", changed(PROVIDER, **changes))
    assert (422, "invalid-request", places) == problem(answer)


@pytest.mark.parametrize(
    ("weekly", "places"),
    [
        ({"mondays": HOURS}, ["/weekly/mondays"]),
        ({"monday": [{"start": "9:00", "end": "17:00"}]}, ["/weekly/monday/0/start"]),
        ({"monday": [{"start": "24:00", "end": "24:00"}]}, ["/weekly/monday/0/end"]),
        ({"monday": [{"start": "09:00", "end": "24:01"}]}, ["/weekly/monday/0/end"]),
        ({"monday": [{"start": "17:00", "end": "09:00"}]}, ["/weekly/monday/0/end"]),
        ({"monday": [{"start": "09:00"}]}, ["/weekly/monday/0/end"]),
        ({"monday": [{"start": "09:00", "end": "12:00"}, {"start": "11:00", "end": "17:00"}]}, ["/weekly/monday"]),
        ({"monday": HOURS * 25}, ["/weekly/monday"]),
    ],
)
async def test_hours_that_make_no_sense_are_refused(
    shop: Shop, set_up: tuple[str, str], weekly: dict[str, Any], places: list[str]
) -> None:
    answer = await shop.put(f"/providers/{set_up[1]}/schedule", {"weekly": weekly})
    assert (422, "invalid-request", places) == problem(answer)


@pytest.mark.parametrize(
    ("season", "places"),
    [
        ({"valid_from": "2027-02-30"}, ["/valid_from"]),
        ({"valid_until": "summer"}, ["/valid_until"]),
        ({"valid_from": "2027-06-01", "valid_until": "2027-05-31"}, ["/valid_until"]),
        ({"valid_from": "2027-06-01T00:00:00Z"}, ["/valid_from"]),
        ({"from": "2027-06-01"}, ["/from"]),
    ],
)
async def test_a_season_that_makes_no_sense_is_refused(
    shop: Shop, set_up: tuple[str, str], season: dict[str, Any], places: list[str]
) -> None:
    answer = await shop.put(f"/providers/{set_up[1]}/schedule", {"weekly": {}} | season)
    assert (422, "invalid-request", places) == problem(answer)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"to": "2027-07-01"}, ["/from"]),
        ({"from": "2027-07-01"}, ["/to"]),
        ({"from": "2027-07-02", "to": "2027-07-01"}, ["/to"]),
        ({"from": "2027-07-01T12:00", "to": "2027-07-01T12:00"}, ["/to"]),
        ({"from": "2027-07-01T12:00", "to": "2027-06-30"}, ["/to"]),
        ({"from": "2027-07-01", "to": "2037-07-01"}, ["/to"]),
        ({"from": "2027-07-01T12:00:00+02:00", "to": "2027-07-02"}, ["/from"]),
        ({"from": "2027-07-01T24:00", "to": "2027-07-02"}, ["/from"]),
        ({"from": "2027-02-29", "to": "2027-07-02"}, ["/from"]),
        ({"from": "1999-12-31", "to": "2027-07-02"}, ["/from"]),
        ({"from": 20270701, "to": "2027-07-02"}, ["/from"]),
        ({"from": "2027-07-01", "to": "2027-07-02", "reason": NUL}, ["/reason"]),
        ({"from": "2027-07-01", "to": "2027-07-02", "id": "x"}, ["/id"]),
    ],
)
async def test_time_off_that_makes_no_sense_is_refused(
    shop: Shop, set_up: tuple[str, str], body: dict[str, Any], places: list[str]
) -> None:
    answer = await shop.post(f"/providers/{set_up[1]}/time-off", body, **{"Idempotency-Key": "k"})
    assert (422, "invalid-request", places) == problem(answer)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"good_for_minutes": 5}, ["/name"]),
        ({"name": " ", "good_for_minutes": 5}, ["/name"]),
        ({"name": "Google"}, ["/good_for_minutes"]),
        ({"name": "Google", "good_for_minutes": 0}, ["/good_for_minutes"]),
        ({"name": "Google", "good_for_minutes": 2**31}, ["/good_for_minutes"]),
    ],
)
async def test_a_calendar_outside_that_makes_no_sense_is_refused(
    shop: Shop, set_up: tuple[str, str], body: dict[str, Any], places: list[str]
) -> None:
    answer = await shop.post(f"/providers/{set_up[1]}/busy-calendars", body, **{"Idempotency-Key": "k"})
    assert (422, "invalid-request", places) == problem(answer)


@pytest.mark.parametrize("date", ["2027-02-30", "9999-12-31", "0001-01-01", "tomorrow", "2027-03-08T00:00:00Z", 20270308, None])
async def test_a_date_that_does_not_exist_gets_no_hours(shop: Shop, set_up: tuple[str, str], date: Any) -> None:
    answer = await shop.post(f"/providers/{set_up[1]}/availability", {"date": date, "intervals": []})
    assert (422, "invalid-request", ["/date"]) == problem(answer)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"service_id": ...}, ["/service_id"]),
        ({"service_id": "haircut"}, ["/service_id"]),
        ({"service_id": str(uuid4())}, ["/service_id"]),
        ({"provider_id": str(uuid4())}, ["/provider_id"]),
        ({"starts_at": "2027-03-08T09:00:00"}, ["/starts_at"]),
        ({"starts_at": "2027-03-08"}, ["/starts_at"]),
        ({"starts_at": "2027-03-08T09:00+01:00"}, ["/starts_at"]),
        ({"starts_at": "2026-12-31T23:59:60Z"}, ["/starts_at"]),
        ({"starts_at": "2027-02-29T09:00:00Z"}, ["/starts_at"]),
        ({"starts_at": "2027-03-08T25:00:00Z"}, ["/starts_at"]),
        ({"starts_at": "9999-12-31T23:59:59Z"}, ["/starts_at"]),
        ({"starts_at": "9999-12-31T23:59:59-23:59"}, ["/starts_at"]),
        ({"starts_at": "0001-01-01T00:00:00+23:59"}, ["/starts_at"]),
        ({"starts_at": "２０２７-03-08T09:00:00Z"}, ["/starts_at"]),
        ({"starts_at": 1800000000}, ["/starts_at"]),
        ({"seats": 0}, ["/seats"]),
        ({"seats": -1}, ["/seats"]),
        ({"seats": 4}, ["/seats"]),
        ({"seats": 2**31}, ["/seats"]),
        ({"duration_minutes": 0}, ["/duration_minutes"]),
        ({"duration_minutes": 61}, ["/duration_minutes"]),
        ({"duration_minutes": "60"}, ["/duration_minutes"]),
        ({"customer__name": "Grace\u0085Hopper"}, ["/customer/name"]),
        ({"customer__email": "grace@"}, ["/customer/email"]),
        ({"customer__phone": "+0"}, ["/customer/phone"]),
        ({"customer__timezone": "Mars/Olympus"}, ["/customer/timezone"]),
        ({"customer__locale": "not_a_tag"}, ["/customer/locale"]),
        ({"customer__vip": True}, ["/customer/vip"]),
        ({"customer": ...}, ["/customer"]),
    ],
)
async def test_a_booking_that_makes_no_sense_is_refused(
    shop: Shop, set_up: tuple[str, str], nine_in_a_week: datetime, changes: dict[str, Any], places: list[str]
) -> None:
    service, provider = set_up
    body = {"service_id": service, "provider_id": provider, "starts_at": nine_in_a_week.isoformat(), "customer": CUSTOMER}
    answer = await shop.client.post("/api/v1/bookings", json=changed(body, **changes))
    assert (422, "invalid-request", places) == problem(answer)


@pytest.mark.parametrize(
    ("offset", "rule"),
    [
        (timedelta(days=-8), "in-the-past"),
        (timedelta(minutes=30), "off-grid"),
        (timedelta(seconds=1), "off-grid"),
        (timedelta(hours=-1), "outside-hours"),
        (timedelta(hours=8), "outside-hours"),
        (timedelta(hours=7, minutes=30), "outside-hours"),
        (timedelta(days=200), "too-far"),
    ],
)
async def test_a_time_that_is_not_offered_is_refused_with_its_rule(
    shop: Shop, set_up: tuple[str, str], nine_in_a_week: datetime, offset: timedelta, rule: str
) -> None:
    answer = await shop.book(*set_up, nine_in_a_week + offset)
    assert (422, "slot-not-offered", ["/starts_at"]) == problem(answer)
    assert rule == answer.json()["rule"]


@pytest.mark.parametrize(
    "text", ["{", "", "[1,", "nul", '{"name": "x"', "\xff", '{"a": ' * 5000, '{"price": ' + "9" * 5000 + "}"]
)
async def test_malformed_json_is_refused(shop: Shop, text: str) -> None:
    answer = await shop.client.post(
        "/api/v1/services", content=text.encode("latin-1"), headers=shop.auth | {"Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("malformed-request", "invalid-request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/xml"])
async def test_a_body_that_is_not_json_is_refused(shop: Shop, kind: str) -> None:
    answer = await shop.client.post("/api/v1/services", content=json.dumps(SERVICE), headers=shop.auth | {"Content-Type": kind})
    assert (415, "not-json", ["Content-Type"]) == problem(answer)


async def test_a_body_of_ten_megabytes_is_refused_by_its_announced_length(shop: Shop) -> None:
    answer = await shop.post("/services", SERVICE | {"name": "x" * 10_000_000})
    assert (413, "body-too-large", []) == problem(answer)


async def test_a_body_that_never_ends_is_refused_before_all_of_it_is_read(shop: Shop) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(10_000):
            sent += 1024
            yield b"x" * 1024

    headers = shop.auth | {"Content-Type": "application/json"}
    answer = await shop.client.post("/api/v1/services", content=chunks(), headers=headers)
    assert (413, "body-too-large", []) == problem(answer)
    assert sent < 200_000


@pytest.mark.parametrize("credential", [None, "", "Bearer", "Bearer ", "Bearer x", "Basic abc", "Bearer slk_1_2", "Bearer mt_1_2",
                                        f"Bearer slk_{uuid4().hex}_{'0' * 64}", f"Bearer mt_{uuid4().hex}_abc",
                                        "Bearer slk_" + "x" * 5000, "Bearer sl\u00e9k"])  # fmt: skip
@pytest.mark.parametrize("path", ["/api/v1/services", f"/api/v1/bookings/{uuid4()}"])
async def test_a_wrong_or_missing_credential_opens_nothing(client: httpx.AsyncClient, path: str, credential: str | None) -> None:
    headers = [] if credential is None else [(b"authorization", credential.encode("latin-1"))]
    answer = await client.get(path, headers=headers)
    assert (401, "unauthorised", ["Authorization"]) == problem(answer)
    assert "Bearer" == answer.headers["www-authenticate"]


@pytest.mark.parametrize("key", ["", "x" * 201, "with space", "t\u00e4st"])
async def test_an_idempotency_key_that_is_none_is_refused(shop: Shop, key: str) -> None:
    headers = [(b"authorization", shop.auth["Authorization"].encode()), (b"idempotency-key", key.encode("latin-1"))]
    answer = await shop.client.post("/api/v1/services", json=SERVICE, headers=headers)
    assert (422, "invalid-request", ["Idempotency-Key"]) == problem(answer)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({}, "date"),
        ({"from": "2027-03-01"}, "to"),
        ({"to": "2027-03-01"}, "from"),
        ({"date": "2027-03-01", "from": "2027-03-01", "to": "2027-03-02"}, "date"),
        ({"date": "2027-02-30"}, "date"),
        ({"date": "2201-01-01"}, "date"),
        ({"from": "2027-03-02", "to": "2027-03-01"}, "to"),
        ({"from": "2027-03-01", "to": "2027-05-02"}, "to"),
        ({"from": "2027-03-01T00:00:00", "to": "2027-03-02"}, "from"),
        ({"date": "2027-03-01", "timezone": "Moon"}, "timezone"),
        ({"date": "2027-03-01", "duration_minutes": "61"}, "duration_minutes"),
        ({"date": "2027-03-01", "duration_minutes": "long"}, "duration_minutes"),
        ({"date": "2027-03-01", "explain": "yes"}, "explain"),
        ({"date": "2027-03-01", "day": "monday"}, "day"),
    ],
)
async def test_a_question_for_slots_that_makes_no_sense_is_refused(
    shop: Shop, set_up: tuple[str, str], query: dict[str, str], place: str
) -> None:
    answer = await shop.client.get(f"/api/v1/services/{set_up[0]}/slots", params=query)
    assert (422, "invalid-request", [place]) == problem(answer)


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "201"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "WyJ4Il0"}, "cursor"),
        ({"cursor": "\u00e9"}, "cursor"),
        ({"status": "done"}, "status"),
        ({"from": "yesterday"}, "from"),
        ({"customer_email": "grace"}, "customer_email"),
        ({"provider_id": "7"}, "provider_id"),
        ({"offset": "7"}, "offset"),
    ],
)
async def test_a_question_for_bookings_that_makes_no_sense_is_refused(shop: Shop, query: dict[str, str], place: str) -> None:
    answer = await shop.get("/bookings", **query)
    assert (422, "invalid-request", [place]) == problem(answer)


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/api/v1/nothing", (404, "not-found", [])),
        ("GET", "/", (404, "not-found", [])),
        ("DELETE", "/api/v1/services", (405, "method-not-allowed", [])),
        ("GET", "/api/v1/services/7", (422, "invalid-request", ["service_id"])),
        ("GET", f"/api/v1/services/{uuid4()}", (404, "not-found", [])),
        ("GET", f"/api/v1/providers/{uuid4()}", (404, "not-found", [])),
        ("GET", f"/api/v1/providers/{uuid4()}/time-off", (404, "not-found", [])),
        ("DELETE", f"/api/v1/providers/{uuid4()}/time-off/{uuid4()}", (404, "not-found", [])),
        ("GET", f"/api/v1/providers/{uuid4()}/busy-calendars", (404, "not-found", [])),
        ("DELETE", f"/api/v1/providers/{uuid4()}/busy-calendars/{uuid4()}", (404, "not-found", [])),
        ("DELETE", f"/api/v1/providers/{uuid4()}/schedule?valid_from=2027-06-01", (404, "not-found", [])),
        ("DELETE", f"/api/v1/providers/{uuid4()}/schedule?valid_from=June", (422, "invalid-request", ["valid_from"])),
        ("DELETE", "/api/v1/holidays", (405, "method-not-allowed", [])),
        ("GET", f"/api/v1/bookings/{uuid4()}", (404, "not-found", [])),
        ("GET", f"/api/v1/bookings/{uuid4()}/timeline", (404, "not-found", [])),
        ("GET", f"/api/v1/services/{uuid4()}/slots?date=2027-03-01", (404, "not-found", [])),
        (
            "GET",
            f"/api/v1/providers/{uuid4()}/slots?date=2027-03-01&service_id={uuid4()}",
            (422, "invalid-request", ["service_id"]),
        ),
    ],
)
async def test_what_is_not_there_is_said_to_be_not_there(
    shop: Shop, method: str, path: str, expected: tuple[int, str, list[str]]
) -> None:
    assert expected == problem(await shop.client.request(method, path, headers=shop.auth))


async def test_a_refusal_leaves_one_line_in_the_log_with_nothing_of_the_request(
    shop: Shop, set_up: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        await shop.book(*set_up, "2027-03-08T09:00:00")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "asyncio"))]
    (line,) = [json.loads(record.getMessage()) for record in ours]
    assert {"method": "POST", "route": "/api/v1/bookings", "status": 422} == {k: line[k] for k in ("method", "route", "status")}
    assert {"method", "route", "status", "ms", "request"} == set(line)


async def test_nothing_is_sold_online_where_no_payment_vendor_is_configured(shop: Shop, settings: Settings) -> None:
    bare = settings.model_copy(update={"payments": PaymentsVendor.NONE})
    transport = httpx.ASGITransport(build_app(bare, Wiring(bare, shop.pool, shop.pool, FakeCommands(shop.pool), None)))
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as client:
        answer = await client.post("/api/v1/services", json=SERVICE, headers={"Authorization": f"Bearer {shop.key}"})
    assert (422, "invalid-request", ["/payment"]) == problem(answer)
