"""The price list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import asyncpg

from domain.assignment import Assignment
from domain.bookings import PaymentTiming
from domain.messages import Channel
from domain.money import Money
from domain.services import Duration, Service
from store.external_ids import unlike_others
from store.policies import (
    approval_in,
    approval_json,
    cancellation_in,
    cancellation_json,
    no_show_in,
    no_show_json,
    reschedule_in,
    reschedule_json,
)
from store.pool import Database

WRITTEN = (
    *("business_id", "id", "name", "duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "slot_step_minutes"),
    *("price_amount", "price_currency", "payment", "capacity", "min_notice_minutes", "max_advance_days"),
    *("cancellation_policy", "reminder_minutes", "durations", "max_per_day", "max_per_week", "assignment"),
    *("reschedule_policy", "no_show_policy", "follow_up_minutes", "reminder_channels", "approval_policy"),
    *("waitlist_offer_minutes", "external_id"),
)
SAVE = f"""
INSERT INTO services ({", ".join(WRITTEN)}) VALUES ({", ".join(f"${n}" for n, _ in enumerate(WRITTEN, 1))})
ON CONFLICT (business_id, id) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in WRITTEN[2:])}
"""  # noqa: S608 (our own column names)

COLUMNS = """s.business_id, s.id, s.name, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes,
       s.slot_step_minutes, s.price_amount, s.price_currency, s.payment, s.capacity, s.min_notice_minutes,
       s.max_advance_days, s.cancellation_policy, s.reminder_minutes, s.reminder_channels, s.durations,
       s.max_per_day, s.max_per_week, s.assignment,
       s.reschedule_policy, s.no_show_policy, s.follow_up_minutes, s.approval_policy, s.waitlist_offer_minutes, s.external_id,
       (SELECT jsonb_agg(jsonb_build_array(r.need, r.provider_id) ORDER BY r.need, r.provider_id)
        FROM service_resources r WHERE r.business_id = s.business_id AND r.service_id = s.id) AS resources"""

GET = f"SELECT {COLUMNS} FROM services s WHERE s.business_id = $1 AND s.id = $2"  # noqa: S608 (our own column list)

LIST = f"""
SELECT {COLUMNS} FROM services s
WHERE s.business_id = $1 AND ($2::uuid IS NULL OR s.id > $2) AND ($4::text IS NULL OR s.external_id = $4)
ORDER BY s.id
LIMIT $3
"""  # noqa: S608 (our own column list)


FORGET_NEEDS = "DELETE FROM service_resources WHERE business_id = $1 AND service_id = $2"

NEED = """
INSERT INTO service_resources (business_id, service_id, need, provider_id)
SELECT $1, $2, need, provider_id FROM unnest($3::smallint[], $4::uuid[]) AS r (need, provider_id)
"""


async def save_service(database: Database, service: Service) -> None:
    """Adds the service, or puts it in the place of what had its id; the resources it takes must exist.

    In the caller's transaction; repeatable. Raises ExternalIdTaken.
    """
    with unlike_others("service"):
        await database.execute(SAVE, *_values(service))
    await database.execute(FORGET_NEEDS, service.business_id, service.id)
    needed = [(number, resource) for number, need in enumerate(service.needs, 1) for resource in need]
    if needed:
        numbers, resources = zip(*needed, strict=True)
        await database.execute(NEED, service.business_id, service.id, list(numbers), list(resources))


def _values(service: Service) -> tuple[object, ...]:
    return (
        service.business_id,
        service.id,
        service.name,
        minutes(service.duration),
        minutes(service.buffer_before),
        minutes(service.buffer_after),
        minutes(service.slot_step),
        service.price.amount,
        service.price.currency,
        service.payment.value,
        service.capacity,
        minutes(service.min_notice),
        service.max_advance.days,
        cancellation_json(service.cancellation_policy),
        [minutes(reminder) for reminder in service.reminders],
        [[minutes(offered.length), offered.price.amount] for offered in service.durations],
        service.max_per_day,
        service.max_per_week,
        service.assignment.value,
        reschedule_json(service.reschedule_policy),
        no_show_json(service.no_show_policy),
        None if service.follow_up is None else minutes(service.follow_up),
        [[channel.value for channel in channels] for channels in service.reminder_channels],
        approval_json(service.approval),
        minutes(service.waitlist_offer),
        service.external_id,
    )


async def find_service(database: Database, business_id: UUID, service_id: UUID) -> Service | None:
    """This business's service of that id."""
    row = await database.fetchrow(GET, business_id, service_id)
    return service_in(row) if row else None


async def find_business_of_service(database: Database, service_id: UUID) -> UUID | None:
    """Whose service that is. It never changes. Asked without a business: what the public knows is an id."""
    found: UUID | None = await database.fetchval("SELECT business_of_service($1)", service_id)
    return found


async def list_services(
    database: Database, business_id: UUID, after: UUID | None, limit: int, external_id: str | None = None
) -> list[Service]:
    """The services in the order they were made (ids are made in time order), from the one after `after`; only the one with an
    external id where it is given."""
    return [service_in(row) for row in await database.fetch(LIST, business_id, after, limit, external_id)]


async def unknown_services(database: Database, business_id: UUID, service_ids: list[UUID]) -> set[UUID]:
    """Which of these are no services of this business."""
    rows = await database.fetch(
        "SELECT id FROM services WHERE business_id = $1 AND id = ANY($2::uuid[])", business_id, service_ids
    )
    return set(service_ids) - {row["id"] for row in rows}


def service_in(row: asyncpg.Record) -> Service:
    """The service in a row that has COLUMNS."""
    return Service(
        business_id=row["business_id"],
        id=row["id"],
        name=row["name"],
        duration=timedelta(minutes=row["duration_minutes"]),
        buffer_before=timedelta(minutes=row["buffer_before_minutes"]),
        buffer_after=timedelta(minutes=row["buffer_after_minutes"]),
        slot_step=timedelta(minutes=row["slot_step_minutes"]),
        price=Money(row["price_amount"], row["price_currency"]),
        payment=PaymentTiming(row["payment"]),
        capacity=row["capacity"],
        min_notice=timedelta(minutes=row["min_notice_minutes"]),
        max_advance=timedelta(days=row["max_advance_days"]),
        cancellation_policy=cancellation_in(row["cancellation_policy"]),
        reminders=tuple(timedelta(minutes=minute) for minute in row["reminder_minutes"]),
        reminder_channels=tuple(tuple(Channel(name) for name in names) for names in row["reminder_channels"]),
        durations=tuple(
            Duration(timedelta(minutes=length), Money(amount, row["price_currency"])) for length, amount in row["durations"]
        ),
        max_per_day=row["max_per_day"],
        max_per_week=row["max_per_week"],
        assignment=Assignment(row["assignment"]),
        needs=_needs_in(row["resources"] or ()),
        reschedule_policy=reschedule_in(row["reschedule_policy"]),
        no_show_policy=no_show_in(row["no_show_policy"]),
        follow_up=None if row["follow_up_minutes"] is None else timedelta(minutes=row["follow_up_minutes"]),
        approval=approval_in(row["approval_policy"]),
        waitlist_offer=timedelta(minutes=row["waitlist_offer_minutes"]),
        external_id=row["external_id"],
    )


def _needs_in(pairs: Iterable[tuple[int, str]]) -> tuple[tuple[UUID, ...], ...]:
    needs: dict[int, list[UUID]] = {}
    for need, provider_id in pairs:
        needs.setdefault(need, []).append(UUID(provider_id))
    return tuple(tuple(need) for need in needs.values())


def minutes(length: timedelta) -> int:
    """Whole minutes."""
    return length // timedelta(minutes=1)
