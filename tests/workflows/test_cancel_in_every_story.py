"""A cancel at every wait that a saved history knows: Temporal's own and, where there is one, the customer's.

The places are read from the histories, and there is one of each outcome, so a wait that is added is attacked by itself. An
activity is never cut: it is cancelled while it is at work, which the workflow hears when it has ended, or at once.
"""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from activities.calendars import CalendarActivities
from activities.charges import ChargeActivities
from activities.payments import PaymentActivities
from activities.refunds import RefundActivities
from activities.renewals import RenewalActivities
from activities.series import OccurrencePaymentActivities
from activities.waitlist import WaitlistActivities
from domain.messages import Channel, MessageKind
from domain.operations import ResendMessage
from embedded.postgres import EmbeddedPostgres
from store.pool import open_pool
from tests.databases import VAULT, copied
from tests.histories.ground import Ground, Story, with_system
from tests.histories.saved import activities_in, all_saved, rests_in
from tests.histories.stories import STORIES
from tests.histories.stories import series as stories
from tests.series import refs
from tests.waiting import until
from tests.workflows import test_cancel_of_every_workflow, test_operating
from tests.workflows.strikes import Place, Strike
from tests.workflows.system import ONLOOKER, System
from workflows import paying, rescheduling, unpaid

AT_ONCE = 3
PLAYED_AT_MOST = 4
NOT_REACHED = "it never came by"
LONGEST = 60.0

GOES_ON = {"AppointmentWorkflow", "KeptSeriesWorkflow"}
"""Temporal's own cancel ends none of these: their stories come to their ends as if nothing had happened."""

CUSTOMERS = {"BookingWorkflow", "AppointmentWorkflow", "SeriesWorkflow", "WaitlistWorkflow"}
"""What customers may cancel; a waitlist they leave."""

VENDORS = (
    CalendarActivities,
    ChargeActivities,
    OccurrencePaymentActivities,
    PaymentActivities,
    RefundActivities,
    RenewalActivities,
    WaitlistActivities,
)

NOT_PLAYED = {
    "ReminderWorkflow/ended-while-retried": "it ends its booking by hand, so nothing fits together",
    "BookingWorkflow/operator-settled-void": "its money is let go by hand, which the vendor's stand-in does not know",
    "AppointmentWorkflow/continued-as-new": "it starts a workflow by hand",
}


async def resends_in_vain(system: System) -> None:
    booking = await test_operating.confirmed(system)
    system.email.fail(times=-1)
    wish = ResendMessage("ada", MessageKind.CONFIRMATION, Channel.EMAIL)
    assert "trying" == (await test_operating.operate(system, booking, wish)).outcome


async def pays_with_another_card(system: System) -> None:
    """Whose bank wants to see the customer first."""
    series = await stories.not_paid_yet(system)
    await system.commands.pay(refs(series)[1], "action", None)
    await until(lambda: "look" in system.payments.faults.calls)


BETTER = {
    Place("AppointmentWorkflow", "Did it get through?", is_timer=True): with_system(resends_in_vain),
    Place("AppointmentWorkflow", "Look at the payment", is_timer=True): with_system(
        pays_with_another_card, series_charge_hours=stories.A_MONTH
    ),
    Place("AppointmentWorkflow", "check_payment", is_timer=False): with_system(
        pays_with_another_card, series_charge_hours=stories.A_MONTH
    ),
}
"""For waits that no saved history stays at."""

ELSEWHERE = {(made.workflow_type, name) for made in test_cancel_of_every_workflow.ATTACKS.values() for name in made.least}
"""Activities that are attacked there, before their effect and after it."""

LONG_ENOUGH = timedelta(seconds=2)
"""That a timer has to run to be noticed. What waits longer in production waits so long here."""


ENDS = {"completed", "failed", "canceled", "terminated", "timed", "continued"}
"""How the names begin of the last event of a workflow that is over."""


def took(history: WorkflowHistory) -> float:
    return (history.events[-1].event_time.ToDatetime() - history.events[0].event_time.ToDatetime()).total_seconds()


def stays(history: WorkflowHistory) -> bool:
    """It was not over when it was saved."""
    return str(history.events[-1].WhichOneof("attributes")).removeprefix("workflow_execution_").partition("_")[0] not in ENDS


def places() -> Iterator[tuple[Place, Story]]:
    """Each wait, with a story that stays at it, or else comes by it and is over first."""
    known = {str(story): story for story in STORIES}
    best: dict[Place, tuple[bool, bool, float, str]] = {}
    for saved in all_saved():
        name = str(saved) if str(saved) in known else str(saved).rpartition("-")[0]
        if name in NOT_PLAYED:
            continue
        history = saved.read()
        waits = {Place(saved.workflow_type, one, is_timer=False): False for one in activities_in(history)}
        for one, seconds in rests_in(history).items():
            waits[Place(saved.workflow_type, one, is_timer=True)] = seconds < LONG_ENOUGH.total_seconds()
        for place, is_short in waits.items():
            rank = (is_short, not (place.is_timer and stays(history)), took(history), name)
            best[place] = min(best.get(place, rank), rank)
    for place in sorted({*best, *BETTER}, key=str):
        if place in BETTER:
            yield place, Story(place.workflow_type, f"to stay at {place.name}", BETTER[place])
        elif place.is_timer or (place.workflow_type, place.name) not in ELSEWHERE:
            yield place, known[best[place][-1]]


def may_be_cancelled_at(place: Place) -> bool:
    """By the customer: their cancel is heard at a timer or while a vendor is asked, and after a step of our own database; the
    sagas' are attacked elsewhere."""
    at_vendors = {activity.__name__ for own in VENDORS for activity in vars(own).values() if callable(activity)}
    return place.workflow_type in CUSTOMERS and (place.is_timer or place.name in at_vendors)


async def attack(
    place: Place, story: Story, *, is_customers: bool, server: EmbeddedPostgres, url: str, temporal: str
) -> list[str]:
    """Returns what is wrong in the end, in words."""
    has_the_story_end = not is_customers and place.workflow_type in GOES_ON
    strike = Strike(place, is_customers, has_the_story_end)
    async with copied(server, url) as database_url:
        pool = await open_pool(database_url, 10, VAULT)
        ONLOOKER.set(strike)
        try:
            async with asyncio.timeout(LONGEST):
                await story.play(Ground(database_url, temporal, pool))
        except (Exception, asyncio.CancelledError, pytest.fail.Exception) as fault:
            # what the story says of its own outcome counts only where it goes on
            if has_the_story_end or isinstance(fault, TimeoutError):
                strike.wrong.append(f"the story failed: {fault!r}")
        finally:
            await pool.close()
    if strike.struck is None:
        strike.wrong.append(NOT_REACHED)
    return [f"{'the customer' if is_customers else 'Temporal'} at {place} in {story.name}: {each}" for each in strike.wrong]


@pytest.mark.parametrize("is_customers", [False, True], ids=["temporals-own", "the-customers"])
async def test_a_cancel_at_every_wait_leaves_nothing_behind(
    postgres_server: EmbeddedPostgres,
    postgres_url: str,
    temporal_server: str,
    monkeypatch: pytest.MonkeyPatch,
    is_customers: bool,
) -> None:
    for module, name in ((rescheduling, "ONE_TRY"), (unpaid, "ONE_TRY"), (paying, "WHILE_ASKED")):
        monkeypatch.setattr(module, name, LONG_ENOUGH)
    places_free = asyncio.Semaphore(AT_ONCE)

    async def one(place: Place, story: Story) -> list[str]:
        """A story that is too quick for a wait this time is played again."""
        wrong: list[str] = []
        for _ in range(PLAYED_AT_MOST):
            async with places_free:
                wrong = await attack(
                    place, story, is_customers=is_customers, server=postgres_server, url=postgres_url, temporal=temporal_server
                )
            if not any(each.endswith(NOT_REACHED) for each in wrong):
                break
        return wrong

    attacked = [case for case in places() if not is_customers or may_be_cancelled_at(case[0])]
    wrong = await asyncio.gather(*(one(*case) for case in attacked))
    assert "" == "\n".join(each for found in wrong for each in found)


# ---- nothing is forgotten


WAITING = {"sleep", "wait_condition", "rest", "wait", "Turn"}


def summaries() -> set[str]:
    """What the timers of all workflows are for, as the code says."""
    found: set[str] = set()
    for path in Path(rescheduling.__file__).parent.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in (
                "sleep",
                "wait_condition",
                "rest",
                "wait",
                "Turn",
            ):
                given = [*call.args, *(each.value for each in call.keywords if each.arg in ("summary", "timeout_summary"))]
                found |= {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return found


def test_every_timer_is_attacked() -> None:
    """One that no saved history knows is missing here: record a story that stays at it."""
    assert summaries() == {place.name for place, _ in places() if place.is_timer}


def test_every_kind_of_wait_is_attacked_or_only_a_word_with_the_server() -> None:
    known = {"activity_task_scheduled", "timer_started", "marker_recorded"}
    at_once = {"start_child_workflow_execution_initiated", "signal_external_workflow_execution_initiated"}
    kinds = ("scheduled", "timer_started", "initiated", "marker_recorded")
    said = {event.WhichOneof("attributes") or "" for saved in all_saved() for event in saved.read().events}
    waited = {name.removesuffix("_event_attributes") for name in said if name.removesuffix("_event_attributes").endswith(kinds)}
    assert waited - {"workflow_task_scheduled"} == known | at_once
