# Sourced by the Makefile's steps and by setup.sh, from the root of the repository.

# Builds and tests know no database but the throw-away ones: the one that the operator's environment names is in use.
unset DATABASE_URL

# rustup puts its programs where a shell that is no login shell does not look.
command -v cargo >/dev/null 2>&1 || PATH=$PATH:$HOME/.cargo/bin

# The toolchain that setup.sh chose, where the default one does not serve.
if [ -z "${RUSTUP_TOOLCHAIN:-}" ] && [ -s "${CARGO_TARGET_DIR:-target}/toolchain" ]; then
    RUSTUP_TOOLCHAIN=$(cat "${CARGO_TARGET_DIR:-target}/toolchain")
    export RUSTUP_TOOLCHAIN
fi
