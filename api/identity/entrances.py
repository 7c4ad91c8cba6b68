"""Limits where somebody could guess: log-ins, codes, and mails that anybody may ask for.

Each is asked for at the database, so that many at once are no way around it. An account is counted whether it exists or not, by
what was typed. Strangers who try passwords use up what strangers may try; from where its owner has logged in before, only the
tries from there count, so that nobody is kept out of their account by others.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from fastapi import Depends

from api.middleware.client_address import subject_of
from api.middleware.limiting import present_meter, rate_limited
from api.rate_limits import RateLimits
from api.wiring import Wired, Wiring
from domain.rate_limits import Limit
from store import rate_limits


async def _at_entrance(wired: Wired) -> None:
    """Raises Problem where too many came in from this address."""
    await count_entrance(wired)


Entrance = Depends(_at_entrance)
"""Beside each route that takes a password, a code or a mail's link, or sends a mail to whatever address is typed."""


async def count_entrance(wired: Wiring) -> None:
    """Raises Problem where too many log-ins, registrations and links came from the present address."""
    if (meter := present_meter()) is not None and not meter.is_free:
        await _take(wired.rate_limits, Limit.ENTRANCE, subject_of(meter.address))


async def count_mail(wired: Wiring, email: str) -> None:
    """Raises Problem where mails to this address were asked for too often, by whomever."""
    await _take(wired.rate_limits, Limit.MAILS, typed(email))


@dataclass(frozen=True, slots=True)
class LogIn:
    """One try to enter an account: counted before the password is looked at."""

    limits: RateLimits
    here: str
    anywhere: str | None
    """None where the account was entered from here before."""

    async def was_right(self) -> None:
        """The password was, so that it did not count. Codes of a second factor are counted by themselves."""
        await self.limits.give_back(Limit.LOG_IN, self.here)
        if self.anywhere is not None:
            await self.limits.give_back(Limit.ACCOUNT, self.anywhere)


async def try_log_in(wired: Wiring, username: str) -> LogIn:
    """Raises Problem where this account was tried too often from here, or by strangers from anywhere."""
    limits, account, here = wired.rate_limits, typed(username), _from_here(username)
    await _take(limits, Limit.LOG_IN, here)
    is_familiar = await rate_limits.is_familiar(wired.door, limits.key(Limit.LOG_IN, here))
    if not is_familiar:
        await _take(limits, Limit.ACCOUNT, account)
    return LogIn(limits, here, None if is_familiar else account)


async def has_entered(wired: Wiring, email: str) -> None:
    """Somebody has logged in, with all that it takes: the next one from here is not counted with strangers'."""
    await rate_limits.note_familiar(wired.door, wired.rate_limits.key(Limit.LOG_IN, _from_here(email)))


async def try_password(wired: Wiring, person_id: UUID) -> None:
    """For somebody who has logged in and says their password once more. Raises Problem."""
    await _take(wired.rate_limits, Limit.LOG_IN, _person(person_id))


async def password_was_right(wired: Wiring, person_id: UUID) -> None:
    """It did not count."""
    await wired.rate_limits.give_back(Limit.LOG_IN, _person(person_id))


async def may_guess_code(wired: Wiring, person_id: UUID) -> bool:
    """Whether one more code may be tried; of many at once only so many are."""
    standing = await wired.rate_limits.take(Limit.SECOND_FACTOR, _person(person_id))
    return standing is None or not standing.is_refused


async def code_was_right(wired: Wiring, person_id: UUID) -> None:
    """It did not count."""
    await wired.rate_limits.give_back(Limit.SECOND_FACTOR, _person(person_id))


def typed(email: str) -> str:
    """Equal for all the ways to write one account's address."""
    return email.strip().lower()


async def _take(limits: RateLimits, limit: Limit, subject: str) -> None:
    """Tells nothing where it is granted: how an account stands is not for whoever tries it."""
    standing = await limits.take(limit, subject)
    if standing is not None and standing.is_refused:
        meter = present_meter()
        if meter is not None:
            meter.note(standing)
        raise rate_limited(standing)


def _from_here(email: str) -> str:
    meter = present_meter()
    return f"{typed(email)}\n{subject_of(meter.address if meter else None)}"


def _person(person_id: UUID) -> str:
    return f"person:{person_id}"
