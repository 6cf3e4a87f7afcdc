#!/usr/bin/env bash
# Renews .sqlx, the committed descriptions against which the queries are checked when no database is at hand.
# Starts a throw-away cluster, brings it to the newest schema and lets the query macros describe every statement.
set -euo pipefail
cd "$(dirname "$0")/.."
exec tools/with-postgres.sh bash -c '
    set -euo pipefail
    for migration in server/migrations/*.sql; do psql -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$migration"; done
    rm -rf .sqlx && mkdir .sqlx
    touch server/src/lib.rs
    SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$PWD/.sqlx" cargo check --quiet --profile tested -p server --all-targets
    echo "$(ls .sqlx | wc -l) queries described in .sqlx"
'
