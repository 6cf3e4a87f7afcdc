#!/usr/bin/env bash
# tools/setup.sh [run|test]: installs what is missing to build and run Lanterne, and with `test` what the tests need
# besides. Says what it installs and why; says nothing and takes a moment when everything is there.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/env.sh

purpose=${1:-run}
case $purpose in run | test) ;; *) echo "usage: tools/setup.sh [run|test]" >&2; exit 2 ;; esac

oldest_rust=1.95
oldest_node=20
oldest_postgres=15
folder=${CARGO_TARGET_DIR:-target}
log=$folder/setup.log
mkdir -p "$folder"
: >"$log"

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
# Whether version $1 is $2 or newer.
is_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# Runs a command quietly; shows what it said when it fails, then the sentence given first.
quietly() {
    local sentence=$1
    shift
    if ! "$@" >>"$log" 2>&1; then
        tail -n 20 "$log" >&2
        fail "$sentence (the whole log: $log)"
    fi
}

# --- Debian packages: collected, then installed at once -------------------------------------------------------------

packages=()
want() { # want <reason> <package…>
    local reason=$1
    shift
    say "missing: $* ($reason)"
    packages+=("$@")
}

install_packages() {
    [ ${#packages[@]} -gt 0 ] || return 0
    has apt-get || fail "this is no Debian: install the equivalents of ${packages[*]} by hand, then run again."
    [ "$(id -u)" = 0 ] || fail "root is needed to install them. Run: sudo apt-get install -y ${packages[*]}"
    say "installing ${packages[*]} with apt-get…"
    if [ -z "${apt_is_fresh:-}" ]; then
        quietly "apt-get update failed: check the network and /etc/apt/sources.list" apt-get update -q
        apt_is_fresh=yes
    fi
    quietly "apt-get could not install ${packages[*]}: see above" \
        env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        -o DPkg::Lock::Timeout=120 "${packages[@]}"
    packages=()
}

has_postgres() {
    local programs version
    for programs in /usr/lib/postgresql/*/bin; do
        version=$(basename "$(dirname "$programs")")
        [ -x "$programs/initdb" ] && [ -x "$programs/postgres" ] && is_at_least "$version" $oldest_postgres && return 0
    done
    has initdb && has postgres && is_at_least "$(postgres --version | grep -oE '[0-9]+' | head -n 1)" $oldest_postgres
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

check_system() {
    { has cc && [ -e /usr/include/stdlib.h ]; } ||
        want "Rust links with a C compiler, and TLS has parts in C" build-essential
    has_postgres || want "the server's database, PostgreSQL $oldest_postgres or newer" postgresql
    if [ "$purpose" = test ]; then
        has "${CHROMIUM:-chromium}" || want "the browser of the end-to-end journeys" chromium
        [ -n "${CHROMIUM:-}" ] || ! has apt-get || has chromium-headless-shell ||
            want "the same browser without its windows, for the journeys that need none: they take half as long" \
                chromium-headless-shell
        local font
        for font in fonts-noto-core fonts-noto-color-emoji; do
            ! has dpkg-query || is_installed $font || want "so that pages look the same in every screenshot" $font
        done
    fi
    if ! has node; then
        local candidate
        candidate=$( (apt-cache policy nodejs 2>/dev/null || true) | sed -n 's/.*Candidate: \([0-9.]*\).*/\1/p')
        is_at_least "${candidate:-0}" $oldest_node || fail "$(node_advice "there is no Node here")"
        want "builds the site, and runs the journeys" nodejs npm
    fi
}

# --- Node ------------------------------------------------------------------------------------------------------------

node_advice() {
    echo "$1, Lanterne needs Node $oldest_node or newer, and Debian 12 only has 18: install it from https://nodejs.org" \
        "or https://deb.nodesource.com, then run again."
}

check_node() {
    local version
    version=$(node --version)
    is_at_least "${version#v}" $oldest_node || fail "$(node_advice "Node is $version here")"
    # The stamp is the lockfile that was installed: a checkout that only touches the file installs nothing.
    local stamp=node_modules/.installed-package-lock.json
    cmp -s package-lock.json $stamp && return
    has npm || fail "Node is here without npm: install npm, then run again."
    say "installing esbuild, binaryen and Playwright with npm (they build the site and run the journeys)…"
    quietly "npm could not install them: check the network, or npm's registry setting" npm ci --no-progress
    cp package-lock.json $stamp
}

# --- Rust ------------------------------------------------------------------------------------------------------------

wasm_std() { echo "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib"; }
has_wasm() { compgen -G "$(wasm_std)/libstd-*.rlib" >/dev/null; }
has_rust() { has cargo && is_at_least "$(rustc --version 2>/dev/null | cut -d ' ' -f 2)" $oldest_rust; }
has_sources() { [ -f "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ]; }
has_lints() { cargo clippy --version >/dev/null 2>&1 && cargo fmt --version >/dev/null 2>&1; }

check_rust() {
    if ! has_rust || ! has_wasm; then
        say "missing: Rust $oldest_rust or newer with the target wasm32-unknown-unknown (the phone's program is wasm)"
        add_with_rustup || build_with_debian
    fi
    if ! has_sources; then
        say "missing: the sources of Rust's library (it is compiled small, for phones)"
        quietly "rustup could not add them. Run: rustup component add rust-src" rustup component add rust-src
    fi
    if [ "$purpose" = test ] && ! has_lints; then
        say "missing: clippy and rustfmt (the lints and the formatting are part of the tests)"
        quietly "rustup could not add them. Run: rustup component add clippy rustfmt" \
            rustup component add clippy rustfmt
    fi
}

# Fails where there is no rustup, or where it has no server to fetch from.
add_with_rustup() {
    has rustup || return 1
    if ! has_rust; then
        say "installing Rust $oldest_rust with rustup…"
        rustup toolchain install "$oldest_rust.0" --profile minimal --component clippy --component rustfmt \
            >>"$log" 2>&1 || return 1
        use_toolchain "$oldest_rust.0"
    fi
    has_wasm && return
    say "adding the target with rustup…"
    rustup target add wasm32-unknown-unknown >>"$log" 2>&1 && has_wasm
}

# For later commands too: they read the name through tools/env.sh.
use_toolchain() {
    export RUSTUP_TOOLCHAIN=$1
    echo "$1" >"$folder/toolchain"
}

# Debian's own Rust, with the wasm32 standard library built from Debian's sources of it.
build_with_debian() {
    unset RUSTUP_TOOLCHAIN
    local std=/usr/lib/rustlib/wasm32-unknown-unknown/lib
    say "taking Debian's Rust instead, and building the target's library from its sources (2 min)…"
    if ! compgen -G "$std/libstd-*.rlib" >/dev/null; then
        packages+=(rustc-web cargo-web rust-web-src rust-web-llvm rust-web-clippy rustfmt-web)
        install_packages
        # The linker is a link into a package that is only recommended, of a name that changes with LLVM: lld-22 today.
        [ -e /usr/bin/rust-lld ] || packages+=("$(basename "$(readlink /usr/bin/rust-lld)")")
        install_packages
        build_wasm_std $std
    fi
    if has rustup; then
        quietly "rustup could not link Debian's Rust. Run: rustup toolchain link debian /usr" \
            rustup toolchain link debian /usr
        use_toolchain debian
    fi
    has_rust && has_wasm || fail "Debian's Rust is installed and does not serve: is another cargo before it in PATH?"
}

build_wasm_std() {
    local std=$1 crate
    crate=$(mktemp -d)
    mkdir "$crate/src"
    printf '[package]\nname = "empty_crate"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$crate/Cargo.toml"
    : >"$crate/src/lib.rs"
    # -Zbuild-std is unstable, hence RUSTC_BOOTSTRAP: for this crate only, ours is compiled without. The bitcode is what
    # our `lto = true` links; cargo leaves it out where a profile does not ask for it.
    quietly "the wasm32 standard library could not be built: see above" \
        env RUSTC_BOOTSTRAP=1 RUSTC=/usr/bin/rustc RUSTFLAGS=-Cembed-bitcode=yes CARGO_TARGET_DIR="$crate/target" \
        /usr/bin/cargo build --release --manifest-path "$crate/Cargo.toml" --target wasm32-unknown-unknown \
        -Zbuild-std=std,panic_abort,proc_macro,test
    mkdir -p "$std"
    find "$crate/target/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name 'libempty_crate-*' \
        -exec cp {} "$std/" \;
    rm -rf "$crate"
}

check_system
install_packages
check_node
check_rust
