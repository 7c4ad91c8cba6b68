"""The `webhooks` section of the API's description: what endpoints are sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Header

from api.schemas.waitlist import WaitlistEvent
from api.schemas.webhooks import Event
from domain.webhooks import EVENT_TYPES, OF_WAITLIST

ID = Header(alias="webhook-id", description="The same for every try and every replay of an event.")
TIMESTAMP = Header(alias="webhook-timestamp", description="Seconds since 1970, of this try; refuse what is old.")
SIGNATURE = Header(alias="webhook-signature", description="One `v1,…` for each valid secret, with a space between.")


async def _told(
    event: Event,
    webhook_id: Annotated[str, ID],
    webhook_timestamp: Annotated[int, TIMESTAMP],
    webhook_signature: Annotated[str, SIGNATURE],
) -> None:
    """Answer 2xx within 15 seconds. Anything else is tried again for three days; 410 disables the endpoint."""


async def _told_of_entry(
    event: WaitlistEvent,
    webhook_id: Annotated[str, ID],
    webhook_timestamp: Annotated[int, TIMESTAMP],
    webhook_signature: Annotated[str, SIGNATURE],
) -> None:
    """The same for somebody on the waitlist, who has no booking."""


def describe_events(app: FastAPI) -> None:
    """Adds every type of event to the description; nothing is served under these names."""
    for name in EVENT_TYPES:
        app.webhooks.add_api_route(
            name,
            _told_of_entry if name in OF_WAITLIST else _told,
            methods=["POST"],
            name=name.replace(".", "_"),
            summary=name,
            tags=["webhook endpoints"],
            responses={200: {"description": "Taken."}},
            generate_unique_id_function=lambda route: f"told_{route.name}",
        )
