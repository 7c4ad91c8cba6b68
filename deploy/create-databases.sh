#!/bin/sh
# Run once by the postgres image on an empty volume: roles and databases for each of the two, none a superuser.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres \
    -v slotkeeper="$SLOTKEEPER_DATABASE_PASSWORD" -v tenant="$SLOTKEEPER_TENANT_PASSWORD" \
    -v steward="$SLOTKEEPER_STEWARD_PASSWORD" -v door="$SLOTKEEPER_DOOR_PASSWORD" \
    -v temporal="$TEMPORAL_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE slotkeeper LOGIN PASSWORD :'slotkeeper';
CREATE DATABASE slotkeeper OWNER slotkeeper;
CREATE ROLE slotkeeper_tenants NOLOGIN;
CREATE ROLE slotkeeper_tenant LOGIN PASSWORD :'tenant' IN ROLE slotkeeper_tenants;
CREATE ROLE slotkeeper_stewards NOLOGIN;
CREATE ROLE slotkeeper_steward LOGIN PASSWORD :'steward' IN ROLE slotkeeper_stewards;
CREATE ROLE slotkeeper_doorkeepers NOLOGIN;
CREATE ROLE slotkeeper_doorkeeper LOGIN PASSWORD :'door' IN ROLE slotkeeper_doorkeepers;
CREATE ROLE temporal LOGIN PASSWORD :'temporal';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
\connect slotkeeper
CREATE EXTENSION IF NOT EXISTS btree_gist;
\connect temporal_visibility
CREATE EXTENSION IF NOT EXISTS btree_gin;
SQL
