# `make demo` and `make test` need nothing but make and Python 3.11 to 3.13: they make .venv and install into it.
# `make demo` installs only what it runs.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
# COVERAGE=yes measures which branches `make test` runs.
COVERAGE ?=
COVER := $(if $(COVERAGE),--cov --cov-report=,)
# dandi keeps its logs, cache and version ping out of the home folder and off the network.
export DANDI_NO_ET = 1
export XDG_CACHE_HOME := $(CURDIR)/.venv/cache
export XDG_STATE_HOME := $(CURDIR)/.venv/state

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow torture coverage lint types docs wheel install-matrix benchmarks clean

help:  ## Show what can be made.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-15s %s\n", $$1, $$2}'

PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || { echo "nwbgate needs Python 3.11 to 3.13: make PYTHON=python3.13 ..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/ready-demo: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing nwbgate into .venv (once, a few minutes) ..."
	@$(PIP_INSTALL) --progress-bar on -e '.[plot,qc,rig]'
	@touch $@

.venv/ready: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP_INSTALL) --quiet -e '.[test,dandi]'
	touch $@

.venv/ready-dev: .venv/ready
	$(PIP_INSTALL) --quiet -e '.[test,dandi,dev,docs]'
	touch $@

DEMO_FILES := demo/nwb demo/nwb-visual-behavior demo/nwb-rig
DEMO_WAIVERS := $(patsubst %,--waivers conversions/%/waivers.yaml,dataset_ii visual_behavior visual_behavior_rig)

demo: .venv/ready-demo  ## Make samples of both datasets, convert them, check the files.
	@rm -rf demo; mkdir demo; date +%s > demo/begun
	$(BIN)/nwbgate sample dataset-ii demo/dataset-ii
	$(BIN)/nwbgate convert dataset-ii demo/dataset-ii --output demo/nwb --jobs $(JOBS)
	$(BIN)/nwbgate sample visual-behavior demo/visual-behavior
	$(BIN)/nwbgate convert visual-behavior demo/visual-behavior --output demo/nwb-visual-behavior --jobs $(JOBS)
	$(BIN)/nwbgate sample visual-behavior-rig demo/rig
	$(BIN)/nwbgate convert visual-behavior-rig demo/rig/ophys_multi_plane --output demo/nwb-rig --image-sets demo/rig/image_sets
	$(BIN)/nwbgate check $(DEMO_FILES) $(DEMO_WAIVERS) --jobs $(JOBS) --format text=demo/check.txt --format html=demo/check.html \
	  || { cat demo/check.txt; exit 1; }
	@echo; tail -n 1 demo/check.txt
	@echo "demo/nwb                  6 recordings of Dataset II: voltage, spikes and dF/F of one neuron each"
	@echo "demo/nwb-visual-behavior  4 sessions of a small simulated release of Visual Behavior 2P"
	@echo "demo/nwb-rig              1 session of two imaging planes, from the files of its rig"
	@echo "demo/check.html           the report, with the reasons of the waived findings (demo/check.txt: as text)"
	@echo "Made in $$(($$(date +%s) - $$(cat demo/begun))) s; .venv holds $$(du -sm .venv | cut -f1) MB."; rm demo/begun
	@echo; echo "Next:"
	@echo "  $(BIN)/nwbgate browse $(DEMO_FILES)"
	@echo "  $(BIN)/nwbgate show demo/nwb-visual-behavior"
	@echo "  $(BIN)/nwbgate qc demo/nwb-visual-behavior --output demo/quality"

test: .venv/ready  ## Run the test suite (the slow tests are in `make test-slow`).
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not slow" $(COVER)

test-slow: .venv/ready-dev  ## Run the slow tests.
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m slow

torture: .venv/ready-dev  ## Try 1,000 faults and 10,000 mutants (hours; resumed; COUNT=N faults, SEED=N), write the table.
	cd tests && ../$(BIN)/python -m support.torture --count $(or $(COUNT),1000) --seed $(or $(SEED),0) --results ../torture.jsonl --write

coverage: .venv/ready  ## Report the branch coverage of `make test COVERAGE=yes`; fail below 90 %.
	$(BIN)/python -m coverage report --fail-under=90

lint: .venv/ready-dev  ## Check style and format.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev  ## Check the types.
	$(BIN)/mypy

docs: .venv/ready-dev  ## Build the documentation, warnings and broken links as errors.
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	$(BIN)/python docs/check_links.py docs/_build/html

install-matrix: .venv/ready-dev  ## Try the lowest and highest versions on each Python that is here.
	.ci/install

wheel: .venv/ready-dev  ## Build sdist and wheel, check them, install it outside the checkout, convert one recording with it.
	.ci/wheel

benchmarks: .venv/ready-dev  ## Run the benchmarks (a quarter of an hour, on an idle machine), write the table of their claims.
	$(BIN)/python benchmarks/apparatus/table.py --write

clean:  ## Remove everything that was made.
	rm -rf .venv demo build dist docs/_build .coverage* .mypy_cache .pytest_cache .ruff_cache
