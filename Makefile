# Needs python3 (3.11 or later) and make. Everything else comes from the lock files.
.POSIX:
.PHONY: run setup check test test-long lint lock catalogue docs

PYTHON = .venv/bin/python
PYTEST = -n 2 --dist worksteal

run: setup
	@TRAPPAN_MODE="$${TRAPPAN_MODE:-demo}" $(PYTHON) tools/run.py

setup:
	@sh tools/venv.sh requirements.lock
	@TRAPPAN_MODE="$${TRAPPAN_MODE:-demo}" sh tools/database.sh

# Half a minute: format, lint, types, templates, and the tests that need no database.
check: lint
	$(PYTHON) -m pytest --quiet tests/unit

test:
	@sh tools/venv.sh requirements-dev.lock
	@sh tools/browser.sh
	@$(MAKE) --no-print-directory lint
	$(PYTHON) -m pytest $(PYTEST)

test-long:
	@sh tools/venv.sh requirements-dev.lock
	$(PYTHON) -m pytest -m long

lint:
	@sh tools/venv.sh requirements-dev.lock
	$(PYTHON) -m ruff check --quiet
	$(PYTHON) -m ruff format --check --quiet
	$(PYTHON) -m mypy --no-error-summary
	$(PYTHON) -m djlint --lint --quiet templates

# After a Swedish string has changed: the catalogue gets what is new, loses what is gone, and what lacks its English is
# listed. The English is written into escalation/translations/en/LC_MESSAGES/messages.po by hand.
catalogue:
	@sh tools/venv.sh requirements.lock
	$(PYTHON) -m tools.catalogue

# After a row, a guard or the ladder has changed: docs/ladder.md and docs/ladder.svg are written anew.
docs:
	@sh tools/venv.sh requirements.lock
	$(PYTHON) -m tools.ladder_doc
	$(PYTHON) -m tools.ladder_svg

# The newest versions within the ranges of pyproject.toml.
LOCK = $(PYTHON) -m uv pip compile --quiet --upgrade --universal --generate-hashes --python-version 3.11 \
	--no-header --no-annotate --no-emit-index-url pyproject.toml
lock:
	@sh tools/venv.sh requirements-dev.lock
	UV_SYSTEM_CERTS=1 $(LOCK) --output-file requirements.lock
	UV_SYSTEM_CERTS=1 $(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock
