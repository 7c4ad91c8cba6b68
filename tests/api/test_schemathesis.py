"""The API keeps to its own description, whatever is sent: what fits it and what does not, of things that are there and not."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
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
from api.wiring import Wiring
from embedded.ports import HOST
from settings import Settings
from store.api_keys import create_api_key
from store.pool import open_pool
from tests.api.shop import WEEK, FakeCommands
from tests.api.things import Things
from tests.orders import TOMORROW, open_shop

load_all_checks()

EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "3"))  # a hundred by hand, when the API has changed much
READS = ("get", "head")


def described(*modes: GenerationMode, examples: int) -> Any:
    """The app's description as a source of requests, the same ones at every run."""
    generation = GenerationConfig(modes=list(modes), max_examples=examples, deterministic=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    app = build_app(Settings(database_url="postgresql://unused", token_secret="t" * 32))
    return schemathesis.openapi.from_dict(app.openapi(), config=config)


anything = described(GenerationMode.POSITIVE, GenerationMode.NEGATIVE, examples=EXAMPLES)
fitting = described(GenerationMode.POSITIVE, examples=EXAMPLES)


@dataclass(frozen=True, slots=True)
class Served:
    """A running API with one business in it."""

    url: str
    client: httpx.Client
    key: str
    things: Things
    slots: Iterator[datetime]
    turns: Iterator[int] = field(default_factory=count)

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

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
    settings = Settings(database_url=database_url, token_secret="t" * 32)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = await open_pool(database_url, 5)
        app.state.wiring = Wiring(settings, pool, FakeCommands(pool), None)
        yield
        await pool.close()

    with in_thread(build_app(settings, lifespan=lifespan)) as url, httpx.Client(trust_env=False, timeout=60) as client:
        made = asyncio.to_thread(open_business, url, client, database_url)
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


def open_business(url: str, client: httpx.Client, database_url: str) -> Served:
    """Its things are made on a loop of their own, since the tests, which are no coroutines, ask for them."""
    loop = asyncio.new_event_loop()
    pool = loop.run_until_complete(open_pool(database_url, 1))
    shop = loop.run_until_complete(open_shop(pool))
    key = loop.run_until_complete(create_api_key(pool, shop.business_id, "tests"))
    give = "INSERT INTO provider_services SELECT business_id, $1, id FROM services"
    loop.run_until_complete(pool.execute(give, shop.provider_id))

    def api(method: str, path: str, body: Any) -> httpx.Response:
        return client.request(method, f"{url}/api/v1/{path}", json=body, headers={"Authorization": f"Bearer {key}"})

    api("PUT", f"providers/{shop.provider_id}/schedule", {"weekly": WEEK}).raise_for_status()
    slots = (TOMORROW + timedelta(days=day, minutes=30 * n) for day in count(1) for n in range(10))
    return Served(url, client, key, Things(loop, pool, shop, api, slots), slots)


def close_business(served: Served) -> None:
    served.things.loop.run_until_complete(served.things.pool.close())
    served.things.loop.close()


def check(case: Case[Any], served: Served) -> httpx.Response:
    """Sends the request and holds the answer against the description.

    The description cannot say all that a valid request must be: which time zones there are, which slots are free. So a
    refusal of what fits it is fine, as long as it is a described one.
    """
    sent = requests.Request(**case.as_transport_kwargs(base_url=served.url, headers=served.auth)).prepare()
    body: Any = sent.body
    headers = [(name.encode(), _bytes(value)) for name, value in sent.headers.items()]
    answer = served.client.request(str(sent.method), str(sent.url), headers=headers, content=body)
    excluded = [positive_data_acceptance, ignored_auth]
    if case.body is None:
        excluded.append(negative_data_rejection)  # it holds `null` for wrong also where the description allows it
    case.validate_response(answer, headers=served.auth, excluded_checks=excluded)
    return answer


def _bytes(value: str | bytes) -> bytes:
    return value.encode("latin-1") if isinstance(value, str) else value


@anything.parametrize()  # type: ignore[untyped-decorator] # its decorators have no types
def test_whatever_is_sent_it_answers_as_described(case: Case[Any], served: Served) -> None:
    """About things that are there; every third request names what never was."""
    if next(served.turns) % 3:
        served.name_what_exists(case)
    check(case, served)


@fitting.include(path_regex=r"\{|bookings$").exclude(path_regex="schedule$", method="DELETE").parametrize()  # type: ignore[untyped-decorator]
def test_what_exists_is_answered_as_described(case: Case[Any], served: Served) -> None:
    """What fits and names what is there is found."""
    served.name_what_exists(case)
    if case.operation.label == "POST /api/v1/bookings":
        case.body = served.next_order()
    assert check(case, served).status_code not in (401, 404)
