"""The API's own description: valid, complete, with examples that work, and readable without the internet."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
from fastapi import FastAPI
from pydantic import BaseModel

from api.application import build_app
from api.problems import KINDS, MEDIA_TYPE
from api.schemas.allowed_networks import NewAllowedNetworks
from api.schemas.approvals import DeclineBooking
from api.schemas.booking_requests import CancelBooking, ConfirmBooking, NewBooking
from api.schemas.business import BusinessChanges
from api.schemas.busy_calendars import NewBusyCalendar, Reading
from api.schemas.customers import CustomerExternalId, EraseCustomer
from api.schemas.holidays import Holidays
from api.schemas.keys import KeyReplacement, NewKey
from api.schemas.members import Joining, MemberRole, NewMember
from api.schemas.message_settings import NewMessageSettings
from api.schemas.oauth_clients import NewOAuthClient
from api.schemas.operations import (
    GiveUpRequest,
    RefundRequest,
    ResendRequest,
    RetryRequest,
    SettleRequest,
    SkipRequest,
)
from api.schemas.people import ForgottenPassword, NewPerson, PasswordChange, PasswordReset, TokenRequest, Verification
from api.schemas.providers import Availability, GivenService, NewProvider, Schedule
from api.schemas.rescheduling import NewLink, RescheduleBooking
from api.schemas.second_factor import SecondFactorCode
from api.schemas.series import CancelSeriesRequest, NewSeries
from api.schemas.service_requests import NewService
from api.schemas.sso import NewSsoConnection
from api.schemas.templates import NewTemplate, Preview
from api.schemas.time_off import NewTimeOff
from api.schemas.vendor_accounts import NewVendorAccount
from api.schemas.waitlist import NewWaitlistEntry, WaitlistPriority
from api.schemas.webhooks import NewWebhookEndpoint, ReplayRange, Rotation, WebhookEndpointChanges
from domain.webhooks import EVENT_TYPES, OF_WAITLIST
from settings import Settings

APP = build_app(Settings(database_url="postgresql://unused", token_secret="a secret of the tests, long enough"))
DESCRIBED: dict[str, Any] = APP.openapi()
OPERATIONS = {f"{method.upper()} {path}": op for path, ops in DESCRIBED["paths"].items() for method, op in ops.items()}
EACH = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
BODIES = [pytest.param(op["requestBody"], id=name) for name, op in OPERATIONS.items() if "requestBody" in op]
REQUESTS: tuple[type[BaseModel], ...] = (
    NewService, NewProvider, GivenService, Schedule, Availability, NewTimeOff, NewBusyCalendar, Reading, Holidays, NewBooking,
    ConfirmBooking, CancelBooking, DeclineBooking, RescheduleBooking, NewLink, NewTemplate, Preview, NewMessageSettings,
    NewWebhookEndpoint, WebhookEndpointChanges, Rotation, ReplayRange,
    RetryRequest, SkipRequest, SettleRequest, RefundRequest, ResendRequest, GiveUpRequest,
    NewSeries, CancelSeriesRequest, NewWaitlistEntry, WaitlistPriority,
    NewPerson, Verification, TokenRequest, ForgottenPassword, PasswordReset, PasswordChange, SecondFactorCode,
    NewMember, MemberRole, Joining, NewKey, KeyReplacement, NewAllowedNetworks, BusinessChanges,
    EraseCustomer, CustomerExternalId, NewOAuthClient, NewSsoConnection, NewVendorAccount,
)  # fmt: skip


@pytest.fixture
def app() -> FastAPI:
    return APP


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Nothing behind the app is needed to describe it."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://slotkeeper.test") as client:
        yield client


def examples_in(schema: dict[str, Any]) -> Iterator[Any]:
    """Those of the schema itself, or of what it refers to."""
    yield from schema.get("examples", [])
    if "$ref" in schema:
        yield from examples_in(DESCRIBED["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for choice in schema.get("anyOf", []):
        yield from examples_in(choice)


@pytest.mark.parametrize("path", ["/api/v1/bookings", "/api/v1/series"])
def test_who_may_be_turned_away_is_told_so_and_when_to_come_again(path: str) -> None:
    answer = DESCRIBED["paths"][path]["post"]["responses"]["503"]
    assert {"overloaded", "unavailable"} == answer["content"][MEDIA_TYPE]["examples"].keys()
    assert "integer" == answer["headers"]["Retry-After"]["schema"]["type"]


async def test_it_is_valid_openapi_3_1(client: httpx.AsyncClient) -> None:
    served = (await client.get("/openapi.json")).json()
    assert "3.1.0" == served["openapi"]
    schemathesis.openapi.from_dict(served).validate()


def test_every_schema_in_it_is_valid_json_schema() -> None:
    for name, schema in DESCRIBED["components"]["schemas"].items():
        assert jsonschema_rs.meta.is_valid({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}), name


@EACH
def test_every_call_says_what_it_is_for(operation: dict[str, Any]) -> None:
    assert operation["summary"] and operation["description"] and operation["tags"]
    assert re.fullmatch("[a-z_]+", operation["operationId"])


def test_every_call_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("body", BODIES)
def test_every_body_has_an_example_that_fits_it(body: dict[str, Any]) -> None:
    (content,) = body["content"].values()
    examples = [*examples_in(content["schema"]), *(given["value"] for given in content.get("examples", {}).values())]
    assert examples
    validator = jsonschema_rs.validator_for({**content["schema"], "components": DESCRIBED["components"]}, validate_formats=True)
    assert [] == [error.message for example in examples for error in validator.iter_errors(example)]


@pytest.mark.parametrize("model", REQUESTS)
def test_every_example_is_taken_by_the_api_too(model: type[BaseModel]) -> None:
    """The description cannot say all that the API checks."""
    examples = DESCRIBED["components"]["schemas"][model.__name__]["examples"]
    for example in examples:
        model.model_validate(example)


def test_every_request_body_is_tried_here() -> None:
    refs = {ref for param in BODIES for ref in re.findall(r"schemas/(\w+)'", str(param.values))}
    assert {model.__name__ for model in REQUESTS} == refs


@EACH
def test_every_refusal_is_a_problem_with_an_example_that_fits(operation: dict[str, Any]) -> None:
    problem = jsonschema_rs.validator_for(DESCRIBED["components"]["schemas"]["Problem"], validate_formats=True)
    for status, answer in operation["responses"].items():
        if int(status) < 400:
            continue
        assert [MEDIA_TYPE] == list(answer["content"])
        for code, example in answer["content"][MEDIA_TYPE]["examples"].items():
            assert (int(status), code) == (int(KINDS[code][0]), example["value"]["code"])
            assert problem.is_valid(example["value"])


def test_only_what_the_contract_calls_public_needs_no_credential() -> None:
    public = {name for name, operation in OPERATIONS.items() if "security" not in operation}
    assert {
        "GET /api/v1/providers/{provider_id}/slots",
        "GET /api/v1/services/{service_id}/slots",
        "POST /api/v1/bookings",
        "POST /api/v1/series",
        "POST /api/v1/series/preview",
        "POST /api/v1/waitlist",
        "POST /api/v1/people",
        "POST /api/v1/people/verify",
        "POST /api/v1/sessions/token",
        "GET /.well-known/oauth-authorization-server",
        "POST /api/v1/passwords/forgotten",
        "POST /api/v1/passwords/reset",
        "POST /webhooks/stripe",
        "POST /webhooks/stripe/{business_id}",
        "POST /api/v1/webhooks/twilio/{business_id}",
        "POST /api/v1/webhooks/twilio",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
    } == public


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_every_event_that_endpoints_are_sent_is_described(name: str) -> None:
    told = DESCRIBED["webhooks"][name]["post"]
    body = "WaitlistEvent" if name in OF_WAITLIST else "Event"
    assert {"$ref": f"#/components/schemas/{body}"} == told["requestBody"]["content"]["application/json"]["schema"]
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} == {one["name"] for one in told["parameters"]}
    assert told["operationId"] and told["description"]


async def test_the_docs_load_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs")
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)|url: ?["']([^"']+)""", page.text)
    loaded = [one or other for one, other in addresses]
    assert 4 <= len(loaded)  # script, style, icon and the description
    assert [] == [address for address in loaded if not address.startswith("/") or address.startswith("//")]
    for address in loaded:
        assert 200 == (await client.get(address)).status_code, address


async def test_the_docs_style_loads_nothing_from_elsewhere(client: httpx.AsyncClient) -> None:
    style = (await client.get("/docs/assets/swagger-ui.css")).text
    assert 10_000 < len(style)
    addresses = [address.strip("\"' ") for address in re.findall(r"(?:url\(|@import )([^);]+)", style)]
    assert [] == [address for address in addresses if not address.startswith(("data:", "#"))]
