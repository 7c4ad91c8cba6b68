"""Nobody changes what they have not seen: each thing that can be changed, as the application itself lists them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx
import pytest

from api.application import build_app
from api.conditions import etag_of
from api.wiring import Wiring
from embedded.logins import logins
from settings import Settings
from store.pool import open_pool, open_tenant_pool
from tests.api.shop import SERVICE, FakeCommands, Shop, problem
from tests.api.test_policies import booked
from tests.api.test_tenants import CLOSED, DESCRIBED, OPERATIONS, SECRET, TABLES, Operation, Side, ids_of, opened
from tests.databases import VAULT
from tests.unlimited import UNLIMITED

CHANGES = ("put", "patch", "delete")
ROWS = "SELECT coalesce(string_agg(md5(t::text), ',' ORDER BY t::text), '') FROM {} t WHERE business_id = $1"

# Why it is enough to name it.
UNCONDITIONAL = {
    "put /api/v1/providers/{provider_id}/services/{service_id}": "it says one number, and the last word counts",
    "put /api/v1/providers/{provider_id}/busy-calendars/{calendar_id}/times": "an older reading is refused by its own time",
    "delete /api/v1/providers/{provider_id}/busy-calendars/{calendar_id}": "it never changes, but for what was read of it",
    "delete /api/v1/providers/{provider_id}/time-off/{time_off_id}": "it never changes",
    "delete /api/v1/keys/{key_id}": "it never changes",
    "delete /api/v1/sessions": "they never change",
    "delete /api/v1/sessions/current": "it never changes",
    "delete /api/v1/sessions/{session_id}": "it never changes",
    "put /api/v1/passwords": "the present one is sent along",
    "put /api/v1/customers/{customer_id}/external-id": "it says one id, and the last word counts",
}
# Looking at it is written into it.
NEVER_THE_SAME = "get /api/v1/audit-log"
# Money hangs on it.
ALWAYS = {
    "put /api/v1/services/{service_id}",
    "post /api/v1/bookings/{booking_id}/no-show",
    "post /api/v1/bookings/{booking_id}/operations/refund",
    "post /api/v1/bookings/{booking_id}/operations/settle",
}
PROVIDER = {"name": "Ada's", "issuer": "https://id.example.com", "client_id": "slotkeeper", "client_secret": "s" * 32}
AUDIT = ("audit_heads", "audit_log")  # say of each request that it was made
BOOKING = "/api/v1/bookings/{booking_id}"


def if_match_of(operation: Operation) -> dict[str, Any] | None:
    return next((one for one in operation.parameters("header") if one["name"] == "If-Match"), None)


CONDITIONAL = [one for one in OPERATIONS if if_match_of(one) is not None]
EACH = pytest.mark.parametrize("operation", CONDITIONAL, ids=str)


def looked_at(operation: Operation) -> str:
    """Where what is changed is shown: at the same address, and for its commands at the booking's."""
    return operation.path if operation.method in CHANGES else BOOKING


def test_every_change_is_conditional_or_there_is_a_reason() -> None:
    changes = {str(one) for one in OPERATIONS if one.method in CHANGES}
    assert UNCONDITIONAL.keys() == changes - {str(one) for one in CONDITIONAL}


def test_what_money_hangs_on_always_is() -> None:
    assert ALWAYS == {str(one) for one in CONDITIONAL if (said := if_match_of(one)) and said["required"]}


@EACH
def test_it_is_described_with_its_refusals_and_can_be_looked_at(operation: Operation) -> None:
    shown = DESCRIBED["paths"][looked_at(operation)]["get"]["responses"]
    assert "ETag" in shown["200"]["headers"] and "304" in shown
    assert "412" in operation.description["responses"]
    assert str(operation) not in ALWAYS or "428" in operation.description["responses"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One business behind the API."""

    runner: asyncio.Runner
    client: httpx.AsyncClient
    owner: asyncpg.Pool
    side: Side

    def ask(self, method: str, path: str, body: Any = None, query: Any = None, **headers: str) -> httpx.Response:
        headers |= {"Authorization": f"Bearer {self.side.key}", "Accept-Encoding": "identity"}
        return self.runner.run(self.client.request(method, path, json=body, params=query, headers=headers))

    def rows(self) -> list[str]:
        """What the business has, in few words."""
        return self.runner.run(self._rows())

    async def _rows(self) -> list[str]:
        tables = [table for (table,) in await self.owner.fetch(TABLES) if table not in AUDIT]
        return [await self.owner.fetchval(ROWS.format(table), self.side.business_id) for table in tables]

    def ids(self, operation: Operation) -> dict[str, str]:
        """Of things that are there; a booking is one that takes changes."""
        while True:
            ids = ids_of(self.side, operation, is_to_stay=False)
            if "booking_id" not in ids:
                return ids
            shown = self.ask("GET", BOOKING.format(**ids)).json()
            if shown["status"] == "confirmed" and datetime.fromisoformat(shown["starts_at"]) > datetime.now(UTC):
                return ids


@pytest.fixture(scope="module")
def asked(database_url: str) -> Iterator[Asked]:
    with asyncio.Runner() as runner:
        settings = Settings.model_validate({**logins(database_url), **UNLIMITED, "token_secret": SECRET})
        owner, pool = runner.run(open_pool(database_url, 2, VAULT)), runner.run(open_tenant_pool(settings.tenant_url, 2, VAULT))
        door = runner.run(open_pool(settings.door_url, 2))
        wiring = Wiring(settings, pool, door, FakeCommands(owner), None)
        client = httpx.AsyncClient(transport=httpx.ASGITransport(build_app(settings, wiring)), base_url="http://slotkeeper.test")
        asked = Asked(runner, client, owner, opened(runner, client, owner, wiring.access_tokens))
        asked.ask("PUT", "/api/v1/sso-connection", PROVIDER).raise_for_status()
        yield asked
        for closing in (client.aclose(), door.close(), pool.close(), owner.close()):
            runner.run(closing)


@EACH
def test_only_what_was_seen_is_changed(asked: Asked, operation: Operation) -> None:
    ids = asked.ids(operation)
    path, body = operation.path.format(**ids), operation.body()
    query = {one["name"]: ids[one["name"]] for one in operation.parameters("query") if one["name"] in ids}
    shown = asked.ask("GET", looked_at(operation).format(**ids))
    tag = shown.headers["ETag"]
    assert (200, etag_of(shown.content)) == (shown.status_code, tag)
    before = asked.rows()
    for stale in (f'"{"0" * 32}"', f"W/{tag}", "nonsense", ""):
        refused = asked.ask(operation.method, path, body, query, **{"If-Match": stale})
        assert (412, "changed-meanwhile", []) == problem(refused), stale
    if str(operation) in ALWAYS:
        assert (428, "if-match-needed", ["If-Match"]) == problem(asked.ask(operation.method, path, body, query))
    assert before == asked.rows()
    answer = asked.ask(operation.method, path, body, query, **{"If-Match": f'"another", {tag}'})
    assert answer.status_code not in (401, 403, 412, 428), answer.text


@pytest.mark.parametrize("operation", [one for one in CLOSED if one.method == "get"], ids=str)
def test_what_somebody_has_already_is_not_sent_again(asked: Asked, operation: Operation) -> None:
    if not any("api_key" in one for one in operation.description["security"]):
        pytest.skip("people's own")
    if str(operation) == NEVER_THE_SAME:
        pytest.skip("each look is a line of it")
    ids = ids_of(asked.side, operation)
    path = operation.path.format(**ids)
    shown = asked.ask("GET", path)
    if shown.status_code != 200:
        assert "ETag" not in shown.headers
        return
    tag = shown.headers["ETag"]
    assert etag_of(shown.content) == tag
    for said in (tag, f"W/{tag}", f'"another", {tag}', "*"):
        again = asked.ask("GET", path, **{"If-None-Match": said})
        assert (304, b"", tag) == (again.status_code, again.content, again.headers["ETag"]), said
    other = asked.ask("GET", path, **{"If-None-Match": '"another"'})
    assert (200, shown.content) == (other.status_code, other.content)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"reminder_minutes": [1440, 60]},
        {"reminders": [{"minutes_before": 60, "channels": ["sms"]}]},
        {"approval": "required", "approval_hours": 12, "min_notice_minutes": 120},
        {"no_show_policy": {"fee_percent": 50}, "durations": [{"duration_minutes": 90, "amount": 7000}]},
    ],
    ids=lambda more: ", ".join(more) or "plain",
)
async def test_what_was_read_can_be_written_back(shop: Shop, more: dict[str, Any]) -> None:
    """Read, change one thing, write: what was not touched stays."""
    path = f"/services/{await shop.service(**more)}"
    shown = (await shop.get(path)).json()
    its_own = {name: value for name, value in shown.items() if name != "id"}
    answer = await shop.put(path, its_own | {"name": "Trim"}, **await shop.seen(path))
    assert (200, shown | {"name": "Trim"}) == (answer.status_code, answer.json())


async def test_of_many_who_saw_the_same_one_changes_the_price(shop: Shop) -> None:
    path = f"/services/{await shop.service()}"
    seen = await shop.seen(path)
    wishes = [SERVICE | {"price": {"amount": 100 + n, "currency": "EUR"}} for n in range(6)]
    answers = await asyncio.gather(*(shop.put(path, wish, **seen) for wish in wishes))
    assert {200: 1, 412: 5} == Counter(answer.status_code for answer in answers)
    (done,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert done == (await shop.get(path)).json()


async def test_of_many_who_saw_the_same_one_gives_money_back(shop: Shop, nine_in_a_week: datetime) -> None:
    held = await booked(shop, nine_in_a_week)
    seen = await shop.seen(f"/bookings/{held['id']}")
    wish = {"amount": 700, "reason": "goodwill"}
    path = f"/bookings/{held['id']}/operations/refund"
    answers = await asyncio.gather(*(shop.post(path, wish, **seen) for _ in range(6)))
    assert {200: 1, 412: 5} == Counter(answer.status_code for answer in answers)
    assert [(700, "requested")] == [
        (one["amount"], one["state"]) for one in (await shop.get(f"/bookings/{held['id']}")).json()["refunds"]
    ]


async def test_a_repeat_is_answered_though_the_first_has_changed_it(shop: Shop, nine_in_a_week: datetime) -> None:
    held = await booked(shop, nine_in_a_week)
    seen = await shop.seen(f"/bookings/{held['id']}")
    for _ in range(2):
        answer = await shop.post(f"/bookings/{held['id']}/cancel", {"refund": "full"}, **seen)
        assert (200, "cancelled") == (answer.status_code, answer.json()["status"])


async def test_whoever_chooses_what_comes_back_says_what_they_saw(shop: Shop, nine_in_a_week: datetime) -> None:
    held = await booked(shop, nine_in_a_week)
    path = f"/bookings/{held['id']}/cancel"
    assert (428, "if-match-needed", ["If-Match"]) == problem(await shop.post(path, {"refund": "full"}))
    assert "confirmed" == (await shop.get(f"/bookings/{held['id']}")).json()["status"]
    assert 200 == (await shop.post(path, {})).status_code
