"""Mails to people: each sent once by whoever finds it due, and what they say known to nobody who asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from domain.messages import Email
from domain.people import Role
from domain.tokens import one_time_token
from store.businesses import create_business
from store.one_time_tokens import MOST_IN_AN_HOUR, Invitation, Purpose, ask
from store.people import create_person
from tests.workflows.system import System, hasty_settings, running

DAY = timedelta(days=1)


@pytest_asyncio.fixture
async def system(database_url: str, temporal_server: str, pool: asyncpg.Pool) -> AsyncIterator[System]:
    async with running(hasty_settings(database_url, temporal_server), pool) as system:
        yield system


async def ask_for_mails(system: System) -> None:
    """One of each kind."""
    secret = system.settings.token_secret.get_secret_value()
    business_id = await create_business(system.pool, "Salon <Byron>", "Europe/Berlin")
    async with system.pool.acquire() as connection, connection.transaction():
        await create_person(connection, "known@example.com", "Grace", "a hash")
    await ask(system.pool, secret, Purpose.VERIFY, "new@example.com", DAY)
    await ask(system.pool, secret, Purpose.VERIFY, "Known@example.com", DAY, locale="de")
    await ask(system.pool, secret, Purpose.RESET, "known@example.com", DAY, locale="fr-CH")
    await ask(system.pool, secret, Purpose.RESET, "nobody@example.com", DAY)
    await ask(system.pool, secret, Purpose.INVITE, "new@example.com", DAY, invitation=Invitation(business_id, Role.STAFF))


async def send_all(system: System) -> None:
    """One run of the workflow."""
    queue = system.settings.task_queue
    handle = await system.client.start_workflow("PeopleMailsWorkflow", id=f"mails-{uuid4()}", task_queue=queue)
    await handle.result()


def mails(system: System) -> list[Email]:
    return [sent for sent in system.email.sent if isinstance(sent, Email)]


async def test_what_a_mail_says_depends_on_what_is_known_of_its_address(system: System) -> None:
    await ask_for_mails(system)
    await send_all(system)
    sent = {(email.to, email.subject) for email in mails(system)}
    assert {
        ("new@example.com", "Confirm your address"),
        ("Known@example.com", "Sie haben bereits ein Konto"),
        ("known@example.com", "Choisissez un nouveau mot de passe"),
        ("new@example.com", "Salon <Byron> invites you"),
    } == sent
    assert 0 == await system.pool.fetchval("SELECT count(*) FROM one_time_tokens WHERE mail_due_at IS NOT NULL")


async def test_the_link_is_in_the_mail_and_in_no_history(system: System) -> None:
    secret = system.settings.token_secret.get_secret_value()
    token_id = await ask(system.pool, secret, Purpose.VERIFY, "new@example.com", DAY)
    queue = system.settings.task_queue
    handle = await system.client.start_workflow("PeopleMailsWorkflow", id=f"mails-{uuid4()}", task_queue=queue)
    await handle.result()
    (email,) = mails(system)
    token = one_time_token(secret, token_id)
    assert token in email.text and token in (email.html or "")
    history = (await handle.fetch_history()).to_json()
    assert token not in history and "new@example.com" not in history


async def test_a_business_name_is_text_and_not_markup(system: System) -> None:
    await ask_for_mails(system)
    await send_all(system)
    (invitation,) = [email for email in mails(system) if "invites" in email.subject]
    assert "Salon &lt;Byron&gt;" in (invitation.html or "")


async def test_a_mail_that_the_server_does_not_take_now_is_tried_again(system: System) -> None:
    secret = system.settings.token_secret.get_secret_value()
    await ask(system.pool, secret, Purpose.VERIFY, "new@example.com", DAY)
    system.email.fail()
    await send_all(system)
    assert [] == list(system.email.sent)
    await system.pool.execute("UPDATE one_time_tokens SET mail_due_at = now() WHERE mail_due_at > now()")
    await send_all(system)
    await send_all(system)
    assert 1 == len(system.email.sent)


async def test_many_at_once_send_each_mail_once(system: System) -> None:
    secret = system.settings.token_secret.get_secret_value()
    for number in range(6):
        await ask(system.pool, secret, Purpose.VERIFY, f"new{number}@example.com", DAY)
    await asyncio.gather(*(send_all(system) for _ in range(3)))
    assert 6 == len(system.email.sent) == len({email.to for email in system.email.sent})


async def test_nobodys_mailbox_is_filled_by_others(system: System) -> None:
    secret = system.settings.token_secret.get_secret_value()
    for _ in range(MOST_IN_AN_HOUR + 3):
        await ask(system.pool, secret, Purpose.VERIFY, "new@example.com", DAY)
    await send_all(system)
    assert MOST_IN_AN_HOUR == len(system.email.sent)


@pytest.mark.parametrize("state", ["used_at = now()", "expires_at = now()"])
async def test_a_link_that_opens_nothing_is_not_sent(system: System, state: str) -> None:
    secret = system.settings.token_secret.get_secret_value()
    await ask(system.pool, secret, Purpose.VERIFY, "new@example.com", DAY)
    await system.pool.execute(f"UPDATE one_time_tokens SET {state}")  # noqa: S608
    await send_all(system)
    assert [] == list(system.email.sent)
