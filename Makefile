# Everything one does with a checkout of Orchard. `make help` lists it.
# Times are for two cores; the first build comes on top where it is still to be made.

export PKG_CONFIG_PATH := $(CURDIR)/.libtorch$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))

# One configuration for everything, so that nothing is compiled twice. Testable imports would compile
# every module a second time in another way; the tests reach internals through `package` instead.
BUILD := --configuration release --explicit-target-dependency-import-check error
ORCHARD := .build/release/orchard
SWIFT_FILES := Sources Tests Snippets Package.swift

.DEFAULT_GOAL := help
.PHONY: help setup build test unit-tests script-tests demo bench format lint layers help-goldens clean distclean

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Find or download libtorch into .libtorch/ (half a minute once, then under a second).
	@scripts/bootstrap

build: setup ## Build the command and the library, optimised (a few minutes the first time).
	swift build $(BUILD)
	@echo "The command is $(ORCHARD)"

test: lint layers unit-tests script-tests ## Check format and layers, build everything, run all tests (about 20 minutes).

# Several tests compute at once: threads that wait by spinning would take the cores from those that work.
unit-tests script-tests: export OMP_WAIT_POLICY = passive

unit-tests: setup ## Build and run the Swift tests only.
	swift build $(BUILD) --build-tests
	OMP_NUM_THREADS=1 swift test $(BUILD) --disable-testable-imports --disable-xctest --skip-build

script-tests: setup ## Run the tests that work from outside: bootstrap, a package that depends on this one, the README.
	@for test in Tests/Scripts/*.sh; do echo "== $$test" && bash "$$test" || exit 1; done

demo: build ## Train a small summariser before your eyes, with scores and a report (at most five minutes).
	scripts/demo

bench: setup ## Measure beside transformers, CTranslate2, llama.cpp … (peers: about 15 minutes once).
	swift build $(BUILD) --product orchard-bench
	Benchmarks/install-peers
	.peers/venv/bin/python Benchmarks/run.py --write Documentation/benchmarks.md

format: ## Format all Swift files in place (seconds).
	swift format format --in-place --parallel --recursive $(SWIFT_FILES)

lint: ## Check the format of all Swift files (seconds).
	swift format lint --strict --parallel --recursive $(SWIFT_FILES)

layers: setup ## Check that no room imports one above it (seconds).
	@scripts/check-layers

help-goldens: build ## Write the help texts that a test compares, after changing a command's options.
	@scripts/write-help-goldens $(ORCHARD)

clean: ## Remove what was built; libtorch and the peers of the benchmarks stay.
	rm -rf .build

distclean: clean ## Remove libtorch and the peers too.
	rm -rf .libtorch .peers
