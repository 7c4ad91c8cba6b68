"""The delivery log over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from zoneinfo import ZoneInfo

from api.schemas.fields import Answer, local
from domain.messages import Channel, DeliveryState, Recipient
from store.notifications import Notification


class MessageAnswer(Answer):
    """One message. `message` is its kind, with what tells it from others of that kind; `code` is the carrier's own number."""

    message: str
    channel: Channel
    recipient: Recipient
    state: DeliveryState
    code: str | None
    created_at: datetime
    updated_at: datetime


class MessagesAnswer(Answer):
    """What was sent about a booking and what became of it, in the order of the first tries.

    `queued`: on its way, or still tried. `sent`: the carrier has it. `delivered` and `undelivered`: what the carrier says of a
    text later. `refused`: never to be delivered.
    """

    items: list[MessageAnswer]
    timezone: str

    @classmethod
    def of(cls, messages: Sequence[Notification], timezone: str) -> Self:
        """These messages for HTTP, with times in this zone."""
        zone = ZoneInfo(timezone)
        items = [
            MessageAnswer(
                message=one.name,
                channel=Channel(one.channel),
                recipient=Recipient(one.recipient),
                state=DeliveryState(one.state),
                code=one.code,
                created_at=local(one.created_at, zone),
                updated_at=local(one.updated_at, zone),
            )
            for one in messages
        ]
        return cls(items=items, timezone=timezone)
