#!/usr/bin/env bash
# A throw-away PostgreSQL cluster for the tests: reachable through a socket in its own folder, by its owner alone.
#
#   tests/postgres.sh start DIR   makes a cluster in the new folder DIR, starts it and prints its URL
#   tests/postgres.sh stop DIR    stops it and deletes DIR
#
# As root, which PostgreSQL refuses to run as, everything is done by the user postgres.
set -euo pipefail

fail() {
    echo "tests/postgres.sh: $*" >&2
    exit 1
}

# Where the server's programs are; distributions keep them out of PATH. The newest one wins.
programs() {
    local found
    found=$(command -v initdb || ls -d /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb 2>/dev/null | sort -V | tail -n 1 || true)
    [ -n "$found" ] || fail "there is no initdb: install PostgreSQL 13 or newer (Debian: apt-get install postgresql)"
    dirname "$found"
}

# Runs a command as a user that PostgreSQL accepts.
unprivileged() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif id postgres >/dev/null 2>&1; then
        # From a folder that the user may enter.
        (cd / && runuser -u postgres -- "$@")
    else
        fail "run this as another user than root, or make the user postgres"
    fi
}

start() {
    local dir=$1 bin
    bin=$(programs)
    [ ! -e "$dir" ] || fail "$dir exists already"
    # A socket's path holds 107 bytes at most.
    [ "${#dir}" -le 85 ] || fail "the path $dir is too long for a socket; name a shorter one"
    mkdir -m 700 "$dir"
    dir=$(cd "$dir" && pwd)
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir"
    # Durability is of no use to a cluster that is thrown away; what is tested is OpenIAS, not the disk.
    {
        unprivileged "$bin/initdb" --pgdata "$dir/data" --username openias --auth trust --encoding UTF8 --locale C --no-sync
        unprivileged "$bin/pg_ctl" start --wait --silent --pgdata "$dir/data" --log "$dir/log" --options \
            "-c listen_addresses='' -c unix_socket_directories='$dir' -c fsync=off -c full_page_writes=off -c max_connections=200"
    } >"$dir.out" 2>&1 || { cat "$dir.out" >&2; rm -f "$dir.out"; fail "the cluster does not start; its log is $dir/log"; }
    rm -f "$dir.out"
    echo "postgres://openias@localhost/postgres?host=$dir"
}

stop() {
    local dir=$1 bin
    bin=$(programs)
    [ -d "$dir/data" ] || fail "there is no cluster in $dir"
    unprivileged "$bin/pg_ctl" stop --wait --silent --mode immediate --pgdata "$dir/data" || true
    rm -rf "$dir"
}

case "${1:-}:${2:-}" in
    start:?*) start "$2" ;;
    stop:?*) stop "$2" ;;
    *) fail "usage: tests/postgres.sh start DIR | stop DIR" ;;
esac
