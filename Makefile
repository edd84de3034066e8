# Two commands do everything: `make run` shows the product, `make test` proves it.
# Both need only Rust (https://rustup.rs), make and a C linker.

DATA ?= data
LISTEN ?= 127.0.0.1:8080
CARGO ?= cargo

.PHONY: run test check bench soak bless clean

## run: build, load a few example shipments once, serve, print a way in
run:
	$(CARGO) build --release --quiet -p whereabouts
	@test -d $(DATA) || $$($(MAKE) -s binary) import examples/shipments.csv \
		--map examples/shipments.toml --data $(DATA)
	@exec $$($(MAKE) -s binary) serve --data $(DATA) --listen $(LISTEN)

# Where cargo puts the release binary, wherever its target folder is.
.PHONY: binary
binary:
	@echo "$${CARGO_TARGET_DIR:-target}/release/whereabouts"

## check: formatting, lints, docs
check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

## test: check, then every test at daily depth
test: check
	$(CARGO) test --workspace --locked

## bench: the figures of docs/benchmarks.md, measured here and now
bench:
	$(CARGO) run --release --locked -p domain --example honesty
	$(CARGO) run --release --locked -p bench

## soak: the same tests at full depth: 100,000 cases a property, 200 kill -9 loops
soak:
	WHEREABOUTS_SOAK=1 $(CARGO) test --release --workspace --locked

## bless: accept new snapshots after reading them
bless:
	BLESS=1 INSTA_UPDATE=always $(CARGO) test --locked -p api

clean:
	$(CARGO) clean
