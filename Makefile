# Everything runs in .venv; `make demo` and `make test` only need Python 3.10 or newer.
PYTHON ?= python3
BIN := .venv/bin
BENCHMARKS := $(subst /,.,$(basename $(wildcard benchmarks/quality/[a-z]*.py benchmarks/speed/[a-z]*.py)))
.DEFAULT_GOAL := help

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
	  || { echo "modgap needs Python 3.10 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/.app: .venv/bin/python pyproject.toml
	$(BIN)/python -m pip install -q -e ".[app]"
	@touch $@

.venv/.test: .venv/.app
	$(BIN)/python -m pip install -q -e ".[test]"
	@touch $@

.venv/.lint: .venv/.app
	$(BIN)/python -m pip install -q -e ".[lint]"
	@touch $@

.venv/.docs: .venv/.app
	$(BIN)/python -m pip install -q -e ".[docs]"
	@touch $@

.venv/.all: .venv/bin/python pyproject.toml  # all that CI needs, in one go: each install resolves everything again
	$(BIN)/python -m pip install -q -e ".[lint,docs,test]"
	@touch .venv/.app .venv/.lint .venv/.docs .venv/.test $@

.venv/.chromium: .venv/.test
	sh tests/install_chromium.sh $(BIN)/playwright
	@touch $@

.venv/.train: .venv/.app training/requirements.txt
	$(BIN)/python -m pip install -q -r training/requirements.txt
	@touch $@

demo: .venv/.app  ## start the app on the bundled model and the sample corpus
	$(BIN)/modgap serve

test: .venv/.test .venv/.chromium  ## run all tests, including those in a browser
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-hostile: .venv/.test  ## read all of Pillow's own test pictures, which pip downloads once
	$(BIN)/python -m pytest tests/hostile -m hostile

lint: .venv/.lint  ## style, types, and the layers of the package
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: .venv/.docs  ## build the documentation into assets/docs; a broken link or reference fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

bench: .venv/.test .venv/.chromium  ## print the tables of benchmarks/ (Flickr8k in ../shared or FLICKR8K=folder)
	for each in $(BENCHMARKS); do $(BIN)/python -m $$each || exit 1; done

findings: .venv/.app  ## print the tables of docs/FINDINGS.md again (Flickr8k as for bench)
	$(BIN)/python -m findings.run

screenshots: .venv/.test .venv/.chromium  ## take the screenshots of the app in docs/screenshots
	$(BIN)/python docs/screenshots/take.py

train: .venv/.train  ## train the bundled model again (about an hour on 2 cores)
	$(BIN)/python -m training.train

.PHONY: help demo test test-hostile lint docs bench findings screenshots train
