"""Reserved money is let go in time, as at Stripe."""

from __future__ import annotations

from sandbox.faults import Faults
from sandbox.state import Row, State
from sandbox.stripe_intents import Intents
from sandbox.stripe_methods import RESERVED_FOR
from sandbox.stripe_webhooks import Webhooks

ORDER = {"amount": "2500", "currency": "eur", "capture_method": "manual"}
NOON = 1_800_000_000.0


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


class Told(Webhooks):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__(Faults(), None, None)
        self.kinds: list[str] = []

    def send(self, kind: str, thing: Row) -> None:
        self.kinds.append(kind)


def reserved(method: str, told: Told, clock: Clock) -> tuple[Intents, str]:
    intents = Intents(State(), told, clock)
    intent_id = str(intents.create(ORDER | {"payment_method": method})["id"])
    intents.confirm(intent_id, {"return_url": "https://salon.example"}, "https://bank.example", is_declined=False)
    return intents, intent_id


def test_a_card_says_until_when_its_money_is_reserved_and_lets_go_of_it_then() -> None:
    told, clock = Told(), Clock()
    intents, intent_id = reserved("pm_card_visa", told, clock)
    charge = intents.charge(intents.find(intent_id))
    assert charge is not None and NOON + RESERVED_FOR == charge["payment_method_details"]["card"]["capture_before"]
    clock.now = NOON + RESERVED_FOR - 1
    assert "requires_capture" == intents.find(intent_id)["status"]
    clock.now = NOON + RESERVED_FOR
    assert ["canceled"] == [row["state"] for row in intents.summary()]
    assert "payment_intent.canceled" == told.kinds[-1]
    assert 1 == told.kinds.count("payment_intent.canceled")


def test_money_that_was_taken_in_time_stays_taken() -> None:
    clock = Clock()
    intents, intent_id = reserved("pm_card_visa", Told(), clock)
    intents.capture(intent_id, {}, is_declined=False)
    clock.now = NOON + 2 * RESERVED_FOR
    assert "succeeded" == intents.find(intent_id)["status"]
    charge = intents.charge(intents.find(intent_id))
    assert charge is not None and {} == charge["payment_method_details"]["card"]


def test_some_money_is_reserved_for_seconds() -> None:
    clock = Clock()
    intents, intent_id = reserved("pm_sandbox_endsSoon", Told(), clock)
    clock.now = NOON + 60
    assert "canceled" == intents.find(intent_id)["status"]
