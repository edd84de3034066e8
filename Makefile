# Two commands do everything: `make run` shows the product, `make test` proves it.
# Both need only Rust (https://rustup.rs), Node 20 or newer, make and a C compiler; tests take Python where it is.

DATA ?= data/demo
LISTEN ?= 127.0.0.1:8080
CARGO ?= cargo

FUZZ_SECONDS ?= 60

.PHONY: run web wasm test check bench soak fuzz bless deploy zips undeploy clean

## run: build, serve the demo, print links that sign you in
run: web
	$(CARGO) build --release --quiet -p whereabouts
	@exec $$($(MAKE) -s binary) serve --demo --data $(DATA) --listen $(LISTEN)

# Where cargo puts the release binary, wherever its target folder is.
.PHONY: binary
binary:
	@echo "$${CARGO_TARGET_DIR:-target}/release/whereabouts"

# Rust's own name for what browsers run.
WASM_TARGET = wasm32-unknown-unknown
WASM = $${CARGO_TARGET_DIR:-target}/$(WASM_TARGET)/wasm/browser.wasm
WASM_MADE = web/src/browser/generated/.made
WASM_SOURCES := $(shell find crates/browser crates/bindings crates/domain crates/intake crates/audit \
	-type f \( -name '*.rs' -o -name '*.toml' -o -name '*.csv' \))

## wasm: crate browser as WebAssembly, with its bindings, below web/src/browser/generated
wasm: $(WASM_MADE)

$(WASM_MADE): Cargo.lock $(WASM_SOURCES)
	@[ -d "$$(rustc --print sysroot)/lib/rustlib/$(WASM_TARGET)" ] || rustup target add $(WASM_TARGET)
	$(CARGO) build --locked --quiet --profile wasm --target $(WASM_TARGET) -p browser
	$(CARGO) run --locked --quiet -p bindings -- $(WASM) web/src/browser/generated
	@touch $@

# The web app is built when anything of it is newer than what was built. Where there is no Node
# the binary is built without it, and says so at its page; WHEREABOUTS_TOOLS=required fails instead.
WEB_SOURCES := $(shell find web -name node_modules -prune -o -name dist -prune -o -name test-results -prune -o -name generated -prune \
	-o -type f -print)
HAS_NODE := $(shell command -v npm 2>/dev/null)

## web: build the web app into web/dist, which the binary then holds
web: $(if $(HAS_NODE),web/dist/.made,web-is-missing)

web/dist/.made: web/node_modules/.made $(WASM_MADE) $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch $@

web/node_modules/.made: web/package-lock.json
	cd web && npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: web-is-missing
web-is-missing:
	@echo "NO WEB APP: npm is missing; with Node 20 or newer, make web builds it" >&2
	@[ "$${WHEREABOUTS_TOOLS:-}" != required ]

## check: formatting, lints, docs
check: $(if $(HAS_NODE),check-web,web-is-missing)
	$(CARGO) fmt --all --check
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

.PHONY: check-web
check-web: web/node_modules/.made $(WASM_MADE)
	cd web && npm run --silent check

## test: check, then every test at daily depth
test: check web
	$(CARGO) test --workspace --locked
	@$(if $(HAS_NODE),$(MAKE) --no-print-directory test-web,:)

# The app's own tests, then the app on the real binary in a real browser.
.PHONY: test-web
test-web: web
	cd web && npm run --silent test && npm run --silent budget
	$(CARGO) build --quiet --locked -p whereabouts
	cd web && sh e2e/run.sh "$$(cd .. && echo "$${CARGO_TARGET_DIR:-$$PWD/target}")/debug/whereabouts"

## bench: how honest positions are, then the figures of docs/benchmarks.md, here and now
bench:
	$(CARGO) test --release --locked -p domain --test honesty -- --nocapture --test-threads=1
	$(CARGO) run --release --locked -p bench
	@$(MAKE) --no-print-directory bench-motion

.PHONY: bench-motion
## bench-motion: how long a browser takes to place 100,000 moving holders, in headless Chromium
bench-motion: wasm
	node web/bench/motion.mjs

.PHONY: bench-app
## bench-app: how soon a browser can work with a million packages, and shows news; kept in WORLD
WORLD ?= $(CURDIR)/target/bench-world
bench-app: web
	$(CARGO) build --release --quiet --locked -p whereabouts -p bench
	[ -d $(WORLD) ] || "$$(dirname "$$($(MAKE) -s binary)")/bench" world --folder $(WORLD)
	node web/bench/app.mjs "$$($(MAKE) -s binary)" $(WORLD)

.PHONY: lighthouse
## lighthouse: what Lighthouse says of the sign-in, list and package pages; it is fetched for this
lighthouse: web
	$(CARGO) build --release --quiet --locked -p whereabouts
	node web/bench/lighthouse.mjs "$$($(MAKE) -s binary)"

## soak: the same tests at full depth: 100,000 cases a property, 200 kill -9 loops; then fuzz
soak:
	WHEREABOUTS_SOAK=1 $(CARGO) test --release --workspace --locked
	@$(MAKE) --no-print-directory fuzz

# Coverage needs unstable flags of the compiler, which the product's own takes
# when it is told to. Ours is safe Rust: without a sanitizer it runs much faster.
FUZZ = RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run --fuzz-dir fuzz -s none
FUZZ_FOR = -- -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=4096

## fuzz: strangers' bytes at every reader, FUZZ_SECONDS (60) each
fuzz:
	@$(CARGO) fuzz --version >/dev/null 2>&1 || { \
		echo "NOT FUZZED: cargo-fuzz is missing; get it with: cargo install cargo-fuzz" >&2; exit 1; }
	@mkdir -p $(addprefix fuzz/corpus/,rows mapping dates numbers places requests stored log tokens)
	$(FUZZ) rows fuzz/corpus/rows fuzz/seeds/rows $(FUZZ_FOR)
	$(FUZZ) mapping fuzz/corpus/mapping examples $(FUZZ_FOR)
	$(FUZZ) dates fuzz/corpus/dates fuzz/seeds/dates $(FUZZ_FOR)
	$(FUZZ) numbers fuzz/corpus/numbers fuzz/seeds/numbers $(FUZZ_FOR)
	$(FUZZ) places fuzz/corpus/places fuzz/seeds/places $(FUZZ_FOR)
	$(FUZZ) requests fuzz/corpus/requests fuzz/seeds/requests $(FUZZ_FOR)
	$(FUZZ) stored fuzz/corpus/stored $(FUZZ_FOR)
	$(FUZZ) log fuzz/corpus/log fuzz/seeds/log $(FUZZ_FOR)
	$(FUZZ) tokens fuzz/corpus/tokens fuzz/seeds/tokens $(FUZZ_FOR)

## bless: accept new snapshots after reading them
bless:
	BLESS=1 INSTA_UPDATE=always $(CARGO) test --locked -p api
	BLESS=1 $(CARGO) test --locked -p cost -p stack
	@$(if $(HAS_NODE),$(MAKE) --no-print-directory web/node_modules/.made && cd web && npm run --silent schema,:)

STACK ?= whereabouts

## deploy: build for AWS and deploy or upgrade STACK (whereabouts); see deploy/README.md
deploy:
	@sh deploy/deploy.sh $(STACK)

## zips: the functions as they are deployed, and how large each is
zips:
	@sh deploy/zips.sh

## undeploy: take STACK away, but nothing that was recorded; says what stays
undeploy:
	@sh deploy/undeploy.sh $(STACK)

clean:
	rm -rf web/dist web/node_modules
	$(CARGO) clean
