# Everything runs from the virtual environment in .venv; `make setup` makes it.
PYTHON ?= python3
BIN := .venv/bin
SUITE ?= demo
RUN ?= runs/$(SUITE)
NSCBENCH := $(BIN)/nscbench

.DEFAULT_GOAL := help
.PHONY: help setup bench report mushra train test test-all lint speed

help: ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/.installed ## install everything, pinned, into .venv

.venv/.installed: requirements.txt pyproject.toml
	@command -v cc >/dev/null || { echo "A C compiler is needed to build pesq and libsvm-official:"; \
	  echo "  Debian, Ubuntu: sudo apt-get install build-essential python3-dev"; \
	  echo "  macOS: xcode-select --install"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

bench: setup ## run a suite: make bench SUITE=conventional ITEMS=path/to/recordings
	$(NSCBENCH) run $(SUITE) --out $(RUN) $(if $(ITEMS),--items "$(ITEMS)")

report: setup ## draw leaderboard and curves of the last run again: make report SUITE=demo
	$(NSCBENCH) report $(RUN)

mushra: setup ## make a listening test from the last run: make mushra SUITE=demo
	$(NSCBENCH) mushra build $(RUN) --out $(RUN)-mushra

train: setup ## train a component: make train COMPONENT=gan DATA=path/to/speech MINUTES=60
	$(NSCBENCH) train $(COMPONENT) --data "$(DATA)" $(if $(MINUTES),--minutes $(MINUTES))

test: setup ## run the fast tests
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto

test-all: setup ## run every test that can run here: slow, GPU, browser (see docs/testing.md)
	@command -v npm >/dev/null && npm install --prefix build --no-save --silent axe-core@4.14.1 || true
	$(BIN)/python -m pytest -q -m "not net"

lint: setup ## ruff, and mypy over the public interfaces
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	cd src && ../$(BIN)/mypy --config-file ../pyproject.toml -p nscbench

speed: setup ## what scoring costs, with one and two workers, against the bare metric calls
	$(BIN)/python -m nscbench.benchmarks.speed
