#!/usr/bin/env bash
# tools/supply.sh [strict]: what we build from others: licences, sources and bans by cargo-deny, known faults by its advisory
# database and by npm audit. In the tests it looks at whatever can be looked at here and says what could not; strict, as before a
# release, that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."

strict=${1:-}
left=()

# Leaves a check out, or fails where all of them are wanted.
leave() {
    left+=("$1")
    [ "$strict" != strict ] || { echo "supply: $1" >&2; exit 1; }
}

if ! cargo deny --version >/dev/null 2>&1; then
    leave "no cargo-deny here (cargo install cargo-deny --locked)"
elif ! cargo metadata --locked --format-version 1 >/dev/null 2>&1; then
    # Of every crate of the lockfile, those of other systems too.
    leave "the registry of crates cannot be reached"
else
    cargo deny --all-features --locked check bans licenses sources
    # The advisories are a git repository elsewhere; without it nothing can be said of them.
    if cargo deny fetch db >/dev/null 2>&1; then
        cargo deny --all-features --locked check advisories
    else
        leave "the advisory database of RustSec cannot be reached"
    fi
fi

said=$(npm audit --audit-level=low 2>&1) && echo "supply: npm knows of no fault" || {
    # It exits alike for a fault that it knows of and for a registry that it cannot ask.
    if grep -q 'npm error audit\|ENOAUDIT\|audit endpoint returned an error' <<<"$said"; then
        leave "npm's registry answers no audit"
    else
        echo "$said" >&2
        exit 1
    fi
}

for each in "${left[@]}"; do echo "supply: not looked at: $each"; done
echo "supply: looked at what could be"
