"""No credential of one business opens anything of another's: every route that there is, with every kind of credential."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from api.application import build_app
from api.identity.access_tokens import Access, AccessTokens
from api.wiring import Wiring
from domain.bookings import BookingRef
from domain.links import LinkPurpose, link_hash, link_token
from domain.people import Role
from domain.tokens import entry_token, manage_token, token_hash
from embedded.logins import logins
from settings import Settings
from store.api_keys import create_api_key, new_key
from store.links import make_link
from store.pool import open_pool, open_tenant_pool
from tests.api.shop import WEEK, FakeCommands
from tests.api.things import Things
from tests.databases import VAULT
from tests.orders import TOMORROW, open_shop
from tests.unlimited import UNLIMITED

SECRET = "t" * 32
DESCRIBED: dict[str, Any] = build_app(Settings(database_url="postgresql://unused", token_secret=SECRET)).openapi()
READS = ("get", "head")

# Open to everybody: an id of a service or provider is all they need, and what they answer is for everybody's eyes.
OPEN = {
    *("get /api/v1/providers/{provider_id}/slots", "get /api/v1/services/{service_id}/slots", "post /api/v1/bookings"),
    *("post /api/v1/series/preview", "post /api/v1/series", "post /api/v1/waitlist"),
    *("post /api/v1/people", "post /api/v1/people/verify", "post /api/v1/sessions/token"),
    "get /.well-known/oauth-authorization-server",
    *("post /api/v1/passwords/forgotten", "post /api/v1/passwords/reset"),
    *("post /api/v1/webhooks/twilio/{business_id}", "post /webhooks/stripe/{business_id}"),
    *("post /api/v1/webhooks/twilio", "post /webhooks/stripe", "get /health/live", "get /health/ready", "get /metrics"),
}
# What a path may say beside ids of a business's things.
WORDS = {
    "account_kind": "payments",
    "kind": "reminder",
    "channel": "sms",
    "language": "de",
    "valid_from": "2027-06-01",
    "external_id": "crm-1",
    "customer_external_id": "crm-1",
}

TABLES = """
SELECT DISTINCT c.table_name FROM information_schema.columns c
WHERE c.table_schema = 'public' AND c.column_name = 'business_id' ORDER BY c.table_name
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, as the application describes it."""

    method: str
    path: str
    description: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_open(self) -> bool:
        return not self.description.get("security")

    def parameters(self, where: str) -> list[dict[str, Any]]:
        return [one for one in self.description.get("parameters", []) if one["in"] == where]

    def body(self) -> Any:
        """The first example of what may be sent; None where nothing has to be."""
        sent = self.description.get("requestBody")
        if sent is None or not sent.get("required"):
            return None
        schema = sent["content"]["application/json"]["schema"]
        return json.loads(json.dumps(resolved(schema)["examples"][0]))


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = DESCRIBED["components"]["schemas"][name] if name else schema
    return found


OPERATIONS = [
    Operation(method, path, description)
    for path, of_path in DESCRIBED["paths"].items()
    for method, description in of_path.items()
]
CLOSED = [one for one in OPERATIONS if not one.is_open]
EACH = pytest.mark.parametrize("operation", CLOSED, ids=str)


@dataclass(frozen=True, slots=True)
class Side:
    """One business, with its things and whatever opens them."""

    things: Things
    key: str
    tokens: AccessTokens

    def token(self, person_id: UUID) -> str:
        """An access token of somebody who has logged in to this business."""
        session = self.things.loop.run_until_complete(self.things.session(person_id, self.business_id))
        return self.tokens.sign(Access(session.person_id, session.id, session.business_id))

    def credential_for(self, operation: Operation) -> str:
        """The key, or, where only people may come, an owner's."""
        takes_keys = any("api_key" in one for one in operation.description["security"])
        return self.key if takes_keys else self.token(self.things.owner_id)

    @property
    def business_id(self) -> UUID:
        return self.things.shop.business_id

    def id_of(self, name: str, *, is_to_stay: bool = True) -> str | None:
        return WORDS.get(name) or self.things.of(name, is_to_stay=is_to_stay)


@dataclass(frozen=True, slots=True)
class Town:
    """Two businesses behind one API. `credentials` are the second's, and those that are nobody's."""

    loop: asyncio.AbstractEventLoop
    client: httpx.AsyncClient
    owner: asyncpg.Pool
    attacked: Side
    other: Side
    credentials: dict[str, str | None]

    def ask(self, operation: Operation, ids: dict[str, str], credential: str | None, body: Any = None) -> httpx.Response:
        path = operation.path.format(**ids)
        query = {one["name"]: ids[one["name"]] for one in operation.parameters("query") if one["name"] in ids}
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        headers |= {one["name"]: "*" for one in operation.parameters("header") if one["name"] == "If-Match"}
        return self.loop.run_until_complete(
            self.client.request(operation.method.upper(), path, params=query, json=body, headers=headers)
        )

    def rows(self, side: Side) -> dict[str, Sequence[str]]:
        """All that the business has, but for when it was last touched."""
        return self.loop.run_until_complete(self._rows(side.business_id))

    async def _rows(self, business_id: UUID) -> dict[str, Sequence[str]]:
        found: dict[str, Sequence[str]] = {}
        for (table,) in await self.owner.fetch(TABLES):
            query = f"SELECT to_jsonb(t)::text AS row FROM {table} t WHERE business_id = $1"  # noqa: S608 (the catalog's names)
            found[table] = sorted(row["row"] for row in await self.owner.fetch(query, business_id))
        return found


@pytest.fixture(scope="module")
def town(database_url: str) -> Iterator[Town]:
    """On a loop of its own, since whoever asks here is no coroutine."""
    with asyncio.Runner() as runner:
        settings = Settings.model_validate({**logins(database_url), **UNLIMITED, "token_secret": SECRET})
        owner, pool = runner.run(open_pool(database_url, 4, VAULT)), runner.run(open_tenant_pool(settings.tenant_url, 2, VAULT))
        door = runner.run(open_pool(settings.door_url, 2))
        wiring = Wiring(settings, pool, door, FakeCommands(owner), None)
        app = build_app(settings, wiring)
        transport = httpx.ASGITransport(app)
        alike = {"X-Request-Id": "of-the-tests"}  # what must not differ is compared byte for byte
        client = httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test", headers=alike)
        attacked, other = (opened(runner, client, owner, wiring.access_tokens) for _ in range(2))
        credentials = credentials_of(runner, owner, attacked, other)
        yield Town(runner.get_loop(), client, owner, attacked, other, credentials)
        runner.run(client.aclose())
        runner.run(door.close())
        runner.run(pool.close())
        runner.run(owner.close())


def opened(runner: asyncio.Runner, client: httpx.AsyncClient, owner: asyncpg.Pool, tokens: AccessTokens) -> Side:
    shop = runner.run(open_shop(owner))
    key = runner.run(create_api_key(owner, shop.business_id, "tests"))
    give = "INSERT INTO provider_services (business_id, provider_id, service_id) VALUES ($1, $2, $3)"
    runner.run(owner.execute(give, shop.business_id, shop.provider_id, shop.service_id))

    def api(method: str, path: str, body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {key}"}
        return runner.run(client.request(method, f"/api/v1/{path}", json=body, headers=headers))

    api("PUT", f"providers/{shop.provider_id}/schedule", {"weekly": WEEK}).raise_for_status()
    slots: Iterator[datetime] = (TOMORROW + timedelta(days=day, minutes=30 * n) for day in count(1) for n in range(10))
    return Side(Things(runner.get_loop(), owner, shop, api, slots), key, tokens)


def credentials_of(runner: asyncio.Runner, owner: asyncpg.Pool, attacked: Side, other: Side) -> dict[str, str | None]:
    """The second business's, each of which opens something of its own."""
    booking = BookingRef(other.business_id, UUID(other.id_of("booking_id")))
    token = manage_token(SECRET, booking)
    hashed = "UPDATE bookings SET manage_token_hash = $3 WHERE business_id = $1 AND id = $2"
    runner.run(owner.execute(hashed, booking.business_id, booking.booking_id, token_hash(token)))
    links = {purpose: link_token(SECRET, booking, purpose) for purpose in LinkPurpose}
    for purpose, link in links.items():
        late = TOMORROW + timedelta(days=9)
        runner.run(make_link(owner, booking, link_hash(link), "staff", late, purpose))
    return {
        **{role.value: other.token(runner.run(other.things.member(role))) for role in Role},
        "key": other.key,
        "manage token": token,
        "waitlist token": entry_token(SECRET, other.business_id, UUID(other.id_of("entry_id"))),
        "link": links[LinkPurpose.CHANGE],
        "approval link": links[LinkPurpose.APPROVAL],
        "made-up key": new_key(attacked.business_id),
        "made-up token": manage_token("x" * 32, BookingRef(attacked.business_id, UUID(attacked.id_of("booking_id")))),
        "nothing": None,
    }


def names_in(operation: Operation) -> list[str]:
    """What the path says, and what the query must say or may narrow by; an endpoint before its delivery."""
    named = [one["name"] for one in operation.parameters("path")]
    named += [one["name"] for one in operation.parameters("query") if one.get("required") or one["name"].endswith("_id")]
    return sorted(named, reverse=True)


def ids_of(side: Side, operation: Operation, *, is_to_stay: bool = True) -> dict[str, str]:
    """Real ids. Fails where this test knows none."""
    found = {name: side.id_of(name, is_to_stay=is_to_stay) for name in names_in(operation)}
    unknown = [name for name, value in found.items() if value is None]
    assert [] == unknown, f"{operation} names {unknown}: add it to tests/api/things.py"
    return {name: value for name, value in found.items() if value is not None}


def unknown_like(ids: dict[str, str]) -> dict[str, str]:
    """As many ids of what never was."""
    return {name: value if name in WORDS else str(uuid4()) for name, value in ids.items()}


def told(answer: httpx.Response, ids: dict[str, str]) -> tuple[int, str]:
    """What was answered, without what was asked."""
    text = answer.text
    for name, value in ids.items():
        text = text.replace(value, name)
    return answer.status_code, text


def test_what_is_open_to_everybody_is_known() -> None:
    """A new route without credentials is a decision."""
    assert OPEN == {str(one) for one in OPERATIONS if one.is_open}


@pytest.mark.parametrize("operation", [one for one in CLOSED if not set(names_in(one)) <= WORDS.keys()], ids=str)
def test_no_credential_of_another_business_opens_it(town: Town, operation: Operation) -> None:
    ids = ids_of(town.attacked, operation)
    before, made_up = town.rows(town.attacked), unknown_like(ids)
    for kind, credential in town.credentials.items():
        answer = town.ask(operation, ids, credential, operation.body())
        is_list = answer.status_code == 200 and not operation.parameters("path")  # a filter that finds nothing
        assert is_list or answer.status_code in (401, 403, 404, 422), f"{kind}: {answer.status_code} {answer.text}"
        assert not is_list or [] == answer.json()["items"], kind
        missing = town.ask(operation, made_up, credential, operation.body())
        assert told(missing, made_up) == told(answer, ids), f"{kind}: tells that it exists"
    assert before == town.rows(town.attacked)


@EACH
def test_what_a_business_does_is_done_to_its_own(town: Town, operation: Operation) -> None:
    """With the second's key, or its owner's token, and its own ids: nothing of the first is shown or changed."""
    secrets = [value for name in ("service_id", "provider_id", "booking_id", "entry_id", "series_id", "endpoint_id")
               if (value := town.attacked.id_of(name))]  # fmt: skip
    before = town.rows(town.attacked)
    ids = ids_of(town.other, operation, is_to_stay=operation.method in READS)
    answer = town.ask(operation, ids, town.other.credential_for(operation), operation.body())
    if operation.parameters("path"):
        is_never_written = operation.method == "delete"  # and so not there
        assert answer.status_code != 401 and (answer.status_code != 404 or is_never_written), answer.text
    if operation.path != "/api/v1/audit-log":  # which says what was asked for, also of others
        assert [] == [one for one in [*secrets, str(town.attacked.business_id)] if one in answer.text]
    assert before == town.rows(town.attacked)


def id_fields(operation: Operation) -> dict[str, bool]:
    """The fields of the body that name something by its id, and whether they are lists."""
    sent = operation.description.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    fields = resolved(sent).get("properties", {})
    return {name: "array" in json.dumps(field) for name, field in fields.items() if '"uuid"' in json.dumps(field)}


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if id_fields(one)], ids=str)
def test_what_a_body_names_of_another_business_is_not_there(town: Town, operation: Operation) -> None:
    """Whether it names what is another's or what never was, the answer is the same."""
    before = town.rows(town.attacked)
    for name, is_list in id_fields(operation).items():
        own = {one: town.other.id_of(one) for one in id_fields(operation) if town.other.id_of(one)}
        if operation.is_open and name == "service_id":
            continue  # by which everybody may book there
        answers = []
        for value in (town.attacked.id_of(name.removesuffix("s")) or town.attacked.id_of("provider_id"), str(uuid4())):
            body = (operation.body() or {}) | own | {name: [value] if is_list else value}
            ids = ids_of(town.other, operation)
            answers.append(told(town.ask(operation, ids, town.other.key, body), {name: str(value)}))
        assert answers[0] == answers[1], name
        assert answers[0][0] in (404, 409, 422), answers[0]
    assert before == town.rows(town.attacked)
