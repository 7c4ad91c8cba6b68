"""What a business sells, who gives it and when they work: read back as it was written, and by nobody else."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from uuid_utils.compat import uuid7

from domain.bookings import OnCalendarFailure, PaymentTiming
from domain.hours import Interval
from domain.money import Money
from domain.policies import CancellationPolicy
from domain.providers import Provider
from domain.services import Service
from store.businesses import create_business, find_business
from store.providers import create_provider, find_provider, list_providers
from store.schedules import replace_schedule, set_availability
from store.services import find_service, list_services, save_service, unknown_services
from store.slots import SlotFacts, read_slot_facts
from tests.orders import Shop, open_shop

NINE_TO_FIVE = Interval(9 * 60, 17 * 60)
DAY = date(2027, 3, 8)  # a Monday
SINCE = datetime(2027, 3, 8, tzinfo=UTC)


def massage(business_id: UUID) -> Service:
    return Service(
        business_id=business_id,
        id=uuid7(),
        name="Massage – 60′",
        duration=timedelta(minutes=60),
        buffer_before=timedelta(minutes=5),
        buffer_after=timedelta(minutes=15),
        slot_step=timedelta(minutes=30),
        price=Money(10_000_000_000, "JPY"),
        payment=PaymentTiming.NONE,
        capacity=12,
        min_notice=timedelta(hours=2),
        max_advance=timedelta(days=60),
        cancellation_policy=CancellationPolicy(timedelta(days=1), 50),
        reminders=(timedelta(days=1), timedelta(hours=1)),
    )


def ada(business_id: UUID, *service_ids: UUID) -> Provider:
    return Provider(business_id, uuid7(), "Ada Łukasiewicz", "Europe/Warsaw", "ada@example.com", None, "cal", service_ids)


async def facts_of(pool: asyncpg.Pool, shop: Shop) -> SlotFacts:
    found = await read_slot_facts(pool, shop.service_id, shop.provider_id, SINCE, SINCE + timedelta(days=7))
    assert found is not None
    return found


@pytest.fixture
async def shop(shared_pool: asyncpg.Pool) -> Shop:
    """Its provider gives its service."""
    opened = await open_shop(shared_pool)
    await shared_pool.execute(
        "INSERT INTO provider_services VALUES ($1, $2, $3)", opened.business_id, opened.provider_id, opened.service_id
    )
    return opened


async def test_a_service_is_read_as_it_was_written(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    service = massage(shop.business_id)
    await save_service(shared_pool, service)
    assert service == await find_service(shared_pool, shop.business_id, service.id)


async def test_another_business_finds_neither_service_nor_provider(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    other = await open_shop(shared_pool)
    assert await find_service(shared_pool, other.business_id, shop.service_id) is None
    assert await find_provider(shared_pool, other.business_id, shop.provider_id) is None
    assert {shop.service_id} == await unknown_services(shared_pool, other.business_id, [other.service_id, shop.service_id])
    assert [other.service_id] == [service.id for service in await list_services(shared_pool, other.business_id, None, 10)]


async def test_a_list_goes_on_after_the_last_of_the_page_before(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    made = [shop.service_id]
    for _ in range(4):
        service = massage(shop.business_id)
        await save_service(shared_pool, service)
        made.append(service.id)
    first = [service.id for service in await list_services(shared_pool, shop.business_id, None, 3)]
    rest = [service.id for service in await list_services(shared_pool, shop.business_id, first[-1], 3)]
    assert made == first + rest


async def test_a_provider_is_read_with_what_they_give(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    service = massage(shop.business_id)
    await save_service(shared_pool, service)
    provider = ada(shop.business_id, shop.service_id, service.id)
    await create_provider(shared_pool, provider)
    alone = ada(shop.business_id)
    await create_provider(shared_pool, alone)
    assert provider == await find_provider(shared_pool, shop.business_id, provider.id)
    assert [provider, alone] == await list_providers(shared_pool, shop.business_id, shop.provider_id, 10)


async def test_a_provider_of_anothers_service_is_refused_whole(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    other = await open_shop(shared_pool)
    stranger = ada(shop.business_id, other.service_id)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await create_provider(shared_pool, stranger)
    assert await find_provider(shared_pool, shop.business_id, stranger.id) is None


async def test_a_new_week_takes_the_place_of_the_whole_one_before(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    lunch = [Interval(600, 720), Interval(780, 1440)]
    assert await replace_schedule(shared_pool, shop.business_id, shop.provider_id, {0: [NINE_TO_FIVE], 6: [NINE_TO_FIVE]})
    assert await replace_schedule(shared_pool, shop.business_id, shop.provider_id, {1: lunch})
    (diary,) = (await facts_of(shared_pool, shop)).diaries
    assert {1: lunch} == {day: sorted(intervals) for day, intervals in diary.hours.periods[0].weekly.items()}
    assert await replace_schedule(shared_pool, shop.business_id, shop.provider_id, {})
    (diary,) = (await facts_of(shared_pool, shop)).diaries
    assert {} == diary.hours.periods[0].weekly


async def test_of_weeks_written_at_once_one_stands_whole(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    weeks = [{day: [Interval(n * 60, n * 60 + 30)] for day in range(7)} for n in range(8)]
    await asyncio.gather(*(replace_schedule(shared_pool, shop.business_id, shop.provider_id, week) for week in weeks))
    (diary,) = (await facts_of(shared_pool, shop)).diaries
    assert diary.hours.periods[0].weekly in weeks


async def test_a_week_of_nobody_is_not_written(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    other = await open_shop(shared_pool)
    for business_id, provider_id in ((shop.business_id, uuid4()), (other.business_id, shop.provider_id)):
        assert not await replace_schedule(shared_pool, business_id, provider_id, {0: [NINE_TO_FIVE]})
        assert not await set_availability(shared_pool, business_id, provider_id, DAY, [NINE_TO_FIVE])


async def test_a_date_has_the_hours_that_were_set_last(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    for intervals in ([NINE_TO_FIVE], [Interval(600, 660), Interval(700, 760)], []):
        assert await set_availability(shared_pool, shop.business_id, shop.provider_id, DAY, intervals)
        (diary,) = (await facts_of(shared_pool, shop)).diaries
        assert {DAY: intervals} == diary.hours.overrides


async def test_slots_know_their_service_its_business_and_the_clock(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    facts = await facts_of(shared_pool, shop)
    expected = await find_service(shared_pool, shop.business_id, shop.service_id)
    assert (expected, "Europe/London", OnCalendarFailure.UNDO) == (
        facts.service,
        facts.business_timezone,
        facts.on_calendar_failure,
    )
    assert abs(facts.now - datetime.now(UTC)) < timedelta(minutes=1)


async def test_slots_of_no_service_and_of_nobody(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    until = SINCE + timedelta(days=1)
    assert await read_slot_facts(shared_pool, uuid4(), None, SINCE, until) is None
    nobody = await read_slot_facts(shared_pool, shop.service_id, uuid4(), SINCE, until)
    assert nobody is not None and [] == nobody.diaries


async def test_the_oldest_business_of_a_name_is_found(shared_pool: asyncpg.Pool) -> None:
    name = f"Salon {uuid4()}"
    assert await find_business(shared_pool, name) is None
    first = await create_business(shared_pool, name, "Europe/London")
    await create_business(shared_pool, name, "Europe/Berlin", OnCalendarFailure.CONFIRM_ANYWAY)
    assert first == await find_business(shared_pool, name)


async def test_a_services_reminders_and_policy_default_to_none(shared_pool: asyncpg.Pool, shop: Shop) -> None:
    service = dataclasses.replace(massage(shop.business_id), reminders=())
    await save_service(shared_pool, service)
    found = await find_service(shared_pool, shop.business_id, shop.service_id)  # written without either
    assert found is not None
    assert ((), CancellationPolicy(timedelta(), 0)) == (found.reminders, found.cancellation_policy)
    assert service == await find_service(shared_pool, shop.business_id, service.id)
