# `make help` lists the targets. Two of them are enough: `make run` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory --no-builtin-rules

TARGET := $(or $(CARGO_TARGET_DIR),target)
# Before every command that builds or tests.
ENV := . tools/env.sh;
PLAIN_ENV := $(ENV) unset RUSTC_WORKSPACE_WRAPPER CLIPPY_ARGS;
# The standard library of what is downloaded is compiled with it, for size, and a panic in either stops without a word:
# that is a sixteenth of a phone's wasm. Cargo calls it unstable, hence RUSTC_BOOTSTRAP, which these builds alone have.
# `make build LOUD=1` takes the library as it comes; a panic then says what and where on the console.
WASM := --profile wasm -p frontend --target wasm32-unknown-unknown
# `make build LIVING=1` adds /app/composants, which shows every component in every state.
comma := ,
ALSO :=
ifndef LOUD
WASM += -Zbuild-std=std,panic_abort -Zbuild-std-features=optimize_for_size --config tools/quiet.toml
BOOTSTRAP := RUSTC_BOOTSTRAP=1
else
ALSO := $(ALSO)$(comma)loud
endif
ifdef LIVING
ALSO := $(ALSO)$(comma)living
endif
NATIVE := -p app -p server -p bindgen
# What is used and measured is built for release; what is tested, by a profile that compiles faster (Cargo.toml).
export PROFILE := release
# `bench-restore` too: what takes its time there is PostgreSQL.
test check clippy unit simulation integration e2e soak soak-phone attack screens golden bench-restore: \
	export PROFILE := tested
CARGO_PROFILE = --profile $(PROFILE)

.PHONY: help run test soak attack golden setup setup-test build server wasm site check fmt walls clippy clippy-browsers \
	unit simulation integration e2e soak-phone screens bench-sync bench-dashboard bench-restore bench-phone sqlx supply deny \
	sbom font clean-data clean
# The steps of `test` are in the order in which a fault is cheapest to find; cargo uses every core by itself.
.NOTPARALLEL:

help: ## List the targets
	@sed -nE 's/^([a-z0-9-]+):.*## (.*)/  make \1|\2/p' Makefile | column -t -s '|'

## To use

run: setup build ## Install what is missing, build for release, serve http://localhost:3000
	@# .env first, so that what the shell has set counts more.
	@given=$$(export -p); if [ -f .env ]; then set -a; . ./.env; set +a; eval "$$given"; fi; \
		LANTERNE_SITE=$${LANTERNE_SITE:-$(TARGET)/site} exec $(TARGET)/release/lanterne

test: setup-test fmt walls clippy-browsers supply unit simulation integration e2e ## Everything that must hold before a change is merged
	@echo "make test: all of it passed"

SOAK_ROUNDS ?= 300
HISTORIES ?= 1000000
soak: ## The faults that strike at random instants, many more times: a million histories, kills of server and browser
	$(ENV) LANTERNE_HISTORIES=$(HISTORIES) cargo test $(CARGO_PROFILE) -p app --features planted --test simulation
	$(ENV) LANTERNE_SOAK_ROUNDS=$(SOAK_ROUNDS) LANTERNE_PG_HISTORIES=2000 tools/with-postgres.sh \
		cargo test $(CARGO_PROFILE) -p server --test integration -- faults:: simulation::
	$(MAKE) soak-phone

# Each of these tests tells how often it tried and how often it was refused.
FUZZ_SECONDS ?= 3600
SCHEMATHESIS := $(abspath $(TARGET))/schemathesis
attack: setup-test build ## Guesses, forged sessions, bent bytes for FUZZ_SECONDS, Schemathesis (needs python3-venv): many more times
	$(ENV) LANTERNE_ATTACK=1 LANTERNE_SOAK_ROUNDS=40 LANTERNE_FUZZ_SECONDS=$(FUZZ_SECONDS) tools/with-postgres.sh \
		cargo test $(CARGO_PROFILE) $(NATIVE) --test integration -- attack:: hostile:: --nocapture --test-threads=1 \
		| tee $(TARGET)/attack.log
	python3 -m venv $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/pip install --quiet --disable-pip-version-check --requirement tools/attack/requirements.txt
	$(ENV) SCHEMATHESIS=$(SCHEMATHESIS)/bin/st npx --no-install playwright test \
		--config tools/attack/playwright.config.ts | tee -a $(TARGET)/attack.log
	@echo "| attack | tried | refused | beside |"; echo "|---|---|---|---|"; \
		sed -n 's/.*attack | /| /p' $(TARGET)/attack.log

## To build

setup: ## Install what `make run` needs and this machine has not
	@tools/setup.sh run

setup-test:
	@tools/setup.sh test

build: server site

# Cargo gives a crate the features that all of one command's targets ask for: built without the tests' own, the
# typesetter and whatever stands on it would be compiled a second time.
test e2e soak-phone screens attack: BESIDE := -p app --bins --tests --examples
server: ## Compile the server
	@$(ENV) cargo build $(CARGO_PROFILE) -p server -p bindgen $(BESIDE)

# One feature set each, under names of their own (frontend/Cargo.toml says why). By the compiler itself, so that what is
# tested is what is released, byte for byte; clippy-browsers lints it.
wasm:
	@$(PLAIN_ENV) $(BOOTSTRAP) cargo build $(WASM) --example phone --features phone$(ALSO)
	@$(PLAIN_ENV) $(BOOTSTRAP) cargo build $(WASM) --example office --features office

site: server wasm ## Build what browsers load: wasm, scripts, styles, service worker
	@node tools/site.mjs --bindgen $(TARGET)/$(PROFILE)/bindgen

## To check

check: fmt walls clippy ## Formatting, walls and lints, warnings as errors

walls: # What `app` draws in, on either side (README, Walls).
	@$(ENV) for side in ssr phone office; do \
		tree=$$(cargo tree -p app -e normal --target all --features $$side --prefix none); \
		if grep -E '^(sqlx|axum|rexie|idb|leptos_axum)( |-)' <<<"$$tree"; \
		then echo "walls: app must not know these (features $$side)" >&2; exit 1; fi; done
	@echo "walls: app knows neither sqlx, axum nor rexie"

fmt:
	@$(ENV) cargo fmt --all --check || { echo "formatting: run 'cargo fmt --all'" >&2; exit 1; }
	@echo "formatting: as rustfmt writes it"

clippy: clippy-browsers
	$(ENV) cargo clippy $(CARGO_PROFILE) $(NATIVE) --all-targets -- -D warnings
	$(ENV) cargo clippy $(CARGO_PROFILE) -p app --features planted --all-targets -- -D warnings

# What the tests do not compile by themselves: the rest is looked at while it is compiled for them (tools/env.sh).
clippy-browsers:
	$(ENV) cargo clippy $(CARGO_PROFILE) -p frontend --features phone,living --target wasm32-unknown-unknown -- -D warnings
	$(ENV) cargo clippy $(CARGO_PROFILE) -p frontend --features office --target wasm32-unknown-unknown -- -D warnings

unit: ## Tests beside the code
	$(ENV) cargo test $(CARGO_PROFILE) $(NATIVE) --lib --bins

simulation: ## A hundred thousand histories of sync, and the bugs planted to prove their oracle
	$(ENV) cargo test $(CARGO_PROFILE) -p app --features planted --test simulation

integration: ## Tests of whole crates: properties, and the server on a real PostgreSQL
	$(ENV) tools/with-postgres.sh cargo test $(CARGO_PROFILE) $(NATIVE) --test properties --test integration

e2e: setup-test build ## Journeys in a real Chromium against the real server
	$(ENV) npx --no-install playwright test --config end2end/playwright.config.ts

# The seed is printed: SEED=<it> repeats the kills at the same instants.
soak-phone: setup-test build ## A long run of what a phone's life does: 200 kills at random instants, 40 releases
	$(ENV) KILLS=$(or $(KILLS),200) RELEASES=$(or $(RELEASES),40) npx --no-install playwright test \
		--config end2end/playwright.config.ts --project mobile --project whole -g 'kills at random instants|whichever is the next'

SCREENS ?= $(abspath $(TARGET))/screens
screens: setup-test build ## Pictures of every screen, to be looked at
	$(ENV) SCREENS=$(SCREENS) npx --no-install playwright test --config end2end/playwright.config.ts
	@echo "screens: in $(SCREENS)"

golden: ## Write down what this release says on the wire, as LANTERNE_GOLDEN=<year>-<month>
	$(ENV) for part in the_newest_folder requests_of_every_release; do \
		tools/with-postgres.sh cargo test $(CARGO_PROFILE) $(NATIVE) --test integration $$part || exit 1; done

bench-sync: setup-test build ## How fast sync is, beside PouchDB and bare PostgreSQL, and in Chromium (some minutes)
	$(ENV) npm ci --no-progress --prefix tools/bench-sync
	$(ENV) cargo build --release $(NATIVE) --example bench_sync
	$(ENV) $(TARGET)/release/examples/bench_sync
	$(ENV) npx --no-install playwright test --config tools/bench-sync/playwright.config.ts

bench-dashboard: setup-test ## How fast dashboards are over 2 million records, or RECORDS=10000000, beside plain SQL (some minutes)
	$(ENV) cargo build --release $(NATIVE) --example bench_dashboard
	$(ENV) $(TARGET)/release/examples/bench_dashboard $(or $(RECORDS),2000000)

bench-restore: setup-test ## How long it takes to copy 2 million records, or RECORDS=…, and to come back (some minutes)
	$(ENV) cargo build $(CARGO_PROFILE) $(NATIVE) --example bench_restore
	$(ENV) $(TARGET)/$(PROFILE)/examples/bench_restore $(or $(RECORDS),2000000)

bench-phone: setup-test build ## How fast the phone is, beside Solid and React in Chromium, and by Lighthouse (ten minutes)
	$(ENV) npm ci --no-progress --prefix tools/bench-phone
	$(ENV) npx --no-install playwright test --config tools/bench-phone/playwright.config.ts

supply: # As much of it as can be looked at here.
	@$(ENV) tools/supply.sh

deny: ## Licences and known faults of the dependencies (needs cargo-deny and the network)
	$(ENV) tools/supply.sh strict

SBOM ?= $(TARGET)/lanterne.cdx.json
sbom: ## What a release holds, as CycloneDX
	@$(ENV) mkdir -p $(dir $(SBOM)) && node tools/sbom.mjs >$(SBOM) && echo "sbom: $(SBOM)"

## To maintain

sqlx: ## Renew .sqlx after a change of a query or of the schema
	@$(ENV) tools/sqlx.sh

FACE := @fontsource-variable/atkinson-hyperlegible-next@5.3.0
FACE_TOOLS := $(abspath $(TARGET))/font
font: ## Make the face that pages load anew from the package of it (needs python3-venv)
	python3 -m venv $(FACE_TOOLS)
	$(FACE_TOOLS)/bin/pip install --quiet --disable-pip-version-check --requirement tools/font/requirements.txt
	rm -f $(FACE_TOOLS)/*.tgz
	npm pack --silent --pack-destination $(FACE_TOOLS) $(FACE)
	tar --extract --gzip --directory $(FACE_TOOLS) --file $(FACE_TOOLS)/fontsource-variable-atkinson-*.tgz
	$(FACE_TOOLS)/bin/python tools/font/font.py \
		$(FACE_TOOLS)/package/files/atkinson-hyperlegible-next-latin-wght-normal.woff2 \
		public/fonts/atkinson-hyperlegible-next-latin.woff2

clean-data: ## Forget the private database: the next start makes the demonstration network anew
	@tools/clean-data.sh

clean: ## Remove what was built (not the data)
	rm -rf $(TARGET) node_modules end2end/results
