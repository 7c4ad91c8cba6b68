"""The stories that are recorded: most are what the tests of workflows play already."""

from __future__ import annotations

from tests.histories.ground import Story
from tests.histories.stories import appointments, approvals, checkouts, messages, operations, reconciliation, series, waitlists

STORIES: list[Story] = [
    *checkouts.STORIES,
    *approvals.STORIES,
    *appointments.STORIES,
    *operations.STORIES,
    *series.STORIES,
    *messages.STORIES,
    *waitlists.STORIES,
    *reconciliation.STORIES,
]
