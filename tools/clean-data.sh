#!/usr/bin/env bash
# Removes the private database, after asking: it may hold more than the demonstration network. LANTERNE_DATA names
# another folder than .data, and SURE=yes answers the question.
set -euo pipefail
cd "$(dirname "$0")/.."

data=${LANTERNE_DATA:-.data}
[ -e "$data" ] || { echo "clean-data: there is no $data, so nothing to remove"; exit 0; }
# As root the cluster may live elsewhere, behind a link (server/src/cluster.rs says why).
cluster=$(readlink -f "$data/postgres")

postmaster=$(head -n 1 "$cluster/data/postmaster.pid" 2>/dev/null || true)
if [ -n "$postmaster" ] && kill -0 "$postmaster" 2>/dev/null; then
    echo "clean-data: the database in $data is running (process $postmaster): stop the server first; where the server" \
        "was killed, start it once more and stop it with Ctrl-C." >&2
    exit 1
fi

if [ "${SURE:-}" != yes ]; then
    read -r -p "Remove the database in $(readlink -f "$data") for good? Type yes: " answer || answer=
    [ "$answer" = yes ] || { echo "clean-data: nothing was removed"; exit 1; }
fi
rm -rf "$cluster" "$data"
echo "clean-data: removed; the next start makes the demonstration network anew"
