# Everything runs in .venv; `make demo` and `make test` need nothing prepared but Python 3.10 or newer.
PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "modgap needs Python 3.10 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.app: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e .
	@touch $@

.venv/.test: .venv/.app
	$(BIN)/python -m pip install -q -e ".[test]"
	@touch $@

.venv/.lint: .venv/.app
	$(BIN)/python -m pip install -q -e ".[lint]"
	@touch $@

.venv/.chromium: .venv/.test
	sh tests/install_chromium.sh $(BIN)/playwright
	@touch $@

.venv/.train: .venv/.app training/requirements.txt
	$(BIN)/python -m pip install -q -r training/requirements.txt
	@touch $@

demo: .venv/.app  ## start the app on the bundled model and the sample corpus
	$(BIN)/modgap serve

test: .venv/.test .venv/.chromium  ## run all tests, the browser's too
	$(BIN)/python -m pytest

test-hostile: .venv/.test  ## read all of Pillow's own test pictures, which pip fetches once
	$(BIN)/python -m pytest tests/hostile -m hostile

lint: .venv/.lint  ## style, types, and the floors of the house
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.test .venv/.chromium  ## print the tables of benchmarks/ (Flickr8k in ../shared or FLICKR8K=folder)
	for each in benchmarks/*.py; do $(BIN)/python $$each || exit 1; done

findings: .venv/.app  ## answer the questions of docs/FINDINGS.md anew (Flickr8k as for bench)
	$(BIN)/python benchmarks/findings/run.py

screenshots: .venv/.test .venv/.chromium  ## take the pictures of the app in docs/screenshots
	$(BIN)/python docs/screenshots/take.py

train: .venv/.train  ## make the bundled model anew (about half an hour on 2 cores)
	$(BIN)/python -m training.train

.PHONY: help demo test test-hostile lint bench findings screenshots train
