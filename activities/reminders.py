"""What the reminders' workflows do to our own database."""

from __future__ import annotations

from datetime import datetime

import asyncpg
from temporalio import activity

from domain.reminders import Reminder
from store import reminders


class ReminderActivities:
    """Each is one statement and repeatable."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def find_due_reminders(self, limit: int) -> list[Reminder]:
        """Those that no workflow was started for, the longest due first."""
        return await reminders.find_due(self._pool, limit)

    @activity.defn
    async def mark_reminders_started(self, started: list[Reminder]) -> None:
        """The next sweep leaves these out."""
        await reminders.mark_started(self._pool, started)

    @activity.defn
    async def read_reminder_deadline(self, reminder: Reminder) -> datetime | None:
        """When the appointment starts; None where there is nothing left to remind of."""
        return await reminders.wanted_until(self._pool, reminder)

    @activity.defn
    async def drop_reminder(self, reminder: Reminder) -> None:
        """The reminder is done."""
        await reminders.drop(self._pool, reminder)
