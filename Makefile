# Plain `make` lists what there is. ARGS are handed on: make test ARGS="tests/unit -k suppression"

python := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test security lint format types i18n assets bench screens lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s  %s\n", $$1, $$2 }' Makefile

run: ## Install what is missing, then serve a demonstration at http://127.0.0.1:8000
	@.ci/prepare run
	@DEMO=1 exec $(python) -m flask --app wsgi serve

test: ## Run every test, on SpatiaLite and PostGIS, with Chromium
	@.ci/prepare test
	@$(python) -m pytest -n 2 --dist loadgroup $(ARGS)

security: ## Prove the promises of confidentiality in full, and print each figure
	@.ci/prepare test
	@SECURITY=full $(python) -m pytest -q --timeout 3600 tests/security $(ARGS)

lint: ## Check style, templates and who imports whom
	@.ci/prepare tools
	@$(python) -m ruff check --quiet --output-format concise app migrations tests wsgi.py .ci
	@$(python) -m ruff format --quiet --check app migrations tests wsgi.py .ci
	@$(python) -m djlint --quiet --lint templates
	@$(python) -c 'from importlinter.cli import lint_imports_command as check; check()' --no-logo

format: ## Set the code in order
	@.ci/prepare tools
	@$(python) -m ruff check --quiet --fix-only app migrations tests wsgi.py .ci
	@$(python) -m ruff format --quiet app migrations tests wsgi.py .ci

types: ## Check types
	@.ci/prepare tools
	@$(python) -m mypy $(ARGS)

i18n: ## Bring the catalogues up to date and name what nobody has translated
	@.ci/prepare tools
	@PYTHONPATH=. $(python) .ci/i18n.py $(ARGS)

assets: ## Build style sheets, scripts and images
	@.ci/prepare run
	@$(python) -m flask --app wsgi assets build

bench: ## Compare the hot paths with a bare Flask app: make bench ARGS="--only map --rounds 5"
	@.ci/prepare test
	@$(python) -m tests.bench $(ARGS)

screens: ## Photograph the pages, in every language, narrow and wide
	@.ci/prepare test
	@PYTHONPATH=. $(python) .ci/screens.py $(ARGS)

lock: ## Take the newest versions of all dependencies into the lock files
	@.ci/prepare tools
	@.ci/lock

clean: ## Remove everything made here, except the data in instance/
	@rm -rf .venv node_modules static/build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find translations -name '*.mo' -delete
	@find app migrations tests -name __pycache__ -prune -exec rm -rf {} +
