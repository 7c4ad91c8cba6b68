"""Passwords become hashes here, in threads of their own and few at once: each costs 19 MiB and a core for some 30 ms."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from api.problems import Problem, invalid

T = TypeVar("T")

AT_ONCE = 2
MOST_WAITING = 50
"""Whoever comes beyond that would wait for seconds, and is asked to come again."""
HARD_TO_GUESS = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses."""
OURS = ("slotkeeper",)
LOOKED_AT = 72
"""Characters: what is longer takes zxcvbn long, and nobody guesses."""


class Passwords:
    """Argon2id with the least that OWASP's Password Storage Cheat Sheet asks for: 19 MiB, two passes, one lane."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """What is kept of a password. Raises Problem when too many wait."""
        return await self._in_thread(lambda: self._hasher.hash(password))

    async def is_right(self, password: str, kept: str | None) -> bool:
        """Whether this is the password behind the hash. For None, where nobody has one, it takes as long. Raises Problem."""
        if self._nobodys is None:
            self._nobodys = await self.hash(secrets.token_hex(16))
        against = kept or self._nobodys
        return await self._in_thread(lambda: self._verify(password, against)) and kept is not None

    async def check_new(self, password: str, *about: str) -> None:
        """Raises Problem for a password that is among the first that anybody would try: one of those that were seen in breaches,
        rows of keys, dates, and what is known `about` its person (NIST SP 800-63B, 3.1.1.2)."""
        if not await self._in_thread(lambda: _is_hard_to_guess(password, about)):
            raise invalid("/password", "is too easy to guess; take several words that do not belong together")

    def is_outdated(self, kept: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, password: str, kept: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_thread(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            detail = "more people log in than can be let in just now; please send the same request again"
            raise Problem("overloaded", detail, headers={"Retry-After": "3"})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


_one_by_one = threading.Lock()  # zxcvbn keeps what is known about the person in a dictionary of the module


def _is_hard_to_guess(password: str, about: Sequence[str]) -> bool:
    words = [word for known in about for word in (known, *known.replace("@", " ").split())]
    with _one_by_one:
        score: int = zxcvbn(password[:LOOKED_AT], [*OURS, *words])["score"]
    return score >= HARD_TO_GUESS
