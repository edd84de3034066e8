# Two commands do everything: `make run` shows the product, `make test` proves it.
# Both need only Rust (https://rustup.rs), make and a C compiler; tests take Python and Node where they are.

DATA ?= data/demo
LISTEN ?= 127.0.0.1:8080
CARGO ?= cargo

FUZZ_SECONDS ?= 60

.PHONY: run wasm test check bench soak fuzz bless deploy zips undeploy clean

## run: build, serve the demo, print links that sign you in
run:
	$(CARGO) build --release --quiet -p whereabouts
	@exec $$($(MAKE) -s binary) serve --demo --data $(DATA) --listen $(LISTEN)

# Where cargo puts the release binary, wherever its target folder is.
.PHONY: binary
binary:
	@echo "$${CARGO_TARGET_DIR:-target}/release/whereabouts"

# Rust's own name for what browsers run.
WASM_TARGET = wasm32-unknown-unknown
WASM = $${CARGO_TARGET_DIR:-target}/$(WASM_TARGET)/wasm/browser.wasm

## wasm: crate browser as WebAssembly, with its bindings, below web/src/browser/generated
wasm:
	@[ -d "$$(rustc --print sysroot)/lib/rustlib/$(WASM_TARGET)" ] || rustup target add $(WASM_TARGET)
	$(CARGO) build --locked --quiet --profile wasm --target $(WASM_TARGET) -p browser
	$(CARGO) run --locked --quiet -p bindings -- $(WASM) web/src/browser/generated

## check: formatting, lints, docs
check:
	$(CARGO) fmt --all --check
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

## test: check, then every test at daily depth
test: check
	$(CARGO) test --workspace --locked

## bench: how honest positions are, then the figures of docs/benchmarks.md, here and now
bench:
	$(CARGO) test --release --locked -p domain --test honesty -- --nocapture --test-threads=1
	$(CARGO) run --release --locked -p bench
	@$(MAKE) --no-print-directory bench-motion

.PHONY: bench-motion
## bench-motion: how long a browser takes to place 100,000 moving holders, in headless Chromium
bench-motion: wasm
	node web/bench/motion.mjs

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
	@mkdir -p $(addprefix fuzz/corpus/,rows mapping dates numbers places requests stored log)
	$(FUZZ) rows fuzz/corpus/rows fuzz/seeds/rows $(FUZZ_FOR)
	$(FUZZ) mapping fuzz/corpus/mapping examples $(FUZZ_FOR)
	$(FUZZ) dates fuzz/corpus/dates fuzz/seeds/dates $(FUZZ_FOR)
	$(FUZZ) numbers fuzz/corpus/numbers fuzz/seeds/numbers $(FUZZ_FOR)
	$(FUZZ) places fuzz/corpus/places fuzz/seeds/places $(FUZZ_FOR)
	$(FUZZ) requests fuzz/corpus/requests fuzz/seeds/requests $(FUZZ_FOR)
	$(FUZZ) stored fuzz/corpus/stored $(FUZZ_FOR)
	$(FUZZ) log fuzz/corpus/log fuzz/seeds/log $(FUZZ_FOR)

## bless: accept new snapshots after reading them
bless:
	BLESS=1 INSTA_UPDATE=always $(CARGO) test --locked -p api
	BLESS=1 $(CARGO) test --locked -p cost -p stack

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
	$(CARGO) clean
