#!/bin/sh
# Brings Temporal's two databases to the schema of this server release. Safe to run again.
set -eu
for pair in temporal:temporal temporal_visibility:visibility; do
    database=${pair%%:*}
    schema=/etc/temporal/schema/postgresql/v12/${pair##*:}/versioned
    tool="temporal-sql-tool --plugin postgres12 --ep postgresql -p 5432 -u temporal --db $database"
    $tool update-schema -d "$schema" || { $tool setup-schema -v 0.0 && $tool update-schema -d "$schema"; }
done
