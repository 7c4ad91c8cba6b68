"""Links in messages: one each, for the customer alone, good for one change."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from activities.links import MessageLinks
from activities.messages import MessageActivities, SendMessage
from domain.errors import LinkSpent
from domain.links import business_of_link, link_hash
from domain.messages import Email, MessageKind, Recipient, Sms
from store import rescheduling
from store.links import find_link
from tests.activities.cases import CONFIRMED, perform_all
from tests.activities.saga import Saga
from tests.fakes import FakePost
from tests.moves import move_of

PAGE = "https://salon.example/change?booking={booking}&token={token}"


def tokens_in(sent: list[Email | Sms]) -> list[str]:
    return [found for message in sent for found in re.findall(r"token=(lk_[\w-]+)", message.text)]


@pytest.fixture
async def booked(saga: Saga) -> Saga:
    await perform_all(saga, *CONFIRMED)
    return saga


async def test_each_message_to_the_customer_has_one_link_that_moves_the_booking_once(booked: Saga) -> None:
    post = FakePost()
    does = MessageActivities(booked.pool, post, post, links=MessageLinks(booked.pool, PAGE, "s" * 32))
    for recipient in Recipient:
        await does.send_email(SendMessage(booked.booking, MessageKind.CONFIRMATION, recipient))
        await does.send_sms(SendMessage(booked.booking, MessageKind.CONFIRMATION, recipient))
    await does.send_email(SendMessage(booked.booking, MessageKind.FOLLOW_UP))
    token, *same = tokens_in(post.sent)
    assert {token} == {token, *same}
    assert booked.shop.business_id == business_of_link(token)
    kept = link_hash(token)
    later = booked.order.starts_at + timedelta(hours=2)
    await rescheduling.make(booked.pool, move_of(booked.order, later, link_hash=kept.hex()))
    found = await find_link(booked.pool, booked.booking, kept)
    assert found is not None
    with pytest.raises(LinkSpent):
        found.check()
    await does.send_email(SendMessage(booked.booking, MessageKind.RESCHEDULED, sequence=1))
    (fresh,) = set(tokens_in(post.sent)) - {token}
    expires_at: datetime = await booked.pool.fetchval("SELECT expires_at FROM links WHERE token_hash = $1", link_hash(fresh))
    assert later == expires_at.astimezone(UTC)


async def test_without_a_page_no_message_carries_a_link(booked: Saga) -> None:
    post = FakePost()
    await MessageActivities(booked.pool, post, post).send_email(SendMessage(booked.booking, MessageKind.CONFIRMATION))
    made = await booked.pool.fetchval("SELECT count(*) FROM links WHERE booking_id = $1", booked.order.booking_id)
    assert ([], 0) == (tokens_in(post.sent), made)
