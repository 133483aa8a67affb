# leadrouter: what a person (and CI) can run. `make` alone lists it.
PYTHON ?= python3
PORT ?= 8000
PY := .venv/bin/python
export PYTHONDONTWRITEBYTECODE ?=

.DEFAULT_GOAL := help
.PHONY: help run test lint format types contracts migrations check bench screenshots clean

help: ## List what can be run
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## Install, load the demo on first use, route sample leads, serve on 127.0.0.1:8000 (PORT=…)
	@$(PYTHON) leadrouter/bootstrap.py --port $(PORT)
	@SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)} $(PY) manage.py migrate --verbosity 0
	@SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)} $(PY) manage.py collectstatic --noinput --verbosity 0
	@SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)} $(PY) manage.py demo --if-empty
	@SITE_URL=$${SITE_URL:-http://127.0.0.1:$(PORT)} exec $(PY) manage.py serve --port $(PORT) --then "demo --live-leads 12"

test: .venv/dev ## Run the whole suite on SQLite, and on PostgreSQL when TEST_DATABASE_URL is set
	@$(PY) tests/run_suites.py $(ARGS)

lint: .venv/dev ## Check style, templates and that no migration is missing
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m djhtml --check --tabwidth 2 templates
	@SECRET_KEY=lint-only-$$(printf 'x%.0s' $$(seq 50)) $(PY) manage.py makemigrations --check --dry-run --verbosity 0

format: .venv/dev ## Bring the code to the common style
	@$(PY) -m ruff check --fix --quiet . || true
	@$(PY) -m ruff format .
	@$(PY) -m djhtml --tabwidth 2 templates

types: .venv/dev ## Check the types of the four packages
	@SECRET_KEY=types-only-$$(printf 'x%.0s' $$(seq 50)) $(PY) -m mypy

contracts: .venv/dev ## Check which part may import which
	@.venv/bin/lint-imports

check: lint types contracts test ## Everything CI checks

bench: ## Measure against named peers in the same run (NAMES=…, QUICK=1)
	@$(PYTHON) leadrouter/bootstrap.py --requirements bench/requirements.txt
	@$(PY) -m bench $(if $(QUICK),--quick) $(NAMES)

screenshots: .venv/dev ## Take the documentation's pictures anew (needs Chromium)
	@$(PY) docs/screenshots.py

clean: ## Remove the virtual environment and everything local (also the embedded database)
	rm -rf .venv var .env .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.venv/dev: requirements.txt tests/requirements.txt leadrouter/bootstrap.py
	@$(PYTHON) leadrouter/bootstrap.py --requirements tests/requirements.txt
	@touch .venv/dev
