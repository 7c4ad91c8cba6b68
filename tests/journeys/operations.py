"""Every operation of every vendor, and the way a booking must go for it to be called."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.app import build_sandbox
from sandbox.faults import FaultyVendor, Mode
from tests.journeys.deployment import Deployment
from tests.journeys.salon import ASKING_CARD, CARD, CHARGED_AT_ONCE, Salon, Visit, open_salon
from tests.journeys.vendors import Effects, paid

VOIDED = Effects(payments=1)
REFUNDED = Effects(payments=1, authorised=5000, captured=5000, refunded=5000)


@dataclass(frozen=True, slots=True)
class Way:
    """How a booking goes while the vendors keep their word, and where that ends. `go` returns when the API has answered."""

    go: Callable[[Visit], Coroutine[None, None, None]]
    status: str
    effects: Effects
    salon: Mapping[str, Any] = field(default_factory=dict)

    async def begin(self, deployment: Deployment) -> Visit:
        """Holds the slot of a business of its own."""
        salon: Salon = await open_salon(deployment, **self.salon)
        return await salon.hold()


async def _pay(visit: Visit) -> None:
    await visit.confirm(CARD)


async def _pay_at_once(visit: Visit) -> None:
    await visit.confirm(CHARGED_AT_ONCE)


async def _change_their_mind_at_the_bank(visit: Visit) -> None:
    await visit.confirm(ASKING_CARD)
    await visit.cancel()


async def _lose_the_authorisation(visit: Visit) -> None:
    await visit.salon.deployment.vendors.fail("stripe", "capture", Mode.DECLINE)
    await visit.confirm(CARD)


PAYS = Way(_pay, "confirmed", paid())
MAY_BE_CHARGED_LATER = Way(_pay, "confirmed", paid(), {"no_show_policy": {"fee_percent": 50}})
GIVES_UP = Way(_change_their_mind_at_the_bank, "cancelled", VOIDED)
IS_REFUNDED = Way(_pay_at_once, "failed", REFUNDED, {"calendar_id": "gone@example.com"})
LOSES_AUTHORISATION = Way(_lose_the_authorisation, "failed", VOIDED)

Operation = tuple[str, str]

WAYS: Mapping[Operation, Way] = {
    ("stripe", "create"): PAYS,
    ("stripe", "customer"): MAY_BE_CHARGED_LATER,
    ("stripe", "update"): PAYS,
    ("stripe", "authorise"): PAYS,
    ("stripe", "look"): PAYS,
    ("stripe", "capture"): PAYS,
    ("stripe", "void"): GIVES_UP,
    ("stripe", "refund"): IS_REFUNDED,
    ("google", "write_event"): PAYS,
    ("google", "delete_event"): LOSES_AUTHORISATION,
    ("twilio", "look"): PAYS,
    ("twilio", "send"): PAYS,
    ("smtp", "send"): PAYS,
}
NEVER_ASKED = {
    ("google", "look"),  # the event's id is known, so it is written without looking
    ("receiver", "{name}"),  # a business's own system is in no booking's way: see test_webhooks_out.py
}


def operations_of_the_sandbox() -> set[Operation]:
    """All that its switchboard can make fail, from the routes themselves; mail has no routes."""
    found = {("smtp", "send")}
    for mount in build_sandbox().http.routes:
        vendor = getattr(mount, "app", None)
        if not isinstance(vendor, FaultyVendor):
            continue
        for route in getattr(vendor.app, "routes", ()):
            names = {vendor.operation_of(method, route.path) for method in getattr(route, "methods", None) or ()}
            found |= {(vendor.vendor, name) for name in names if name is not None}
    return found
