"""The API keeps to its own description, whatever is sent: what fits it and what does not, of things that are there and not."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
import requests
import schemathesis
import uvicorn
from fastapi import FastAPI
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core import NOT_SET
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from api.application import build_app
from api.identity.access_tokens import Access, AccessTokens, access_tokens
from api.wiring import Wiring
from domain.people import Role, permissions_of
from embedded.logins import logins
from embedded.ports import HOST
from settings import Settings
from store.api_keys import create_api_key
from store.pool import open_pool, open_tenant_pool
from tests.api.shop import WEEK, FakeCommands
from tests.api.test_permissions import GUARDED
from tests.api.things import Things
from tests.databases import VAULT
from tests.orders import TOMORROW, open_shop
from tests.unlimited import UNLIMITED

load_all_checks()

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))  # a hundred by hand, when the API has changed much
READS = ("get", "head")


def described(*modes: GenerationMode, examples: int) -> Any:
    """The app's description as a source of requests, the same ones at every run."""
    generation = GenerationConfig(modes=list(modes), max_examples=examples, deterministic=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    app = build_app(Settings(database_url="postgresql://unused", token_secret="t" * 32))
    return schemathesis.openapi.from_dict(app.openapi(), config=config)


ROLES = (*reversed(Role), None)  # who may least comes first; None is a customer
PERMISSIONS = {re.sub(r":\w+}", "}", name): permission for name, permission in GUARDED.items()}

anything = described(GenerationMode.POSITIVE, GenerationMode.NEGATIVE, examples=EXAMPLES)
fitting = described(GenerationMode.POSITIVE, examples=EXAMPLES)
once = described(GenerationMode.POSITIVE, examples=1)


@dataclass(frozen=True, slots=True)
class Served:
    """A running API with one business in it."""

    url: str
    client: httpx.Client
    key: str
    things: Things
    slots: Iterator[datetime]
    tokens: AccessTokens
    people: Mapping[Role | None, UUID]
    turns: Iterator[int] = field(default_factory=count)

    @property
    def auth(self) -> dict[str, str]:
        return bearer(self.key)

    def auth_of(self, role: Role | None) -> dict[str, str]:
        """Of somebody with this role, or, for None, of a customer; who has just logged in, since requests may end log-ins."""
        business_id = self.things.shop.business_id if role else None
        session = self.things.loop.run_until_complete(self.things.session(self.people[role], business_id))
        return bearer(self.tokens.sign(Access(session.person_id, session.id, session.business_id)))

    def next_order(self) -> dict[str, Any]:
        """An order for a slot that is free."""
        shop = self.things.shop
        wanted = {"service_id": str(shop.service_id), "provider_id": str(shop.provider_id)}
        return wanted | {"starts_at": next(self.slots).isoformat(), "customer": {"name": "Ada", "email": "ada@example.com"}}

    def name_what_exists(self, case: Case[Any]) -> None:
        """Puts what is there in the place of made-up ids, and a free time in that of a made-up one. What is no id, or no time,
        stays as wrong as it is."""
        is_read = case.method.lower() in READS
        for where in (case.path_parameters, case.query):
            for name, value in sorted((where or {}).items(), reverse=True):  # an endpoint before its delivery
                if is_id(value) and (known := self.things.of(name, is_to_stay=is_read)):
                    where[name] = known
        if case.body is not NOT_SET:
            case.body = self._with_what_exists(case.body)

    def _with_what_exists(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._with_what_exists(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [self._with_what_exists(part, name.removesuffix("s")) for part in value]
        if is_id(value):
            return self.things.of(name, is_to_stay=True) or value
        return next(self.slots).isoformat() if name == "starts_at" and is_time(value) else value


def bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


def is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value.lower()
    except ValueError:
        return False


def is_time(value: object) -> bool:
    """As RFC 3339 writes it."""
    if not isinstance(value, str) or "T" not in value:
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


@pytest.fixture(scope="module")
async def served(database_url: str) -> AsyncIterator[Served]:
    settings = Settings.model_validate({**logins(database_url), **UNLIMITED, "token_secret": "t" * 32})

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        owner, pool = await open_pool(database_url, 5, VAULT), await open_tenant_pool(settings.tenant_url, 5, VAULT)
        door = await open_pool(settings.door_url, 2)
        app.state.wiring = Wiring(settings, pool, door, FakeCommands(owner), None)
        yield
        await door.close()
        await pool.close()
        await owner.close()

    with in_thread(build_app(settings, lifespan=lifespan)) as url, httpx.Client(trust_env=False, timeout=60) as client:
        made = asyncio.to_thread(open_business, url, client, database_url, access_tokens(settings))
        served = await made
        yield served
        await asyncio.to_thread(close_business, served)


@contextmanager
def in_thread(app: FastAPI) -> Iterator[str]:
    """Serves the app beside the tests, which wait for each answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind((HOST, 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield f"http://{HOST}:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def open_business(url: str, client: httpx.Client, database_url: str, tokens: AccessTokens) -> Served:
    """Its things are made on a loop of their own, since the tests, which are no coroutines, ask for them."""
    loop = asyncio.new_event_loop()
    pool = loop.run_until_complete(open_pool(database_url, 1))
    shop = loop.run_until_complete(open_shop(pool))
    key = loop.run_until_complete(create_api_key(pool, shop.business_id, "tests"))
    give = "INSERT INTO provider_services SELECT business_id, $1, id FROM services"
    loop.run_until_complete(pool.execute(give, shop.provider_id))

    def api(method: str, path: str, body: Any) -> httpx.Response:
        return client.request(method, f"{url}/api/v1/{path}", json=body, headers=bearer(key))

    api("PUT", f"providers/{shop.provider_id}/schedule", {"weekly": WEEK}).raise_for_status()
    slots = (TOMORROW + timedelta(days=day, minutes=30 * n) for day in count(1) for n in range(10))
    things = Things(loop, pool, shop, api, slots)
    people = {role: loop.run_until_complete(things.member(role)) for role in (*Role, None)}
    return Served(url, client, key, things, slots, tokens, people)


def close_business(served: Served) -> None:
    served.things.loop.run_until_complete(served.things.pool.close())
    served.things.loop.close()


def check(case: Case[Any], served: Served, auth: dict[str, str] | None = None) -> httpx.Response:
    """Sends the request and holds the answer against the description.

    The description cannot say all that a valid request must be: which time zones there are, which slots are free. So a
    refusal of what fits it is fine, as long as it is a described one.
    """
    auth = auth or served.auth
    sent = requests.Request(**case.as_transport_kwargs(base_url=served.url, headers=auth)).prepare()
    body: Any = sent.body
    headers = [(name.encode(), _bytes(value)) for name, value in sent.headers.items()]
    answer = served.client.request(str(sent.method), str(sent.url), headers=headers, content=body)
    excluded = [positive_data_acceptance, ignored_auth]
    if case.body is None:
        excluded.append(negative_data_rejection)  # it holds `null` for wrong also where the description allows it
    case.validate_response(answer, headers=auth, excluded_checks=excluded)
    return answer


def _bytes(value: str | bytes) -> bytes:
    return value.encode("latin-1") if isinstance(value, str) else value


@anything.parametrize()  # type: ignore[untyped-decorator] # its decorators have no types
def test_whatever_is_sent_it_answers_as_described(case: Case[Any], served: Served) -> None:
    """About things that are there; every third request names what never was."""
    if next(served.turns) % 3:
        served.name_what_exists(case)
    check(case, served)


# Sessions are a person's own: a key has none.
@fitting.include(path_regex=r"\{|bookings$").exclude(path_regex="schedule$|sessions/", method="DELETE").parametrize()  # type: ignore[untyped-decorator]
def test_what_exists_is_answered_as_described(case: Case[Any], served: Served) -> None:
    """What fits and names what is there is found."""
    served.name_what_exists(case)
    if case.operation.label == "POST /api/v1/bookings":
        case.body = served.next_order()
    assert check(case, served).status_code not in (401, 404)


@once.parametrize()  # type: ignore[untyped-decorator]
def test_each_role_is_answered_as_described_and_does_what_it_may(case: Case[Any], served: Served) -> None:
    """The same request by one after the other: what a role may not do is refused, and what it may is not."""
    needed, own = PERMISSIONS.get(case.operation.label), case.operation.definition.raw.get("security", ())
    for role in ROLES:
        served.name_what_exists(case)
        status = check(case, served, served.auth_of(role)).status_code
        if needed is None:
            continue
        if role is None:  # a customer manages what they have booked, and here is nothing of theirs
            assert status in ((401, 403, 404, 422) if {"manage_token": []} in own else (401, 403))
        elif needed in permissions_of(role):
            assert status not in (401, 403)
        else:
            assert status == 403
