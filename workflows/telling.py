"""Tells the people of a booking what has happened to it: every channel on its own, none in the way of the booking."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.errors import answer_in
    from activities.messages import MessageActivities, SendMessage
    from domain.bookings import BookingRef
    from domain.messages import NO_FACTS, Channel, MessageFacts, MessageKind, Recipient
    from workflows.steps import at_vendor, tell_trouble, uninterrupted

BY = {Channel.EMAIL: MessageActivities.send_email, Channel.SMS: MessageActivities.send_sms}
# Customers hear by every channel they left an address for; providers, who hear of each booking, by e-mail.
CHANNELS = {Recipient.CUSTOMER: (Channel.EMAIL, Channel.SMS), Recipient.PROVIDER: (Channel.EMAIL,)}
BOTH = (Recipient.CUSTOMER, Recipient.PROVIDER)


async def tell_people(
    booking: BookingRef,
    kind: MessageKind,
    within: timedelta,
    *,
    sequence: int = 0,
    facts: MessageFacts = NO_FACTS,
    recipients: Collection[Recipient] = BOTH,
) -> None:
    """Sends this kind of message to these people side by side, each retried for so long. Never raises for what did not arrive.

    Say another `sequence` where the same may happen again, such as a second reschedule: the booking's own counts those.
    """
    messages = [SendMessage(booking, kind, recipient, sequence, facts=facts) for recipient in recipients]
    await asyncio.gather(*(send(message, channel, within) for message in messages for channel in CHANNELS[message.recipient]))


async def send(message: SendMessage, channel: Channel, within: timedelta, *, is_vital: bool = True) -> str | None:
    """Sends one message by one channel; what goes wrong is told on the timeline, and its code returned.

    A cancel of the workflow ends only what is not vital.
    """
    step, name = f"{message.name}-{channel}", f"{channel}:{message.name}"

    async def deliver() -> None:
        await at_vendor(BY[channel], message, summary=f"Send {step}", within=within, name=name)

    try:
        await (uninterrupted(deliver) if is_vital else deliver())
    except FailureError as failure:
        if not is_vital and is_cancelled_exception(failure):
            raise
        answer = answer_in(failure)
        code = answer.code if answer else "given-up"
        await tell_trouble(message.booking, step, code)
        return code
    return None
