"""Gives money back: asks the vendor until it says something final, whatever goes wrong on the way."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.errors import answer_in
    from activities.refunds import GiveBack, RefundActivities
    from domain.payments import RefundState
    from workflows.kept import Kept
    from workflows.steps import at_vendor, tell_trouble
    from workflows.under_way import rest, steps_of_this

FIRST_LOOK, LAST_LOOK = timedelta(seconds=5), timedelta(hours=6)


async def ask_for_refund(kept: Kept, step: str, within: timedelta) -> RefundState:
    """Asks once, for so long; where the vendor does not answer by then, the refund is still only requested."""
    try:
        return await _give_back(kept, step, within)
    except FailureError:
        return RefundState.REQUESTED


async def await_refund(kept: Kept, step: str) -> None:
    """Asks for good, and looks again ever less often while the vendor works on it; its webhook makes us look at once."""
    look_in, name = FIRST_LOOK, f"refund:{step}"
    with steps_of_this().at(name):
        while True:
            heard = kept.payment_news
            try:
                state = await _give_back(kept, step)
            except FailureError as failure:
                answer = answer_in(failure)
                await tell_trouble(kept.booking, name, answer.code if answer else "accident")
                return
            if state.is_final:
                return
            await wait_for_news(kept, heard, look_in, name)
            look_in = min(look_in * 2, LAST_LOOK)


async def wait_for_news(kept: Kept, heard: int, at_most: timedelta, name: str) -> None:
    """Until the vendor's webhook comes or an operator wants to know, but at most so long. `name` is the step's."""
    await rest(name, at_most, "Look at the money", lambda: kept.payment_news > heard)


async def _give_back(kept: Kept, step: str, within: timedelta | None = None) -> RefundState:
    order, give_back = GiveBack(kept.booking, step), RefundActivities.give_back
    return await at_vendor(give_back, order, summary="Give the money back", within=within, name=f"refund:{step}")
