"""The line of those who wait for a time, and what they are told of the one that is theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.waitlist import EntryState
from tests.histories.ground import Ground, Play, Story, all_of, come_to_rest
from tests.waiting import until
from tests.workflows import test_waitlist as tested
from tests.workflows.test_waitlist import Line, opened
from worker import waking


def line(act: Callable[[Line], Awaitable[None]], *, closes: bool = True, **changes: object) -> Play:
    """Woken by whatever frees time; closed in the end, where the story is not one of waiting."""

    async def play(ground: Ground) -> None:
        system = opened(ground.database_url, ground.temporal_address, ground.pool, payload_key=None, **changes)
        async with system as made, waking(made.system.settings, made.system.client, ground.pool):
            await act(made)
            if closes:
                await made.closes()
            await come_to_rest(made.system)

    return play


async def nothing_free(made: Line) -> None:
    """Somebody waits, and no time is free."""
    await made.books()
    await made.waitlist.joins("Ada")
    await until(lambda: made.is_started(made.workflow_id))


async def offered(made: Line) -> None:
    await made.offer_of(await made.waitlist.joins("Ada"))


async def carrier_away(made: Line) -> None:
    made.system.email.fail(times=-1)
    await made.offer_of(await made.waitlist.joins("Ada"))
    await until(lambda: made.system.sms.sent)


async def told_of_offer(made: Line) -> None:
    ada = await made.waitlist.joins("Ada")
    offer = await made.offer_of(ada)
    await made.system.client.get_workflow_handle(f"waitlist-offer-{offer.booking_id}").result()
    await made.system.commands.confirm(offer, None, None)
    await made.becomes(ada, EntryState.ACCEPTED)


async def lapses(made: Line) -> None:
    await made.system.becomes(await made.offer_of(await made.waitlist.joins("Ada")), "expired")


STORIES: list[Story] = [
    *all_of(
        "WaitlistWorkflow",
        {
            "accepted": line(tested.test_a_cancelled_time_is_offered_told_and_taken),
            "declined-and-offered-to-the-next": line(tested.test_declined_it_goes_to_the_next_and_to_nobody_twice),
            "lapsed-and-offered-to-the-next": line(
                tested.test_an_offer_that_nobody_answers_lapses_and_the_next_gets_it, longest_offer_seconds=2
            ),
            "lost-to-who-was-faster": line(tested.test_a_customer_who_is_faster_has_it_and_the_line_waits_on),
            "begun-again": line(tested.test_it_ends_when_nobody_waits_and_begins_again),
            "nobody-waits": line(offered),
            "open-nothing-free": line(nothing_free, closes=False),
            "open-offered": line(offered, closes=False),
        },
    ),
    *all_of(
        "WaitlistOfferWorkflow",
        {
            "told": line(told_of_offer),
            "let-go-meanwhile": line(tested.test_nobody_is_told_of_an_offer_that_was_let_go_meanwhile),
            "open-carrier-away": line(carrier_away, closes=False),
        },
    ),
    *all_of("BookingWorkflow", {"offered-and-lapsed": line(lapses, longest_offer_seconds=2)}),
]
