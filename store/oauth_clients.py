"""The apps that may ask people to let them work for them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from domain.oauth import OAuthClient
from store.events import Connection
from store.pool import Database
from store.security_events import tell_security

COLUMNS = "client_id, business_id, name, redirect_uris, created_at"

CREATE = f"""
INSERT INTO oauth_clients (client_id, business_id, name, redirect_uris) VALUES ($1, $2, $3, $4) RETURNING {COLUMNS}
"""  # noqa: S608 (our own column list)

CHANGE = f"""
UPDATE oauth_clients SET name = $3, redirect_uris = $4 WHERE business_id = $1 AND client_id = $2 RETURNING {COLUMNS}
"""  # noqa: S608 (our own column list)

OF_BUSINESS = f"""
SELECT {COLUMNS} FROM oauth_clients WHERE business_id = $1 AND ($2::uuid IS NULL OR client_id > $2) ORDER BY client_id LIMIT $3
"""  # noqa: S608 (the same)
GET = f"SELECT {COLUMNS} FROM oauth_clients WHERE business_id = $1 AND client_id = $2"  # noqa: S608 (the same)

Kept = tuple[OAuthClient, datetime]
"""An app, and since when."""


async def create_client(database: Database, client: OAuthClient) -> Kept:
    """Registers a new app; its id must be new."""
    row = await database.fetchrow(CREATE, client.client_id, client.business_id, client.name, list(client.redirect_uris))
    assert row is not None  # noqa: S101 (it was just inserted)
    return _client_in(row), row["created_at"]


async def find_client(database: Database, client_id: UUID) -> OAuthClient | None:
    """The app of this id, whosever it is: for whoever stands at the door."""
    row = await database.fetchrow(f"SELECT {COLUMNS} FROM oauth_clients WHERE client_id = $1", client_id)  # noqa: S608 (the same)
    return _client_in(row) if row else None


async def list_clients(database: Database, business_id: UUID, after: UUID | None, limit: int) -> Sequence[Kept]:
    """The business's own, the oldest first, from the one after `after`."""
    return [(_client_in(row), row["created_at"]) for row in await database.fetch(OF_BUSINESS, business_id, after, limit)]


async def get_client(database: Database, business_id: UUID, client_id: UUID) -> Kept | None:
    """The business's app of this id."""
    row = await database.fetchrow(GET, business_id, client_id)
    return (_client_in(row), row["created_at"]) if row else None


async def change_client(database: Database, client: OAuthClient) -> Kept | None:
    """Its name and addresses anew. Repeatable. None where the business has no such app."""
    row = await database.fetchrow(CHANGE, client.business_id, client.client_id, client.name, list(client.redirect_uris))
    return (_client_in(row), row["created_at"]) if row else None


async def drop_client(connection: Connection, business_id: UUID, client_id: UUID, by: str) -> None:
    """Takes the app away, and with it every session that people gave it, in the caller's transaction. Repeatable."""
    drop = "DELETE FROM oauth_clients WHERE business_id = $1 AND client_id = $2 RETURNING true"
    if await connection.fetchval(drop, business_id, client_id):
        await tell_security(connection, "app-removed", business_id=business_id, client=str(client_id), by=by)


def _client_in(row: asyncpg.Record) -> OAuthClient:
    return OAuthClient(row["client_id"], row["business_id"], row["name"], tuple(row["redirect_uris"]))
