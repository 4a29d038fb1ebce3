# custody: every task a newcomer, a release or CI needs. `make help` reads the comments behind the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
DEMO_DIR ?= demo-out
BENCH_DIR ?= $(or $(TMPDIR),/tmp)/custody-bench
RELEASE := .build/release
CORPUS ?= ../shared/corpus

.PHONY: help bootstrap build demo test lint format bench bench-cel bench-detect fuzz fuzz-cel fuzz-detect fuzz-snapshots fuzz-records install clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

bootstrap: ## Install the Debian packages the project needs (idempotent; says what is missing otherwise)
	@scripts/bootstrap

build: bootstrap ## Build the optimized program into .build/release
	$(SWIFT) build -c release --product custody
	$(SWIFT) build -c release --product custody-vision

demo: bootstrap ## Build, audit the example snapshot, sign with a fresh key, verify, print the answer
	$(SWIFT) build -c release --product custody
	$(SWIFT) build -c release --product custody-vision
	$(SWIFT) build -c release --product incident-replay
	@scripts/demo "$(DEMO_DIR)" $(RELEASE)

test: bootstrap lint ## Check the format and run all tests
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

lint: ## Check the format of all Swift sources
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests examples Fuzz Benchmarks

format: ## Format all Swift sources in place
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests examples Fuzz Benchmarks

bench: build ## Measure speed and memory against the floors of docs/performance.md (writes to BENCH_DIR)
	scripts/bench "$(BENCH_DIR)" $(RELEASE)/custody

fuzz: bootstrap ## Fuzz every parser and detector, a minute and 10,000 inputs each (about an hour on two cores, and the builds)
	@export FUZZ_INPUTS=10000; status=0; for target in cel records snapshots detect; do scripts/fuzz-$$target 60 || status=1; done; exit $$status

fuzz-detect: bootstrap ## Fuzz every detector, ten seconds each
	scripts/fuzz-detect 10

fuzz-snapshots: bootstrap ## Fuzz the reading of snapshots, ten seconds for each group of forms
	scripts/fuzz-snapshots 10

fuzz-records: bootstrap ## Fuzz the readers of the project's own files and messages, ten seconds each
	scripts/fuzz-records 10

fuzz-cel: bootstrap ## Fuzz the expression language for two minutes (libFuzzer, AddressSanitizer)
	scripts/fuzz-cel 120

bench-cel: bootstrap ## Measure expressions against cel-python (installs it under BENCH_DIR)
	scripts/bench-cel "$(BENCH_DIR)/cel"

bench-detect: build ## Measure recall, false positives and cost of the image worker on CORPUS; hold them against Benchmarks/detect.json
	scripts/bench-detect "$(BENCH_DIR)/detect" $(RELEASE)/custody "$(CORPUS)"

install: build ## Install the program, packs and scripts under PREFIX (default /usr/local)
	install -D -m 0755 $(RELEASE)/custody "$(DESTDIR)$(PREFIX)/bin/custody"
	install -D -m 0755 $(RELEASE)/custody-vision "$(DESTDIR)$(PREFIX)/bin/custody-vision"
	install -D -m 0755 scripts/nightly "$(DESTDIR)$(PREFIX)/bin/custody-nightly"
	install -d "$(DESTDIR)$(PREFIX)/share/custody/policies"
	install -m 0644 policies/*.yaml "$(DESTDIR)$(PREFIX)/share/custody/policies/"
	for part in tables tests; do \
	  install -d "$(DESTDIR)$(PREFIX)/share/custody/policies/$$part" && \
	  install -m 0644 policies/$$part/*.yaml "$(DESTDIR)$(PREFIX)/share/custody/policies/$$part/" || exit 2; done
	install -d "$(DESTDIR)$(PREFIX)/share/custody/schemas"
	install -m 0644 docs/schemas/*.json "$(DESTDIR)$(PREFIX)/share/custody/schemas/"
	install -D -m 0644 examples/contractor-ci/custody.mk "$(DESTDIR)$(PREFIX)/share/custody/custody.mk"
	for unit in scripts/custody-nightly.cron scripts/systemd/custody-nightly.service scripts/systemd/custody-nightly.timer; do \
	  sed 's#/usr/local/bin#$(PREFIX)/bin#g' $$unit > "$(DESTDIR)$(PREFIX)/share/custody/$${unit##*/}" || exit 2; done

clean: ## Remove what building and the demo made
	rm -rf .build "$(DEMO_DIR)"
