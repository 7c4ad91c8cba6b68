"""Events are written with the account that a business has now, and taken away wherever an account before it has written them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest

from domain.calendars import CalendarAccident
from domain.vendor_accounts import CalDavCredentials, Vendor, VendorAccount, VendorKind
from gateways.own.accounts import Own
from gateways.own.calendars import OwnCalendar
from tests.fakes import FakeCalendar
from tests.gateways.calendars.appointments import appointment

HERE = "calendars/ada"


@dataclass
class Accounts:
    """Those of one business, the newest last; the last is the present one, unless it was given up."""

    kept: list[VendorAccount] = field(default_factory=list)
    is_own: bool = True

    def add(self) -> UUID:
        self.kept.append(VendorAccount(uuid4(), uuid4(), Vendor.CALDAV, CalDavCredentials("https://x/", "ada", "p")))
        return self.kept[-1].id

    async def present(self, kind: VendorKind) -> VendorAccount | None:
        return self.kept[-1] if self.kept and self.is_own else None

    async def former(self, kind: VendorKind) -> Sequence[VendorAccount]:
        return self.kept[:-1] if self.is_own else self.kept

    async def find(self, account_id: UUID) -> VendorAccount | None:
        raise NotImplementedError

    async def first_from(self, kind: VendorKind, account_id: UUID) -> VendorAccount | None:
        raise NotImplementedError


@dataclass
class Calendars:
    """One for each account, and the deployment's."""

    accounts: Accounts = field(default_factory=Accounts)
    deployments: FakeCalendar = field(default_factory=FakeCalendar)
    built: dict[UUID, FakeCalendar] = field(default_factory=dict)

    @property
    def gateway(self) -> OwnCalendar:
        return OwnCalendar(self.deployments, Own(VendorKind.CALENDAR, self.accounts, self.build))

    def build(self, account: VendorAccount) -> FakeCalendar:
        return self.built.setdefault(account.id, FakeCalendar())

    def counts(self) -> list[int]:
        return [len(one.events) for one in (self.deployments, *self.built.values())]


async def test_an_event_follows_its_business_from_account_to_account() -> None:
    calendars, booked = Calendars(), appointment()
    await calendars.gateway.write_event(HERE, booked)
    assert [1] == calendars.counts()
    for expected in ([0, 1], [0, 0, 1]):
        calendars.accounts.add()
        await calendars.gateway.write_event(HERE, appointment(booking_id=booked.booking_id, sequence=1))
        assert expected == calendars.counts()
    found = await calendars.gateway.find_event(HERE, booked.booking_id)
    assert found is not None
    calendars.accounts.is_own = False
    await calendars.gateway.delete_event_if_written(HERE, booked.booking_id)
    assert [0, 0, 0] == calendars.counts()


async def test_what_an_account_before_has_written_is_found_until_it_changes() -> None:
    calendars, booked = Calendars(), appointment()
    await calendars.gateway.write_event(HERE, booked)
    calendars.accounts.add()
    found = await calendars.gateway.find_event(HERE, booked.booking_id)
    assert found is not None and booked.starts_at == found.starts_at
    assert await calendars.gateway.find_event(HERE, uuid4()) is None


async def test_a_new_event_asks_nobody_from_before() -> None:
    calendars = Calendars()
    calendars.accounts.add()
    calendars.accounts.add()
    await calendars.gateway.write_event(HERE, appointment())
    assert [] == calendars.deployments.faults.calls


async def test_an_account_from_before_that_is_away_keeps_nobody_from_anything() -> None:
    calendars, booked = Calendars(), appointment()
    calendars.accounts.add()
    calendars.deployments.fail("delete", -1)
    await calendars.gateway.write_event(HERE, booked)
    await calendars.gateway.delete_event_if_written(HERE, booked.booking_id)
    assert [0, 0] == calendars.counts()


async def test_the_present_account_that_is_away_is_an_accident() -> None:
    calendars, booked = Calendars(), appointment()
    calendars.accounts.add()
    await calendars.gateway.write_event(HERE, booked)
    next(iter(calendars.built.values())).fail("delete")
    with pytest.raises(CalendarAccident):
        await calendars.gateway.delete_event_if_written(HERE, booked.booking_id)
    await calendars.gateway.delete_event_if_written(HERE, booked.booking_id)
    assert [0, 0] == calendars.counts()


async def test_without_any_account_there_is_no_calendar() -> None:
    own = OwnCalendar(None, Own(VendorKind.CALENDAR, Accounts(), lambda account: FakeCalendar()))
    assert not await own.is_there()
