# Bawaba in one-word commands; `make help` lists them.
PORT ?= 8000
WORKERS ?= auto
export PORT

VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --only-binary :all: --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help setup run card work test setup-test check fix translate migrate seed service bench vendor pictures torture

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name words; do printf '  make %-10s %s\n' "$$name" "$$words"; done

setup: $(VENV)/ready ## everything to run: packages, translations, development keys, database
	@$(PYTHON) -m tools.setup

run: $(VENV)/ready ## the portal, its worker and the sandboxes on PORT and the five after it; Ctrl-C stops all
	@$(PYTHON) -m tools.run

card: $(VENV)/ready-card ## a demo citizen's ID card beside `make run`, without plastic: virtual card and reader, and their program
	@$(PYTHON) -m tools.card

work: $(VENV)/ready ## the queue's worker alone
	@$(PYTHON) -m flask work

test: setup-test check ## everything to test with, all checks, all tests; WORKERS=n in parallel
	@$(PYTHON) -m pytest --numprocesses $(WORKERS) $(TESTS)

setup-test: $(VENV)/ready-test $(VENV)/ready-card-test
	@$(PYTHON) -m tools.system tests

check: $(VENV)/ready-test ## style, formatting, types, floors, templates, translations, unused code
	@$(PYTHON) -m tools.check

fix: $(VENV)/ready-test ## what the style checkers can repair themselves
	@$(PYTHON) -m ruff check --fix --quiet .
	@$(PYTHON) -m ruff format --quiet .

translate: $(VENV)/ready ## bring new texts into translations/; FROM=file.po merges finished ones
	@$(PYTHON) -m tools.translations update $(FROM)

migrate: $(VENV)/ready ## bring the database to the code's tables
	@$(PYTHON) -m flask migrate

seed: $(VENV)/ready ## demo people, registers and fees; ROWS=1000000 adds as many applications of three years
	@$(PYTHON) -m flask demo
	@$(if $(ROWS),$(PYTHON) -m tools.seed $(ROWS))

service: $(VENV)/ready ## start a new service: NAME=chamber/renew_membership
	@$(PYTHON) -m tools.service $(NAME)

bench: $(VENV)/ready-test $(VENV)/ready-card ## how fast, one figure a row: name value unit
	@$(PYTHON) -m bench

torture: $(VENV)/ready-test ## kill everything at random during payments, then count the money
	@$(PYTHON) -m bench.torture

pictures: setup-test ## every page in both languages, both widths, light and dark
	@$(PYTHON) -m tests.pictures

vendor: ## build static/ from its npm packages (needs node)
	@npm ci --silent && npm run --silent vendor

$(PYTHON):
	@python3 -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Bawaba needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@python3 -m venv $(VENV)

$(VENV)/ready: requirements.txt constraints.txt $(PYTHON)
	@echo "Fetching the Python packages… · جارٍ جلب حزم بايثون…"
	@$(INSTALL) --requirement requirements.txt
	@touch $@

# pyscard comes as source alone: the system packages it is built with come first
$(VENV)/ready-card: $(VENV)/ready card_reader/requirements.txt
	@$(PYTHON) -m tools.system card
	@$(INSTALL) --no-binary pyscard --requirement card_reader/requirements.txt
	@touch $@

$(VENV)/ready-card-test: $(VENV)/ready-card tests/card_reader/requirements.txt
	@$(INSTALL) --requirement tests/card_reader/requirements.txt
	@touch $@

$(VENV)/ready-test: $(VENV)/ready requirements-dev.txt
	@echo "Fetching what the tests need… · جارٍ جلب ما تحتاجه الاختبارات…"
	@$(INSTALL) --requirement requirements-dev.txt
	@touch $@
