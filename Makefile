# mage_jlab: `make demo` runs the main job in the terminal, `make lab` opens it in JupyterLab,
# `make test` runs every check. Each target sets up what it needs; the second call is quick.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
SECONDS ?= 60
CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome))
BIN := $(CURDIR)/.venv/bin
MAGE := $(BIN)/python -m mage_jlab
ALLOW_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
DEMO := $(CURDIR)/.demo
DEMO_ENV := MAGE_JLAB_STATE_DIR="$(DEMO)/state"

export PATH := $(BIN):$(PATH)
export UV_COMPILE_BYTECODE := 1
export UV_SYSTEM_CERTS := 1
export VIRTUAL_ENV := $(CURDIR)/.venv
export CHROMIUM
unexport PYTHONDONTWRITEBYTECODE PYTHONPATH PYTHONHOME

LAB_SOURCES := $(shell find labextension -type f) package.json package-lock.json tsconfig.json install.json

.PHONY: help demo lab test test-fast soak bench fidelity lint lint-python lint-browser contract install clean \
	test-unit test-server test-frontend test-browser chromium servers debian-packages

help: ## Say what there is
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | while IFS=$$'\t' read -r name what; do \
		printf 'make %-10s %s\n' "$$name" "$$what"; done

# --- what the targets need -------------------------------------------------------------------

.stamps/python: constraints.txt
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "mage_jlab needs Python 3.11 or newer, and there is no $(PYTHON). PYTHON=… names another."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "mage_jlab needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" --version). PYTHON=… names another."; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: install its venv (Debian: apt-get install python3-venv)."; exit 1; }
	[ -x "$(BIN)/python" ] || "$(PYTHON)" -m venv .venv
	[ -x "$(BIN)/uv" ] || "$(BIN)/python" -m pip install --quiet --disable-pip-version-check uv || echo "uv cannot be had; pip does it."
	if [ -x "$(BIN)/uv" ]; then \
		"$(BIN)/uv" pip install --quiet --python "$(BIN)/python" --no-deps -r constraints.txt; \
	else \
		"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-deps -r constraints.txt; \
	fi
	"$(BIN)/python" -c 'import sysconfig, pathlib; pathlib.Path(sysconfig.get_path("purelib"), "mage_jlab_source.pth").write_text("$(CURDIR)\n")'
	@mkdir -p .stamps && touch $@

.stamps/npm: package-lock.json
	@command -v node >/dev/null && command -v npm >/dev/null || { \
		echo "This target needs Node.js 20 or newer with npm, and there is none."; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' || { \
		echo "This target needs Node.js 20 or newer; node is $$(node --version)."; exit 1; }
	npm ci --no-progress --loglevel=error
	@mkdir -p .stamps && touch $@

.stamps/build: .stamps/python .stamps/npm $(LAB_SOURCES)
	npm run --silent build:prod
	@mkdir -p .stamps && touch $@

.stamps/install: .stamps/build pyproject.toml mage_jlab/etc/mage_jlab.json
	if [ -x "$(BIN)/uv" ]; then \
		"$(BIN)/uv" pip install --quiet --python "$(BIN)/python" --no-build-isolation --no-deps -e .; \
	else \
		"$(BIN)/python" -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .; \
	fi
	@mkdir -p .stamps && touch $@

chromium:
	@[ -n "$(CHROMIUM)" ] && [ -x "$(CHROMIUM)" ] || $(MAKE) --no-print-directory debian-packages \
		WHAT="The browser tests need Chromium (CHROMIUM=… names another place)" PACKAGES="chromium fonts-dejavu-core"

servers:
	@command -v Rscript >/dev/null && PATH="$$PATH:/usr/sbin" command -v mariadbd >/dev/null && ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || \
		$(MAKE) --no-print-directory debian-packages \
		WHAT="The tests start R, PostgreSQL and MariaDB" PACKAGES="r-base-core postgresql mariadb-server"

debian-packages:
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null; \
	else \
		echo "$(WHAT): install the packages $(PACKAGES)."; exit 1; \
	fi

install: .stamps/install ## Set up the package and the built extension in .venv

# --- the main job ----------------------------------------------------------------------------

demo: .stamps/python ## Turn two notebooks into pipelines and run them, in the terminal
	@[ ! -d "$(DEMO)/state" ] || $(DEMO_ENV) $(MAGE) engine stop >/dev/null
	@rm -rf "$(DEMO)" && mkdir -p "$(DEMO)"
	@echo '$$ jupyter mage init flights --demo'
	@cd "$(DEMO)" && $(DEMO_ENV) $(MAGE) init flights --demo
	@echo && echo '$$ jupyter mage export notebooks/flight_delays.ipynb'
	@cd "$(DEMO)/flights" && $(DEMO_ENV) $(MAGE) export notebooks/flight_delays.ipynb
	@echo && echo '$$ jupyter mage run flight_delays'
	@cd "$(DEMO)/flights" && $(DEMO_ENV) $(MAGE) run flight_delays
	@echo && echo '$$ jupyter mage export notebooks/airport_months.ipynb'
	@cd "$(DEMO)/flights" && $(DEMO_ENV) $(MAGE) export notebooks/airport_months.ipynb
	@echo && if command -v Rscript >/dev/null; then \
		echo '$$ jupyter mage run airport_months' && cd "$(DEMO)/flights" && $(DEMO_ENV) $(MAGE) run airport_months; \
	else \
		echo 'R is not installed (Debian: apt-get install r-base-core), so this run leaves out the block that fits the trend in R.'; \
		echo '$$ jupyter mage run airport_months --upto year_chart' && cd "$(DEMO)/flights" && $(DEMO_ENV) $(MAGE) run airport_months --upto year_chart; \
	fi
	@$(DEMO_ENV) $(MAGE) engine stop >/dev/null

$(DEMO)/flights/metadata.yaml: | .stamps/python
	@mkdir -p "$(DEMO)" && $(DEMO_ENV) $(MAGE) init "$(DEMO)/flights" --demo

lab: .stamps/install $(DEMO)/flights/metadata.yaml ## Open the demo in JupyterLab
	cd "$(DEMO)/flights" && $(DEMO_ENV) "$(BIN)/jupyter" lab $(ALLOW_ROOT) --LabApp.default_url=/lab/tree/notebooks/flight_delays.ipynb

# --- checks ----------------------------------------------------------------------------------

test: test-fast test-browser ## Every check and test, in real Chromium too

test-fast: lint test-unit test-server test-frontend ## Every check and test but the browser's

lint: lint-python lint-browser ## Format, style and types, of both languages

lint-python: .stamps/python
	"$(BIN)/ruff" check
	"$(BIN)/ruff" format --check
	"$(BIN)/mypy"

lint-browser: .stamps/npm
	npm run --silent typecheck
	npm run --silent eslint
	npm run --silent prettier
	npm run --silent stylelint

test-unit: .stamps/install servers
	"$(BIN)/pytest" tests/unit tests/guard tests/integration tests/fidelity

test-server: .stamps/install
	"$(BIN)/pytest" -p pytest_jupyter.jupyter_server tests/server

test-frontend: .stamps/npm
	npm run --silent test

test-browser: .stamps/install chromium
	"$(BIN)/pytest" tests/browser

fidelity: .stamps/python ## Hold public notebooks against their pipelines, and write docs/fidelity.md
	"$(BIN)/python" -m tests.fidelity report

soak: .stamps/python servers ## Run pipelines on both databases and kill what can be killed, for SECONDS each
	for database in sqlite postgresql; do "$(BIN)/python" -m tests.soak.soak $(SECONDS) --database $$database; done

bench: .stamps/install ## Measure, each figure as a ratio to a reference of the same run
	for measure in tests/bench/bench_*.py; do "$(BIN)/python" "$$measure"; done

contract: .stamps/python .stamps/npm ## Write the files that the code generates
	"$(BIN)/python" -m mage_jlab.api.contract | npx json2ts --unreachableDefinitions --no-additionalProperties > labextension/src/contract.ts
	"$(BIN)/python" -m mage_jlab.api.openapi > .stamps/openapi.yaml
	mv .stamps/openapi.yaml mage_jlab/api/openapi.yaml

clean: ## Remove what the other targets have made
	[ ! -d "$(DEMO)/state" ] || [ ! -x "$(BIN)/python" ] || $(DEMO_ENV) $(MAGE) engine stop >/dev/null
	rm -rf .stamps .demo .venv node_modules lib mage_jlab/labextension dist
