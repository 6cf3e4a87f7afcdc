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

# What is compiled to be tested is linted in the same go: clippy's driver is the compiler with more lints, and a check of
# its own would compile every dependency once more. Cargo keeps apart what each of the two has made.
if [ "${PROFILE:-}" = tested ]; then
    export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__
fi
