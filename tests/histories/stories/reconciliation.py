"""The nightly comparison with the payment vendor."""

from __future__ import annotations

from tests.histories.ground import Story, all_of, with_system
from tests.waiting import until
from tests.workflows import test_reconciliation
from tests.workflows.system import System
from tests.workflows.test_cancelling import confirmed


async def vendor_away(system: System) -> None:
    await confirmed(system)
    system.payments.fail("find", -1)
    await test_reconciliation.begin(system)
    await until(lambda: "find" in system.payments.faults.calls)


STORIES: list[Story] = [
    *all_of(
        "ReconciliationWorkflow",
        {
            "continued": with_system(test_reconciliation.test_it_goes_from_run_to_run_and_adds_up),
            "mended": with_system(test_reconciliation.test_a_vendor_that_is_away_is_waited_for),
            "cancelled": with_system(test_reconciliation.test_cancelled_while_it_asks_it_ends_and_the_next_one_mends),
            "open-vendor-away": with_system(vendor_away),
        },
    ),
]
