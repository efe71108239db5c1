# make demo     install, read data/articles, check, and show what was found
# make test     install what the tests need and run them
PYTHON ?= python3
VENV   ?= .venv
GOLD   ?= ../shared/eval
JOBS   ?= 1
OUT    := out/demo
STORE  := $(OUT)/store
BIN    := $(VENV)/bin
WHODID := $(BIN)/whodid
ASK    := $(WHODID) query --store $(STORE) --format words --rows 5

.PHONY: help demo install install-tests browser virtuoso test test-all test-stores lint evaluate bench notebooks clean

help:
	@sed -n 's/^# //p' Makefile

demo: install
	@mkdir -p $(OUT)
	$(WHODID) build data/articles --store $(STORE) --jobs $(JOBS)
	$(WHODID) validate --store $(STORE)
	$(WHODID) stats --store $(STORE)
	@for question in pledges authorisations 'who-said-what -p speaker=Ruto' what-did-not-happen 'unrealised -p status=planned'; do \
	  echo; $(ASK) $$question || exit; done
	@printf '\nThe explorer page: '
	@$(WHODID) view --store $(STORE) -o $(OUT)/whodid.html

install: $(VENV)/.installed
install-tests: $(VENV)/.installed-tests

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-tests: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@touch $(VENV)/.installed $@

# the explorer is tested in a real browser, where one can be had
browser:
	@if ! command -v chromium chromium-browser google-chrome >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	  else echo 'no Chromium and no apt-get as root: the tests in a browser are skipped' >&2; fi; fi

# the awkward dialect among SPARQL servers; what is said to it is tested by test-stores and test-all
virtuoso:
	@if ! command -v virtuoso-t >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends virtuoso-opensource >/dev/null; \
	  else echo 'no Virtuoso and no apt-get as root: its tests are skipped' >&2; fi; fi

test-stores: install-tests virtuoso
	$(BIN)/python -m pytest -m slow tests/test_remote*.py

test: install-tests browser
	$(BIN)/python -m pytest

test-all: install-tests browser virtuoso
	$(BIN)/python -m pytest -m ''

lint: install-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict graph

# the reading against annotated text: make evaluate GOLD=folder
evaluate: install-tests
	$(BIN)/python -m tests.evaluation --gold $(GOLD) $(if $(FLOORS),--floors $(FLOORS)) $(SETS)

bench: install-tests
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench_network
	$(BIN)/python -m tests.bench_explorer
	$(BIN)/python -m tests.bench_server

# the notebooks, run anew, with what they show
notebooks: install-tests
	$(BIN)/python -m tests.notebooks

clean:
	rm -rf out build dist
