"""Webhooks out over HTTP: endpoints, the events they are sent, and the log of what became of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, ValidationInfo, field_validator

from api.schemas.bookings import BookingAnswer
from api.schemas.fields import Answer, Flag, Instant, Integer, Name, Request, shown_as
from domain.webhooks import EVENT_TYPES, KEPT_FOR, TEST, DeliveryState, DisabledReason
from store.webhook_endpoints import WebhookEndpoint
from store.webhook_events import WebhookEvent
from store.webhook_log import LoggedDelivery

WEEK = 7 * 24 * 60


def _event_type(name: str) -> str:
    if name not in EVENT_TYPES:
        raise ValueError(f"must be one of {', '.join(EVENT_TYPES)}")
    return name


EventType = Annotated[str, AfterValidator(_event_type), shown_as(enum=list(EVENT_TYPES))]
EventTypes = Annotated[tuple[EventType, ...], Field(max_length=100, description="What to tell; an empty list means everything.")]
Url = Annotated[
    str,
    Field(min_length=1, max_length=2000, description="https, on the public internet; redirects are not followed."),
    shown_as("uri", minLength=1, maxLength=2000),
]
Description = Annotated[Name | None, Field(description="For people.")]


class NewWebhookEndpoint(Request):
    """Where the business wants to hear of its bookings."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"url": "https://salon.example/hooks", "event_types": ["booking.confirmed", "booking.cancelled"], "enabled": True}
            ]
        }
    )

    url: Url
    description: Description = None
    event_types: EventTypes = ()
    enabled: Flag = True


class WebhookEndpointChanges(Request):
    """What is left out stays as it is. Enabling an endpoint again forgives what it failed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": True}]})

    url: Url | None = None
    description: Description = None
    event_types: EventTypes | None = None
    enabled: Flag | None = None

    @field_validator("url", "event_types", "enabled")
    @classmethod
    def _is_not_null(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("must not be null")
        return value


class Rotation(Request):
    """For how long the old secret's signature is sent beside the new one's."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"old_valid_minutes": 1440}]})

    old_valid_minutes: Annotated[Integer, Field(ge=0, le=WEEK)] = 1440

    @property
    def old_valid_for(self) -> timedelta:
        return timedelta(minutes=self.old_valid_minutes)


class ReplayRange(Request):
    """Send again what happened in `from ≤ time < to`, within the month for which it is kept."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"from": "2026-11-20T08:00:00Z", "to": "2026-11-20T12:00:00Z", "missed_only": True}]}
    )

    from_: Instant = Field(alias="from")
    to: Instant
    missed_only: Flag = Field(True, description="Leave out what this endpoint has taken.")

    @field_validator("to")
    @classmethod
    def _is_later_and_not_too_much(cls, to: datetime, info: ValidationInfo) -> datetime:
        since = info.data.get("from_")
        if since is not None and not since < to <= since + KEPT_FOR:
            raise ValueError(f"must be later than from, by {KEPT_FOR.days} days at most")
        return to


class WebhookEndpointAnswer(Answer):
    """An endpoint. `disabled_reason` says why we stopped: it answered 410 (`gone`), or nothing came through for days
    (`failing`); null where the business did. `failing_since` is the first failure after the last success."""

    id: UUID
    url: str
    description: str | None
    event_types: list[str]
    enabled: bool
    disabled_reason: DisabledReason | None
    disabled_at: datetime | None
    failing_since: datetime | None
    old_secret_valid_until: datetime | None
    created_at: datetime

    @classmethod
    def of(cls, endpoint: WebhookEndpoint, **more: Any) -> Self:
        """This endpoint for HTTP; `more` adds fields."""
        return cls(
            id=endpoint.id,
            url=endpoint.url,
            description=endpoint.description,
            event_types=list(endpoint.event_types),
            enabled=endpoint.is_enabled,
            disabled_reason=DisabledReason(endpoint.disabled_reason) if endpoint.disabled_reason else None,
            disabled_at=endpoint.disabled_at,
            failing_since=endpoint.failing_since,
            old_secret_valid_until=endpoint.previous_secret_until,
            created_at=endpoint.created_at,
            **more,
        )


class NewWebhookEndpointAnswer(WebhookEndpointAnswer):
    """A fresh endpoint. `secret` verifies what we send (Standard Webhooks); it is shown only here."""

    secret: str


class WebhookEndpointList(Answer):
    """One page in the order they were made; `next_cursor` is null on the last."""

    items: list[WebhookEndpointAnswer]
    next_cursor: str | None


class SecretAnswer(Answer):
    """The new secret, shown only here. Until then the old one's signature is sent, too."""

    secret: str
    old_secret_valid_until: datetime


class DeliveryAnswer(Answer):
    """One event on its way to the endpoint. `event_id` is the `webhook-id` that the receiver sees; `round` counts replays.

    `last_status` and the beginning of `last_answer` are the receiver's; `last_error` says why there was no answer at all.
    """

    id: UUID
    event_id: UUID
    type: str
    happened_at: datetime
    booking_id: UUID | None
    state: DeliveryState
    attempts: int
    round: int
    created_at: datetime
    last_tried_at: datetime | None
    last_status: int | None
    last_error: str | None
    last_answer: str | None

    @classmethod
    def of(cls, delivery: LoggedDelivery) -> Self:
        """This delivery for HTTP."""
        return cls.model_validate(delivery, from_attributes=True)


class DeliveryList(Answer):
    """One page, the latest first; `next_cursor` is null on the last."""

    items: list[DeliveryAnswer]
    next_cursor: str | None


class ReplayAnswer(Answer):
    """How many events are sent again."""

    deliveries: int


class Event(Answer):
    """What an endpoint is sent, after Standard Webhooks: https://www.standardwebhooks.com

    `data` is the booking as the change left it, without its `next_action`. An event may come twice, under one `webhook-id`.
    `sequence` grows along a booking: whoever has seen a higher one of it has later news.
    """

    type: EventType
    timestamp: datetime
    sequence: int
    detail: dict[str, Any] = Field(description="Codes and numbers of the change, as the timeline has them.")
    data: BookingAnswer


class EndpointTest(Answer):
    """What POST …/test sends: tells of nothing."""

    type: str = TEST
    timestamp: datetime
    sequence: int = 0
    detail: dict[str, Any] = Field(default_factory=dict)
    data: dict[str, UUID]


def render(event: WebhookEvent) -> str:
    """The event as it is sent, the same text at every try."""
    return Event(
        type=event.type,
        timestamp=event.at.astimezone(UTC),
        sequence=event.sequence,
        detail=dict(event.detail),
        data=BookingAnswer.of(event.booking, next_action=None),
    ).model_dump_json()
