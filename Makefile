# Waymark's verbs. `make` alone prints them. Every verb sets the machine up first (scripts/setup),
# which takes a moment when nothing is missing.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.NOTPARALLEL:

# Arguments for a verb: make demo ARGS=--once
ARGS ?=
env := scripts/env

.PHONY: help
help:
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: setup build ## start sample shop and collector; ARGS=--once buys once without a window
	@$(env) node scripts/demo.mjs $(ARGS)

.PHONY: test
test: setup build ## run all tests
	@$(env) node scripts/test.mjs $(ARGS)

.PHONY: test-android
test-android: setup ## compile the Android face and run its tests under Robolectric; needs a JDK and Maven
	@scripts/build native
	@$(env) node scripts/test_android.mjs

.PHONY: test-ios
test-ios: setup ## compile the Swift package and run its tests; the first time downloads Swift 6, 550 MB
	@scripts/build native
	@$(env) node scripts/test.mjs ios

# How many simulated worlds, and the first of them: make simulate SEEDS=200000
SEEDS ?= 2000
FIRST ?= 1

.PHONY: simulate
simulate: setup ## run the engine in simulated worlds; SEEDS=n of them, FIRST=k to begin with
	@scripts/build native
	@build/native/tests/simulation/waymark_simulation --first=$(FIRST) --seeds=$(SEEDS) --jobs=2

.PHONY: setup
setup: ## install what is missing on this machine
	@scripts/setup

.PHONY: build
build: setup ## build the native programs, the WebAssembly module and the npm package
	@scripts/build native wasm js

.PHONY: size
size: setup ## print what the browser downloads, and check it against the budget
	@scripts/build wasm js
	@$(env) node scripts/size.mjs

.PHONY: bench
bench: build ## measure Waymark against its npm peers; long, ARGS="--quick --only=C,D" is shorter
	@scripts/setup tests/bench
	@$(env) node tests/bench/run.mjs $(ARGS)

.PHONY: bench-iab
bench-iab: build ## measure reading of TC and GPP strings against the npm references
	@scripts/setup tests/bench
	@$(env) node tests/bench/iab.mjs $(ARGS)

.PHONY: bench-iab-page
bench-iab-page: build ## measure the answers of __tcfapi and __gpp in a page
	@scripts/setup tests/e2e
	@$(env) node tests/bench/iab_page.mjs $(ARGS)

.PHONY: interop
interop: setup ## let published clients and a real OpenTelemetry Collector judge what is sent and read; needs Go
	@scripts/build native
	@scripts/setup tests/interop
	@$(env) npm --prefix tests/interop --silent test

.PHONY: audit
audit: build ## find 15 planted violations among a million stored events, and print how fast
	@WAYMARK_AUDIT_EVENTS=1000000 npm --prefix js --silent test -- tests/audit

# How many inputs each fuzzer gets: make fuzz RUNS=20000000 SEED=7
RUNS ?= 1000000
SEED ?= 1

.PHONY: fuzz
fuzz: setup ## feed every decoder mutated strings under the sanitizers; RUNS=n inputs each, SEED=s
	@scripts/build asan
	@set -e; for fuzzer in build/asan/tests/fuzz/waymark_fuzz_*; do [[ ! -x $$fuzzer || -d $$fuzzer ]] || { echo "$$fuzzer" && $$fuzzer --runs=$(RUNS) --seed=$(SEED); }; done

.PHONY: asan
asan: setup ## run the native tests under the address and undefined-behaviour sanitizers
	@scripts/build asan
	@ctest --test-dir build/asan --output-on-failure --no-tests=error

.PHONY: tsan
tsan: setup ## call the native client from eight threads under the thread sanitizer
	@scripts/build tsan
	@ctest --preset tsan -R ThreadsTest --no-tests=error

.PHONY: arm64
arm64: setup ## build library and tests for 64-bit ARM, run them by qemu, weigh the library; needs g++-aarch64-linux-gnu, qemu-user, lld-16
	@scripts/fetch_arm64
	@scripts/build arm64
	@ctest --preset arm64 -E '^tidy|^simulation|^fuzz_|NOT_BUILT' --no-tests=error
	@$(env) node scripts/library_size.mjs build/arm64/mobile/native/libwaymark.so

.PHONY: bench-native
bench-native: setup ## measure the native client: caller, whole pipeline, wire, memory, idle
	@scripts/build native
	@build/native/tests/bench/waymark_native_bench $(ARGS)

.PHONY: season
season: build ## play a season of 5,000 customers into the sample collector, and compare its measures with the truth
	@scripts/setup tests/e2e
	@WAYMARK_SEASON=5000 $(env) node --test tests/e2e/season.test.mjs

.PHONY: format
format: setup ## lay out all C++ files
	@scripts/cpp_format

.PHONY: lint
lint: setup ## check layout of C++, types of TypeScript, and the rules of tests/tidy
	@scripts/lint

.PHONY: clean
clean: ## delete what was built; what was downloaded stays in the cache
	@rm -rf build js/dist
