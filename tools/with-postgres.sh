#!/usr/bin/env bash
# Runs a command with DATABASE_URL naming an empty database in a throw-away PostgreSQL cluster: over a Unix socket,
# without fsync, gone when the command ends. PostgreSQL refuses to run as root, so root runs it as `postgres`.
set -euo pipefail

programs=
# The newest that has a server: a folder may hold the client only.
for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V); do [ ! -x "$folder/initdb" ] || programs=$folder; done
[ -n "$programs" ] || programs=$(dirname "$(command -v initdb)") || true
[ -x "$programs/initdb" ] || { echo "with-postgres: no PostgreSQL found; install Debian's postgresql" >&2; exit 1; }

folder=$(mktemp -d /tmp/lanterne-test.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then
    as=(runuser -u postgres --)
    chown postgres "$folder"
fi
chmod 0755 "$folder"

stop() {
    (cd /; "${as[@]}" "$programs/pg_ctl" stop -s -w -m immediate -D "$folder/data" >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap stop EXIT

cd_here=$PWD
cd /
"${as[@]}" "$programs/initdb" --no-sync --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    -D "$folder/data" >/dev/null
"${as[@]}" "$programs/pg_ctl" start -s -w -D "$folder/data" -l "$folder/log" \
    -o "-F -k $folder -c listen_addresses='' -c max_connections=200" >/dev/null
"${as[@]}" "$programs/createdb" -h "$folder" -U postgres lanterne
cd "$cd_here"

# Percent-encoded, since the host is a folder.
DATABASE_URL="postgres://postgres@localhost/lanterne?host=$folder" "$@"
