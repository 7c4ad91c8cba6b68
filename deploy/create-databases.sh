#!/bin/sh
# Run once by the postgres image on an empty volume: a role and databases for each of the two, neither a superuser.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres \
    -v slotkeeper="$SLOTKEEPER_DATABASE_PASSWORD" -v temporal="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE slotkeeper LOGIN PASSWORD :'slotkeeper';
CREATE DATABASE slotkeeper OWNER slotkeeper;
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
\connect slotkeeper
CREATE EXTENSION IF NOT EXISTS btree_gist;
\connect temporal_visibility
CREATE EXTENSION IF NOT EXISTS btree_gin;
SQL
