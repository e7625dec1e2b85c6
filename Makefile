# `make demo` and `make test` need nothing but make and Python 3.11 or newer: they make .venv and install into it.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
# COVERAGE=yes measures which branches the tests run.
COVERAGE ?=
COVER := $(if $(COVERAGE),--cov --cov-report=,)
# dandi keeps its logs, cache and version ping out of the home folder and off the network.
export DANDI_NO_ET = 1
export XDG_CACHE_HOME := $(CURDIR)/.venv/cache
export XDG_STATE_HOME := $(CURDIR)/.venv/state

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow coverage lint types docs wheel benchmarks clean

help:  ## Show what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-12s %s\n", $$1, $$2}'

.venv/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "nwbgate needs Python 3.11 or newer: make PYTHON=python3.11 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,dandi]'
	touch $@

.venv/ready-dev: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test,dandi,dev,docs]'
	touch $@

demo: .venv/ready  ## Make samples of both datasets, convert them, check the files.
	rm -rf demo
	$(BIN)/nwbgate sample dataset-ii demo/dataset-ii
	$(BIN)/nwbgate convert dataset-ii demo/dataset-ii --output demo/nwb --jobs $(JOBS)
	$(BIN)/nwbgate sample visual-behavior demo/visual-behavior
	$(BIN)/nwbgate convert visual-behavior demo/visual-behavior --output demo/nwb-visual-behavior --jobs $(JOBS)
	$(BIN)/nwbgate sample visual-behavior-rig demo/rig
	$(BIN)/nwbgate convert visual-behavior-rig demo/rig/ophys_multi_plane --output demo/nwb-rig --image-sets demo/rig/image_sets
	$(BIN)/nwbgate check demo/nwb demo/nwb-visual-behavior demo/nwb-rig --jobs $(JOBS)
	@echo; echo "Look at what was written: $(BIN)/nwbgate browse demo/nwb demo/nwb-visual-behavior demo/nwb-rig"

test: .venv/ready  ## Run the test suite (the slow tests are in `make test-slow`).
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow" $(COVER)

test-slow: .venv/ready-dev  ## Run the slow tests.
	$(BIN)/python -m pytest -n $(JOBS) -m slow $(COVER) $(if $(COVERAGE),--cov-append,)

coverage: .venv/ready  ## Report the branch coverage of the test runs; fail below 90 %.
	$(BIN)/python -m coverage report --fail-under=90

lint: .venv/ready-dev  ## Check style and format.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev  ## Check the types.
	$(BIN)/mypy

docs: .venv/ready-dev  ## Build the documentation, warnings as errors.
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html

wheel: .venv/ready-dev  ## Build the wheel, install it outside the checkout, convert one recording with it.
	.ci/wheel

benchmarks: .venv/ready-dev  ## Run every benchmark (minutes).
	for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

clean:  ## Remove everything that was made.
	rm -rf .venv demo build dist docs/_build .coverage* .mypy_cache .pytest_cache .ruff_cache
