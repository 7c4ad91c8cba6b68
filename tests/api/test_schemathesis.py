"""The API keeps to its own description, whatever is sent: what fits it and what does not."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
import requests
import schemathesis
import uvicorn
from fastapi import FastAPI
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from api.application import build_app
from api.wiring import Wiring
from embedded.ports import HOST
from settings import Settings
from store.api_keys import create_api_key
from store.pool import open_pool
from tests.api.shop import WEEK, FakeCommands
from tests.orders import TOMORROW, open_shop

load_all_checks()


def described(*modes: GenerationMode, examples: int) -> Any:
    """The app's description as a source of requests, the same ones at every run."""
    generation = GenerationConfig(modes=list(modes), max_examples=examples, deterministic=True)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    app = build_app(Settings(database_url="postgresql://unused", token_secret="t" * 32))
    return schemathesis.openapi.from_dict(app.openapi(), config=config)


anything = described(GenerationMode.POSITIVE, GenerationMode.NEGATIVE, examples=12)
fitting = described(GenerationMode.POSITIVE, examples=12)


@dataclass(frozen=True, slots=True)
class Served:
    """A running API with one business in it."""

    url: str
    client: httpx.Client
    key: str
    ids: dict[str, str]
    slots: Iterator[datetime]

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def next_order(self) -> dict[str, Any]:
        """An order for a slot that is free."""
        wanted = {name: self.ids[name] for name in ("service_id", "provider_id")}
        return wanted | {"starts_at": next(self.slots).isoformat(), "customer": {"name": "Ada", "email": "ada@example.com"}}


@pytest.fixture(scope="module")
async def served(database_url: str) -> AsyncIterator[Served]:
    settings = Settings(database_url=database_url, token_secret="t" * 32)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        pool = await open_pool(database_url, 5)
        app.state.wiring = Wiring(settings, pool, FakeCommands(pool), None)
        yield
        await pool.close()

    with in_thread(build_app(settings, lifespan=lifespan)) as url, httpx.Client(trust_env=False) as client:
        yield await open_business(url, client, database_url)


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


async def open_business(url: str, client: httpx.Client, database_url: str) -> Served:
    pool = await open_pool(database_url, 1)
    shop = await open_shop(pool)
    key = await create_api_key(pool, shop.business_id, "tests")
    await pool.execute("INSERT INTO provider_services SELECT business_id, $1, id FROM services", shop.provider_id)
    await pool.close()
    slots = (TOMORROW + timedelta(days=day, minutes=30 * n) for day in count(1) for n in range(10))
    served = Served(url, client, key, {"service_id": str(shop.service_id), "provider_id": str(shop.provider_id)}, slots)
    return await asyncio.to_thread(set_up, served)


def set_up(served: Served) -> Served:
    path = f"{served.url}/api/v1/providers/{served.ids['provider_id']}/schedule"
    served.client.put(path, json={"weekly": WEEK}, headers=served.auth).raise_for_status()
    given = path.removesuffix("/schedule")
    for name, body in {
        "time-off": {"from": "2030-01-01", "to": "2030-01-02"},
        "busy-calendars": {"name": "Google", "good_for_minutes": 5},
    }.items():
        made = served.client.post(f"{given}/{name}", json=body, headers=served.auth).raise_for_status().json()
        served.ids["time_off_id" if name == "time-off" else "calendar_id"] = made["id"]
    hooks = f"{served.url}/api/v1/webhook-endpoints"
    made = served.client.post(hooks, json={"url": "https://salon.example/"}, headers=served.auth).raise_for_status().json()
    served.ids["endpoint_id"] = made["id"]
    sent = served.client.post(f"{hooks}/{made['id']}/test", headers=served.auth).raise_for_status().json()
    served.ids["delivery_id"] = sent["id"]
    reading = {"read_at": datetime.now(UTC).isoformat(), "times": []}
    read = f"{given}/busy-calendars/{served.ids['calendar_id']}/times"
    served.client.put(read, json=reading, headers=served.auth).raise_for_status()
    booked = served.client.post(f"{served.url}/api/v1/bookings", json=served.next_order()).raise_for_status()
    served.ids["booking_id"] = booked.json()["id"]
    series = served.next_order() | {"rrule": "FREQ=DAILY;COUNT=1"}
    held = served.client.post(f"{served.url}/api/v1/series", json=series).raise_for_status()
    served.ids["series_id"] = held.json()["id"]
    return served


def check(case: Case[Any], served: Served) -> httpx.Response:
    """Sends the request and holds the answer against the description.

    The description cannot say all that a valid request must be: which time zones there are, which slots are free. So a
    refusal of what fits it is fine, as long as it is a described one.
    """
    sent = requests.Request(**case.as_transport_kwargs(base_url=served.url, headers=served.auth)).prepare()
    body: Any = sent.body
    headers = [(name.encode(), _bytes(value)) for name, value in sent.headers.items()]
    answer = served.client.request(str(sent.method), str(sent.url), headers=headers, content=body)
    case.validate_response(answer, headers=served.auth, excluded_checks=[positive_data_acceptance, ignored_auth])
    return answer


def _bytes(value: str | bytes) -> bytes:
    return value.encode("latin-1") if isinstance(value, str) else value


@anything.parametrize()  # type: ignore[untyped-decorator] # its decorators have no types
def test_whatever_is_sent_it_answers_as_described(case: Case[Any], served: Served) -> None:
    check(case, served)


@fitting.include(path_regex=r"\{|bookings$").exclude(method="DELETE").parametrize()  # type: ignore[untyped-decorator]
def test_what_exists_is_answered_as_described(case: Case[Any], served: Served) -> None:
    """The same about things that are there, which made-up ids never are; none of them is deleted for that."""
    case.path_parameters = {name: served.ids.get(name, made_up) for name, made_up in (case.path_parameters or {}).items()}
    if "service_id" in case.query:
        case.query["service_id"] = served.ids["service_id"]
    if case.operation.label == "POST /api/v1/bookings":
        case.body = served.next_order()
    assert check(case, served).status_code not in (401, 404)
