"""What is owed of each bucket, in a table that all processes of the API share: a row says when its bucket is full again.

That is the generic cell rate algorithm, which needs one time for each bucket. A bucket that is full has no row. Keys are hashes:
neither an address nor whoever asks can be read here. The table is not logged: after a crash of PostgreSQL all buckets are full.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from domain.rate_limits import Rate
from store.pool import Database

# What an insert would write says how much was spent, since now() is one time for the whole statement. In the order of their keys,
# as everybody locks several.
SPEND = """
INSERT INTO rate_limits AS r (key, full_at)
SELECT t.key, now() + t.spent FROM unnest($1::bytea[], $2::interval[]) AS t (key, spent) ORDER BY t.key
ON CONFLICT (key) DO UPDATE SET full_at = greatest(r.full_at, now()) + (excluded.full_at - now())
RETURNING key, extract(epoch FROM full_at - now())::float8 AS owed
"""

# now() is from before the wait for whoever has the row, so that it refuses rather too soon than too late.
TAKE = """
INSERT INTO rate_limits AS r (key, full_at) VALUES ($1, now() + $2::interval)
ON CONFLICT (key) DO UPDATE SET full_at = greatest(r.full_at, now()) + $2
WHERE greatest(r.full_at, now()) + $2 <= now() + $3::interval
RETURNING extract(epoch FROM full_at - now())::float8
"""

OWED = "SELECT greatest(extract(epoch FROM full_at - now()), 0)::float8 FROM rate_limits WHERE key = $1"

GIVE_BACK = "UPDATE rate_limits SET full_at = full_at - $2::interval WHERE key = $1"

FORGET_FULL = "DELETE FROM rate_limits WHERE full_at <= now()"

FAMILIAR = "SELECT EXISTS (SELECT FROM familiar_addresses WHERE key = $1 AND seen_at > now() - interval '90 days')"

NOTE_FAMILIAR = """
INSERT INTO familiar_addresses (key) VALUES ($1) ON CONFLICT (key) DO UPDATE SET seen_at = now()
"""

FORGET_STRANGE = "DELETE FROM familiar_addresses WHERE seen_at <= now() - interval '90 days'"


async def spend(database: Database, spent: Mapping[bytes, timedelta]) -> Mapping[bytes, float]:
    """Takes so much from each bucket, whether it was there or not; returns the seconds until each is full."""
    rows = await database.fetch(SPEND, list(spent), list(spent.values()))
    return {row["key"]: row["owed"] for row in rows}


async def take(database: Database, key: bytes, rate: Rate) -> tuple[bool, float]:
    """Takes one where there is one, of how many who ask at once. Returns whether, and the seconds until the bucket is full."""
    each, all_of_it = timedelta(seconds=rate.each), timedelta(seconds=rate.seconds)
    owed = await database.fetchval(TAKE, key, each, all_of_it)
    if owed is not None:
        return True, float(owed)
    return False, float(await database.fetchval(OWED, key) or 0.0)


async def give_back(database: Database, key: bytes, rate: Rate) -> None:
    """One that did not count after all."""
    await database.execute(GIVE_BACK, key, timedelta(seconds=rate.each))


async def is_familiar(database: Database, key: bytes) -> bool:
    """Whether this account was entered from this address in the last three months."""
    found: bool = await database.fetchval(FAMILIAR, key)
    return found


async def note_familiar(database: Database, key: bytes) -> None:
    """This account was entered from this address just now."""
    await database.execute(NOTE_FAMILIAR, key)


async def forget_full(database: Database) -> None:
    """Drops what says nothing any more. Repeatable."""
    await database.execute(FORGET_FULL)
    await database.execute(FORGET_STRANGE)
