"""The price list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import asyncpg

from domain.assignment import Assignment
from domain.bookings import PaymentTiming
from domain.money import Money
from domain.services import CancellationPolicy, Duration, Service
from store.pool import Database

WRITTEN = (
    *("business_id", "id", "name", "duration_minutes", "buffer_before_minutes", "buffer_after_minutes", "slot_step_minutes"),
    *("price_amount", "price_currency", "payment", "capacity", "min_notice_minutes", "max_advance_days"),
    *("cancellation_policy", "reminder_minutes", "durations", "max_per_day", "max_per_week", "assignment"),
)
SAVE = f"""
INSERT INTO services ({", ".join(WRITTEN)}) VALUES ({", ".join(f"${n}" for n, _ in enumerate(WRITTEN, 1))})
ON CONFLICT (business_id, id) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in WRITTEN[2:])}
"""  # noqa: S608 (our own column names)

COLUMNS = """s.business_id, s.id, s.name, s.duration_minutes, s.buffer_before_minutes, s.buffer_after_minutes,
       s.slot_step_minutes, s.price_amount, s.price_currency, s.payment, s.capacity, s.min_notice_minutes,
       s.max_advance_days, s.cancellation_policy, s.reminder_minutes, s.durations, s.max_per_day, s.max_per_week, s.assignment,
       (SELECT jsonb_agg(jsonb_build_array(r.need, r.provider_id) ORDER BY r.need, r.provider_id)
        FROM service_resources r WHERE r.business_id = s.business_id AND r.service_id = s.id) AS resources"""

GET = f"SELECT {COLUMNS} FROM services s WHERE s.business_id = $1 AND s.id = $2"  # noqa: S608 (our own column list)

LIST = f"""
SELECT {COLUMNS} FROM services s
WHERE s.business_id = $1 AND ($2::uuid IS NULL OR s.id > $2)
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

    In the caller's transaction; repeatable.
    """
    policy = service.cancellation_policy
    await database.execute(
        SAVE,
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
        {"free_until_minutes": minutes(policy.free_until), "late_refund_percent": policy.late_refund_percent},
        [minutes(reminder) for reminder in service.reminders],
        [[minutes(offered.length), offered.price.amount] for offered in service.durations],
        service.max_per_day,
        service.max_per_week,
        service.assignment.value,
    )
    await database.execute(FORGET_NEEDS, service.business_id, service.id)
    needed = [(number, resource) for number, need in enumerate(service.needs, 1) for resource in need]
    if needed:
        numbers, resources = zip(*needed, strict=True)
        await database.execute(NEED, service.business_id, service.id, list(numbers), list(resources))


async def find_service(database: Database, business_id: UUID, service_id: UUID) -> Service | None:
    """This business's service of that id."""
    row = await database.fetchrow(GET, business_id, service_id)
    return service_in(row) if row else None


async def list_services(database: Database, business_id: UUID, after: UUID | None, limit: int) -> list[Service]:
    """The services in the order they were made (ids are made in time order), from the one after `after`."""
    return [service_in(row) for row in await database.fetch(LIST, business_id, after, limit)]


async def unknown_services(database: Database, business_id: UUID, service_ids: list[UUID]) -> set[UUID]:
    """Which of these are no services of this business."""
    rows = await database.fetch(
        "SELECT id FROM services WHERE business_id = $1 AND id = ANY($2::uuid[])", business_id, service_ids
    )
    return set(service_ids) - {row["id"] for row in rows}


def service_in(row: asyncpg.Record) -> Service:
    """The service in a row that has COLUMNS."""
    policy = row["cancellation_policy"]
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
        cancellation_policy=CancellationPolicy(
            free_until=timedelta(minutes=policy.get("free_until_minutes", 0)),
            late_refund_percent=policy.get("late_refund_percent", 0),
        ),
        reminders=tuple(timedelta(minutes=minute) for minute in row["reminder_minutes"]),
        durations=tuple(
            Duration(timedelta(minutes=length), Money(amount, row["price_currency"])) for length, amount in row["durations"]
        ),
        max_per_day=row["max_per_day"],
        max_per_week=row["max_per_week"],
        assignment=Assignment(row["assignment"]),
        needs=_needs_in(row["resources"] or ()),
    )


def _needs_in(pairs: Iterable[tuple[int, str]]) -> tuple[tuple[UUID, ...], ...]:
    needs: dict[int, list[UUID]] = {}
    for need, provider_id in pairs:
        needs.setdefault(need, []).append(UUID(provider_id))
    return tuple(tuple(need) for need in needs.values())


def minutes(length: timedelta) -> int:
    """Whole minutes."""
    return length // timedelta(minutes=1)
