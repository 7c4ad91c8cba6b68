"""What is sent can be noted: nothing leaves while the database takes no word."""

from __future__ import annotations

from typing import cast

import asyncpg
import pytest
from temporalio.testing import ActivityEnvironment

from activities.messages import MessageActivities, SendMessage
from domain.messages import MessageAccident, MessageKind
from store.pool import rows_with
from tests.activities.cases import CONFIRMED, perform_all
from tests.activities.saga import Saga
from tests.databases import VAULT

STATES = "SELECT state, count(*) AS times FROM notifications WHERE booking_id = $1 GROUP BY 1"


async def confirmed(saga: Saga) -> SendMessage:
    await perform_all(saga, *CONFIRMED)
    return SendMessage(saga.booking, MessageKind.CONFIRMATION)


async def test_nothing_is_sent_that_could_not_be_noted(saga: Saga, database_url: str) -> None:
    message, rows = await confirmed(saga), cast(type[asyncpg.Record], rows_with(VAULT))
    async with asyncpg.create_pool(
        database_url,
        min_size=1,
        max_size=1,
        record_class=rows,
        server_settings={"default_transaction_read_only": "on"},
    ) as deaf:
        activities = MessageActivities(deaf, saga.vendors.gateways.email, saga.vendors.gateways.sms)
        for send in (activities.send_email, activities.send_sms):
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                await ActivityEnvironment().run(send, message)
    assert () == (await saga.vendors.left()).messages
    await saga.perform("send_email", message)
    assert 1 == len((await saga.vendors.left()).messages)


async def test_a_try_that_was_cut_off_is_in_the_log(saga: Saga) -> None:
    """C39: no way to see what was sent."""
    message = await confirmed(saga)
    await saga.vendors.fail("smtp", "send", "timeout_after")
    with pytest.raises(MessageAccident):
        await saga.perform("send_email", message)
    assert [("queued", 1)] == [tuple(row) for row in await saga.pool.fetch(STATES, saga.booking.booking_id)]
    await saga.perform("send_email", message)
    assert [("sent", 1)] == [tuple(row) for row in await saga.pool.fetch(STATES, saga.booking.booking_id)]
