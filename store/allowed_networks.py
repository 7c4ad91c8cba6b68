"""From which networks a business is worked for; where it names none, from everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import TypeAlias
from uuid import UUID

from store.events import Connection
from store.pool import Database
from store.security_events import tell_security

Network: TypeAlias = IPv4Network | IPv6Network

LIST = "SELECT network, note FROM allowed_networks WHERE business_id = $1 ORDER BY network"
CLEAR = "DELETE FROM allowed_networks WHERE business_id = $1"
ADD = "INSERT INTO allowed_networks (business_id, network, note) VALUES ($1, $2, $3)"


@dataclass(frozen=True, slots=True)
class AllowedNetwork:
    """One of them, and what the business calls it."""

    network: Network
    note: str


async def list_allowed(database: Database, business_id: UUID) -> Sequence[AllowedNetwork]:
    """In the order of their numbers."""
    return [AllowedNetwork(**row) for row in await database.fetch(LIST, business_id)]


async def read_allowed(database: Database, business_id: UUID) -> Sequence[Network]:
    """The networks alone."""
    return [row["network"] for row in await database.fetch(LIST, business_id)]


async def replace_allowed(connection: Connection, business_id: UUID, wanted: Sequence[AllowedNetwork], by: str) -> None:
    """These and no others from the next call on, in the caller's transaction. Repeatable. Two who save at once have to come one
    after the other (`store.conditions`)."""
    await connection.execute(CLEAR, business_id)
    await connection.executemany(ADD, [(business_id, one.network, one.note) for one in wanted])
    named = ", ".join(str(one.network) for one in wanted)
    await tell_security(connection, "networks-changed", business_id=business_id, networks=named, by=by)
