# The two commands are `make run` and `make test`. Both do all their own set-up: Python 3.11 or newer and make are enough.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

export PORT ?= 8000
export MASTHEAD_VAR ?= var

VENV := .venv
PY := $(VENV)/bin/python
MANAGE := $(PY) manage.py
ARGS ?=
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps
SCHEMA := docs/openapi.yaml

# The first Python that is new enough. PYTHON=/path/to/python overrides it.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

# What `check --deploy` is told. Nothing of it is used anywhere, so the secrets are made anew each time.
SECRET = $$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')
FIELD_KEY = $$($(PY) -c 'import base64, secrets; print(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())')
PRODUCTION = MASTHEAD_ENV=production SECRET_KEY="$(SECRET)" FIELD_KEYS="$(FIELD_KEY)" \
	LEDGER_KEYS="$(FIELD_KEY)" LICENSE_KEYS="$(FIELD_KEY)" \
	BASE_URL=https://desk.example.com ALLOWED_HOSTS=desk.example.com \
	DATABASE_URL=postgres://masthead@127.0.0.1/masthead REDIS_URL=redis://127.0.0.1:6379/0 \
	EMAIL_URL=smtp+tls://mail.example.com:587 DEFAULT_FROM_EMAIL=desk@example.com \
	SECURITY_CONTACT=mailto:security@example.com

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo
	@echo "  PORT (8000) and MASTHEAD_VAR (data folder, var/) are honored; ARGS is passed on where it makes sense."

# --- run -----------------------------------------------------------------------------------------------------------

.PHONY: run
run: $(VENV)/.run ## Serve the whole desk here: SQLite, no services, demo newsroom on first use
	@exec $(PY) deploy/run.py

.PHONY: reset
reset: ## Drop the data folder, after asking (FORCE=1 does not ask)
	@test -n "$(PYTHON)" || { echo "Masthead needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) deploy/reset.py

.PHONY: setup
setup: $(VENV)/.run ## Without the demo: make the tables, ask for publication, domains and first administrator
	@$(MANAGE) migrate --no-input --verbosity 0
	@$(MANAGE) setup $(ARGS)

.PHONY: backup
backup: $(VENV)/.run ## Write a backup: make backup [FILE=path]
	@$(MANAGE) backup $(FILE) $(ARGS)

.PHONY: restore
restore: $(VENV)/.run ## Put a backup back: make restore FILE=path
	@test -n "$(FILE)" || { echo "Which one? make restore FILE=path"; exit 1; }
	@$(MANAGE) restore "$(FILE)" $(ARGS)

# --- check ---------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.dev ## Run all tests: SQLite, then PostgreSQL; ARGS="-k word" for some
	@$(PY) -m tests $(ARGS)

.PHONY: check
check: lint types migrations deployment schema-check messages-check test ## Exactly what CI runs

.PHONY: lint
lint: $(VENV)/.dev ## Format and style, changing nothing
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .

.PHONY: format
format: $(VENV)/.dev ## Put the code into shape
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

.PHONY: types
types: $(VENV)/.dev ## Check the types
	@$(PY) -m mypy

.PHONY: migrations
migrations: $(VENV)/.dev ## Is a migration missing, and may the previous release go on under each?
	@MASTHEAD_VAR="$$(mktemp -d)" $(MANAGE) makemigrations --check --dry-run
	@MASTHEAD_VAR="$$(mktemp -d)" $(MANAGE) lint_migrations

.PHONY: deployment
deployment: $(VENV)/.dev ## Django's deployment checks, with the settings of production
	@MASTHEAD_VAR="$$(mktemp -d)" $(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

.PHONY: schema
schema: $(VENV)/.dev ## Write the OpenAPI description again
	@mkdir -p $(dir $(SCHEMA))
	@$(MANAGE) spectacular --validate --fail-on-warn --file $(SCHEMA)

.PHONY: schema-check
schema-check: $(VENV)/.dev ## Does the OpenAPI description say what the code does?
	@fresh="$$(mktemp)"; trap 'rm -f "$$fresh"' EXIT; \
	$(MANAGE) spectacular --validate --fail-on-warn --file "$$fresh"; \
	diff -u $(SCHEMA) "$$fresh" || { echo "The API changed. Look at the lines above, then: make schema"; exit 1; }

.PHONY: messages
messages: $(VENV)/.dev ## Compile the translations
	@find newsroom corrections reprints -name '*.po' -execdir msgfmt --check --output-file=django.mo {} \;

.PHONY: messages-check
messages-check: ## Are the translations sound, and compiled?
	@files="$$(find newsroom corrections reprints -name '*.po')"; \
	if [ -z "$$files" ]; then exit 0; fi; \
	if ! command -v msgfmt >/dev/null; then \
		echo "not run here: translations (no msgfmt; it comes with gettext)"; test -z "$${MASTHEAD_CI:-}"; exit; fi; \
	for po in $$files; do \
		msgfmt --check --output-file=- "$$po" | cmp --silent - "$${po%.po}.mo" \
			|| { echo "$$po is not sound, or its .mo is old: make messages"; exit 1; }; done

.PHONY: coverage
coverage: $(VENV)/.dev ## What the tests reach, line by line, in htmlcov/
	@$(PY) -m coverage erase
	@$(PY) -m tests --cov --cov-append --cov-report= $(ARGS)
	@$(PY) -m coverage html --quiet
	@$(PY) -m coverage report
	@$(PY) -m tests.reached

.PHONY: chaos
chaos: $(VENV)/.dev ## Kill, freeze, cut off and fill up parts of a running desk, then every selection whole: hours (CHAOS_FAULTS, CHAOS_EVENTS)
	@$(PY) -m tests.faults.chaos $(ARGS)
	@MASTHEAD_CHAOS=1 $(PY) -m tests $(MACHINES) $(RACES) $(FUZZ) $(WHOLE)

MACHINES := tests/machines
RACES := tests/races tests/corrections/test_races.py tests/reprints/api/test_races.py
FUZZ := tests/doors/test_hostile.py tests/doors/test_requests.py tests/doors/test_schema_fuzz.py

# What is a selection on each run, and nothing of the three above.
WHOLE := tests/doors/test_admin_matrix.py tests/doors/test_buttons.py tests/doors/test_hostile_desk.py tests/newsroom/demo \
	tests/corrections/ledger tests/corrections/test_similar.py tests/reprints/web/test_hostile.py

.PHONY: machines
machines: $(VENV)/.dev ## Random moves against models written by hand, 2,000 times 50 (MACHINE_RUNS)
	@MASTHEAD_CHAOS=1 $(PY) -m tests $(MACHINES) $(ARGS)

.PHONY: races
races: $(VENV)/.dev ## Every two moves at once, 50 times each (RACE_ROUNDS)
	@MASTHEAD_CHAOS=1 $(PY) -m tests $(RACES) $(ARGS)

.PHONY: fuzz
fuzz: $(VENV)/.dev ## 5,000 hostile strings, and 500 generated calls an operation of the API
	@MASTHEAD_CHAOS=1 $(PY) -m tests $(FUZZ) $(ARGS)

# Each run goes on past it: midnight in UTC at a month's end, midnight in New York at a year's end, the night in which its
# clocks are changed, a leap day.
HOURS ?= 2026-11-30T23:57Z 2027-01-01T04:57Z 2027-03-14T06:57Z 2028-02-29T18:00Z
ONE_PROCESS := not postgres and not redis and not browser and not journey and not fault and not slow

.PHONY: hours
hours: $(VENV)/.dev ## The suite at awkward hours: midnights, a clock change, a leap day (needs faketime; HOURS)
	@command -v faketime >/dev/null || { echo "make hours needs faketime on the PATH; nothing else does."; exit 1; }
	@for hour in $(HOURS); do \
		echo "$$hour"; \
		MASTHEAD_VAR="$$(mktemp -d)" FAKETIME_DONT_FAKE_MONOTONIC=1 faketime "$$hour" \
			$(PY) -m pytest -n 2 --dist loadgroup -m "$(ONE_PROCESS)" --ignore tests/test_services.py $(ARGS); done

.PHONY: mutants
mutants: $(VENV)/.dev ## Break the core one small change at a time: does a test notice? ARGS="pricing keys" for some
	@$(PY) -m tests.mutation $(ARGS)

.PHONY: drill
drill: $(VENV)/.dev ## Back up, lose everything, restore, compare (DRILL_REPORTS)
	@$(PY) -m tests.faults.drill $(ARGS)

# --- write ---------------------------------------------------------------------------------------------------------

.PHONY: docs
docs: $(VENV)/.dev schema ## Write the generated pages again: workflows, events, OpenAPI
	@$(MANAGE) describe

.PHONY: screenshots
screenshots: $(VENV)/.dev ## Take the pictures of the README again (needs Chromium)
	@$(PY) -m tests.screenshots $(ARGS)

.PHONY: lock
lock: ## Pin what the .in files name, with hashes, for Python 3.11 and newer (needs uv; ARGS=--upgrade)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH; nothing else does."; exit 1; }
	@cd requirements && for name in run dev; do \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(ARGS) \
			$$name.in --output-file $$name.txt; done

.PHONY: sbom
sbom: $(VENV)/.dev ## List every component that the service runs with, locked version and hashes (CycloneDX), in var/sbom.json
	@mkdir -p "$(MASTHEAD_VAR)"
	@$(VENV)/bin/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible \
		--of JSON -o "$(MASTHEAD_VAR)/sbom.json"
	@echo "$(MASTHEAD_VAR)/sbom.json"

# Not part of `make check`: it asks an advisory service.
.PHONY: audit
audit: $(VENV)/.dev ## Has a locked component a known hole? Fails too when one was not looked up (needs the network)
	@$(PY) deploy/audit.py $(VENV)/bin/pip-audit requirements/dev.txt $(ARGS)

# --- the virtual environment ---------------------------------------------------------------------------------------

$(VENV)/.run: requirements/run.txt | venv
	@echo "Installing what the service needs (once)."
	@$(PIP_INSTALL) -r requirements/run.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt requirements/run.txt | venv
	@echo "Installing what the checks need (once)."
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $(VENV)/.run $@

.PHONY: venv
venv:
	@if ! $(PY) -c 'import pip' >/dev/null 2>&1; then \
		test -n "$(PYTHON)" || { echo "Masthead needs Python 3.11 or newer. Install it, or say where it is: make PYTHON=/path/to/python3"; exit 1; }; \
		"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
			echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }; \
		"$(PYTHON)" -m venv --clear $(VENV); fi
