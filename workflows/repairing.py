"""What operators ask of an appointment: money back, a message once more."""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.messages import SendMessage
    from activities.operations import OperationActivities, RefundOrder, ResendOrder
    from domain.messages import Recipient
    from domain.operations import Operated, Operation, RefundBooking, ResendMessage
    from workflows.kept import Kept
    from workflows.refunding import ask_for_refund, await_refund
    from workflows.steps import first_in_database
    from workflows.telling import send
    from workflows.under_way import Steps, Verdict

ANSWER_WITHIN = timedelta(seconds=5)
WORTH_SENDING = timedelta(days=1)


async def refund(kept: Kept, operation: Operation, wish: RefundBooking) -> Operated:
    """Asks the vendor for each part, and goes on beside the commands until its last word. Says how the worst part stands."""
    order = RefundOrder(operation, wish.amount)
    asked = await first_in_database(OperationActivities.request_refund, order, summary="Asked to give money back")
    states = [await ask_for_refund(kept, step, ANSWER_WITHIN) for step in asked.steps]
    for step in asked.steps:
        kept.beside(await_refund(kept, step))
    worst = min(states, key=WORST_FIRST.index)
    return Operated(operation.id, worst, asked.amount)


WORST_FIRST = ("failed", "requested", "pending", "succeeded")


async def resend(kept: Kept, steps: Steps, operation: Operation, wish: ResendMessage) -> Operated:
    """Sends another copy in the place of those that are still tried; says whether it went within a few seconds. Each operation
    has a copy of its own, so asking again sends nothing more."""
    order = ResendOrder(operation, wish)
    ready = await first_in_database(OperationActivities.prepare_resend, order, summary="Asked to send a message again")
    _end_older_copies(steps, wish)
    message = SendMessage(kept.booking, wish.kind, wish.recipient, ready.sequence, facts=ready.facts, again=ready.again)
    outcomes: list[str] = []

    async def send_one() -> None:
        outcomes.append(await send(message, wish.channel, WORTH_SENDING) or "sent")

    kept.beside(send_one())
    try:
        await workflow.wait_condition(lambda: bool(outcomes), timeout=ANSWER_WITHIN, timeout_summary="Did it get through?")
    except TimeoutError:
        return Operated(operation.id, "trying")
    return Operated(operation.id, outcomes[0])


def _end_older_copies(steps: Steps, wish: ResendMessage) -> None:
    for name in [step.name for step in steps.shown.steps]:
        channel, _, message = name.partition(":")
        is_providers = message.endswith(f"-{Recipient.PROVIDER}")
        kind = message.partition("-")[0].partition(".")[0].partition("+")[0]
        is_same = (channel, kind, is_providers) == (wish.channel, wish.kind, wish.recipient is Recipient.PROVIDER)
        step = steps.find(name)
        if is_same and step is not None:
            step.decide(Verdict.SKIP)
