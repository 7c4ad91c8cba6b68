"""Every activity works for the business that its order names; few work over all of them, and these are known."""

from __future__ import annotations

from activities.tenants import business_named_in
from tests.activities.cases import FIRST
from tests.activities.saga import Saga

OVER_ALL = {
    *("start_due_reminders", "find_due_webhooks", "forget_old_webhooks", "mark_webhooks_started"),
    *("reconcile_bookings", "reconcile_vendor", "show_reconciliation", "send_people_mails"),
}


def test_each_order_names_its_business(saga: Saga) -> None:
    named = {name: business_named_in(case.arg(saga.order)) for name, case in FIRST.items()}
    assert dict.fromkeys(FIRST.keys() - OVER_ALL, saga.shop.business_id) == {
        name: found for name, found in named.items() if name not in OVER_ALL
    }
    assert OVER_ALL <= FIRST.keys()
