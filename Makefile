# Everything runs from the virtual environment in .venv; `make setup` makes it.
PYTHON ?= python3
BIN := .venv/bin
SUITE ?= demo
RUN ?= runs/$(SUITE)
NSCBENCH := $(BIN)/nscbench

.DEFAULT_GOAL := help
.PHONY: help setup bench report mushra train test test-all test-faults fuzz browser opus-ml lint docs speed

help: ## show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: .venv/.installed ## install everything, pinned, into .venv

# pip itself compiles on one core, the packages' tests too: half a minute more.
.venv/.installed: requirements.txt requirements-no-deps.txt pyproject.toml
	@command -v cc >/dev/null || { echo "A C compiler is needed to build pesq and libsvm-official:"; \
	  echo "  Debian, Ubuntu: sudo apt-get install build-essential python3-dev"; \
	  echo "  macOS: xcode-select --install"; exit 2; }
	@echo "Installing into .venv: some minutes and 2 GB, more where torch brings CUDA"
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-compile --requirement requirements.txt
	$(BIN)/python -m pip install --quiet --no-compile --no-deps --requirement requirements-no-deps.txt
	@$(BIN)/python -m compileall -q -j 0 -x '/(tests?|testing/_internal)/' .venv/lib || :
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
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n auto --dist loadfile

test-all: setup browser opus-ml ## run every test that can run here: slow, GPU, browser (see docs/testing.md)
	$(BIN)/python -m pytest -q -rs -m "not net"

# What cannot be installed is told, and the tests that need it are skipped.
browser: # Chromium and axe-core for the tests that drive a browser
	@as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo; \
	if command -v "$${NSCBENCH_CHROMIUM:-chromium}" >/dev/null && command -v chromedriver >/dev/null \
	    && command -v npm >/dev/null; then :; \
	elif ! command -v apt-get >/dev/null; then \
	  echo "No chromium, chromedriver and npm here, and no apt-get: see docs/testing.md"; \
	elif [ -n "$$as_root" ] && ! command -v sudo >/dev/null; then \
	  echo "Browser tests need: apt-get install chromium chromium-driver npm (as root; no sudo here)"; \
	else \
	  $$as_root apt-get update -qq && $$as_root apt-get install -qq --no-install-recommends \
	    chromium chromium-driver npm >/dev/null \
	  || echo "chromium, chromium-driver and npm could not be installed: see docs/testing.md"; \
	fi
	@[ -f build/node_modules/axe-core/axe.min.js ] \
	  || { command -v npm >/dev/null && npm install --prefix build --no-save --silent axe-core@4.14.1; } \
	  || echo "axe-core could not be installed: accessibility is not tested"

opus-ml: setup ## install LACE, NoLACE and deep PLC for Opus; needs Node and npm
	@if ! command -v npm >/dev/null; then \
	  echo "npm is missing, so LACE and NoLACE are not installed: see docs/conventional_codecs.md"; \
	else $(BIN)/python -c "from nscbench.codecs.conventional import opus_neural as o; print(o.command())" \
	  | sh || echo "LACE and NoLACE could not be installed"; fi

test-faults: setup ## kill, fill and starve runs on one machine and on several
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -m faults

fuzz: setup ## fuzz every reader of other people's files: make fuzz MINUTES=10
	@$(BIN)/python -c "import atheris" 2>/dev/null || $(BIN)/python -m pip install --quiet atheris==3.0.0
	for target in bitstream manifest results archive audio; do \
	  $(BIN)/python tests/fuzz/run.py $$target $(or $(MINUTES),10) || exit 1; done

lint: setup ## ruff, the layers of the packages, and mypy over the public interfaces
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	cd src && ../$(BIN)/lint-imports --no-logo --no-cache ../pyproject.toml
	cd src && ../$(BIN)/mypy --config-file ../pyproject.toml -p nscbench

docs: setup ## build the documentation as a site, build/site/index.html; a broken link is an error
	@$(BIN)/python -c "import furo, myst_parser" 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --requirement docs/requirements.txt
	$(BIN)/python -m sphinx -W --keep-going --fresh-env -q -c docs . build/site

speed: setup ## what scoring, decoding and training data cost, against bare calls and plain modules
	$(BIN)/python -m nscbench.benchmarks.selftime.scoring_speed
	$(BIN)/python -m nscbench.benchmarks.selftime.decoder_speed
	$(BIN)/python -m nscbench.benchmarks.selftime.cuda_speed
	$(BIN)/python -m nscbench.benchmarks.selftime.data_speed --components mel gan mel2mel
