"""How the wait for a provider's yes may end, and where it stands still."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from domain.bookings import Actor
from tests.histories.ground import Play, all_of, with_system
from tests.workflows import test_approval as tested
from tests.workflows.system import System
from workflows.messages import Cancel


async def by_staff(system: System) -> None:
    booking = await tested.waiting(system)
    await system.commands.cancel(booking, Cancel(Actor.STAFF))


async def without_money(system: System) -> None:
    await tested.declined_renewal(system, 600)


async def waits(system: System) -> None:
    await tested.waiting(system, 600)


def told(act: Callable[[System], Awaitable[None]]) -> Play:
    return with_system(act, payment_seconds=2)


STORIES = all_of(
    "BookingWorkflow",
    {
        "approved": told(tested.test_after_the_yes_it_is_charged_once_and_confirmed),
        "approved-free": told(tested.test_what_costs_nothing_waits_too),
        "approved-by-signal": told(partial(tested.test_operators_decide_by_signal, signal="approve", status="confirmed")),
        "approved-after-spent-link": told(tested.test_a_link_that_was_used_already_decides_nothing),
        "approved-after-renewals": told(tested.test_money_is_reserved_anew_before_it_is_let_go_and_taken_once),
        "approved-with-another-card": told(tested.test_the_customer_may_pay_with_another_card_when_the_saved_one_says_no),
        "approved-with-another-card-after-3ds": told(tested.test_another_card_may_need_its_owners_bank_first),
        "approved-before-the-money": told(tested.test_a_yes_without_money_waits_for_the_customer_and_then_confirms),
        "approved-after-the-bank-let-go": told(tested.test_money_that_the_bank_lets_go_too_soon_is_reserved_anew),
        "approved-after-unsuitable-method": told(tested.test_what_would_be_charged_at_once_is_refused_and_the_slot_stays_held),
        "approved-but-failed": told(tested.test_a_calendar_that_fails_after_the_yes_undoes_everything_and_tells_the_customer),
        "declined": told(tested.test_after_a_no_nothing_is_charged_and_the_customer_is_told),
        "declined-by-signal": told(partial(tested.test_operators_decide_by_signal, signal="decline", status="cancelled")),
        "declined-after-renewals": told(partial(tested.test_after_renewals_a_no_leaves_nothing_reserved, answer=tested.NO)),
        "not-answered": told(tested.test_silence_is_a_no),
        "not-renewed": told(tested.test_a_yes_without_money_ends_when_the_customer_does_not_pay),
        "cancelled-by-customer-waiting-for-yes": told(tested.test_the_customer_may_cancel_while_it_waits),
        "cancelled-by-staff-waiting-for-yes": told(by_staff),
        "cancelled-by-operator-waiting-for-yes": told(tested.test_an_operators_cancel_of_the_workflow_undoes_everything),
        "cancelled-with-a-renewal-nobody-heard-of": told(tested.test_a_renewal_nobody_heard_of_is_undone_with_the_rest),
        "open-waiting-for-yes": told(waits),
        "open-waiting-for-another-card": told(without_money),
    },
)
