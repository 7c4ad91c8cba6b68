"""What holds for every table, read from PostgreSQL's own catalog, so that a new one is held to it too."""

from __future__ import annotations

import asyncpg

ABOVE = (
    "people",
    "recovery_codes",
    "sessions",
    "refresh_tokens",
    "one_time_tokens",
    "security_events",
    "rate_limits",
    "familiar_addresses",
    "oauth_clients",
    "authorisation_codes",
    "sso_connections",
    "sso_identities",
    "sso_attempts",
)  # a person may work for many
OURS = ("schema_migrations", *ABOVE)  # belong to no business

INDEXES = """
SELECT t.relname AS table_name, i.relname AS index_name, x.indisunique OR x.indisexclusion AS enforces,
       (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0]) AS leads
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = 'public' AND t.relname <> ALL($1::text[])
"""

LOOKED_UP_BY_OTHERS = {
    "services_by_id",  # the public slots name a service and no business
    "providers_by_id",
    "reminders_due",  # one sweep serves all businesses, as of webhooks
    "webhook_events_to_spread",
    "webhook_deliveries_due",
    "webhook_events_by_age",
    "customers_by_account_hash",  # who logs in as a customer names no business either
    "customers_by_address",
    "vendor_accounts_by_kind",  # the reconciliation goes through all of them
    "customer_keys_by_wrap",  # a key of the deployment is replaced in all businesses
    "businesses_by_origin",  # a browser says where its page is from before anybody has said for which business
    "memberships_by_person",  # who logs in names no business yet
}

WALL_TIMES = {("time_off", "starts_at"), ("time_off", "ends_at")}  # they move with the provider's zone

COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name <> ALL($1::text[])
"""

FOREIGN_KEYS = """
SELECT conname, conrelid::regclass::text AS table_name,
       (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[1]) AS leads
FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""


async def test_every_row_belongs_to_a_business(shared_pool: asyncpg.Pool) -> None:
    rows = await shared_pool.fetch(COLUMNS, OURS)
    tables = {row["table_name"] for row in rows}
    assert 15 <= len(tables)
    assert tables == {row["table_name"] for row in rows if row["column_name"] == "business_id"}


async def test_the_business_leads_every_key_and_constraint(shared_pool: asyncpg.Pool) -> None:
    """So that no key of one business meets another's, and the tables can be distributed by it."""
    rows = [row for row in await shared_pool.fetch(INDEXES, OURS) if row["enforces"]]
    assert 15 <= len(rows)
    assert {} == {row["index_name"]: row["leads"] for row in rows if row["leads"] != "business_id"}


async def test_the_business_leads_every_index_but_those_that_serve_all(shared_pool: asyncpg.Pool) -> None:
    rows = await shared_pool.fetch(INDEXES, OURS)
    assert {row["index_name"] for row in rows if row["leads"] != "business_id"} <= LOOKED_UP_BY_OTHERS


async def test_every_table_has_a_primary_key(shared_pool: asyncpg.Pool) -> None:
    without = await shared_pool.fetch(
        "SELECT relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND indisprimary)"
    )
    assert [] == without


async def test_rows_refer_only_to_rows_of_the_same_business(shared_pool: asyncpg.Pool) -> None:
    rows = await shared_pool.fetch(FOREIGN_KEYS)
    assert 15 <= len(rows)
    wrong = [row["conname"] for row in rows if row["leads"] != "business_id" and row["table_name"] not in OURS]
    assert ["memberships_person_id_fkey"] == wrong  # people are above the businesses


async def test_every_time_has_a_zone(shared_pool: asyncpg.Pool) -> None:
    rows = await shared_pool.fetch(COLUMNS, OURS)
    kinds = {row["data_type"] for row in rows if (row["table_name"], row["column_name"]) not in WALL_TIMES}
    assert "timestamp with time zone" in kinds
    assert not kinds & {"timestamp without time zone", "time without time zone", "money", "real", "double precision"}
