# Every target sets up what it needs by itself; the second time that takes no time.

.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo dev test check bench pictures clean setup setup-dev

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: setup ## Two shops on this machine, with orders that move (FRESH=1 begins with new data, DOORSTEP_PORT=8001 elsewhere)
	@exec $(BIN)/doorstep demo $(if $(FRESH),--fresh)

dev: setup-dev ## The demo, reloading when a file changes
	@exec $(BIN)/doorstep demo --reload $(if $(FRESH),--fresh)

test: setup-dev ## Every test, browser included (ARGS="-k label" for some)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(ARGS)

# Templates are linted and not formatted: djlint's formatter would put line breaks, and so spaces, where a page has none.
check: setup-dev ## Format, lint, types, import contracts, templates, catalogues
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports
	@$(BIN)/djlint --lint --quiet portal/templates
	@$(BIN)/python -m pytest -q tests/house

bench: setup-dev ## Hot paths beside hand-written floors, as ratios
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: setup-dev ## The README's screenshots, from the browser tests' own run
	@DOORSTEP_PICTURES=e2e/pictures $(BIN)/python -m pytest -q e2e/journeys/test_pictures.py $(ARGS)

clean: ## Remove what was installed and made; the demo's data stays (FRESH=1 make demo renews it)
	@rm -rf .venv .locks/node_modules portal/static/vendor build dist .cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find portal graphql_api workers tests e2e -name __pycache__ -type d -prune -exec rm -rf {} +

setup:
	@$(PYTHON) portal/bootstrap.py

setup-dev:
	@$(PYTHON) portal/bootstrap.py --dev
