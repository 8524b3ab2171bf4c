# What a developer or a curious user types. `make run` and `make test` need Python 3.11+ and nothing else.
# `make test-all` needs Debian's tmux, chromium, postgresql, default-jre-headless and unicode-data too, and
# Python 3.11 for doccano; it installs a Label Studio server and a doccano.

VENV := .venv
BIN := $(VENV)/bin
UV_STAMP := $(VENV)/.uv-ready
RUN_STAMP := $(VENV)/.run-ready
TEST_STAMP := $(VENV)/.test-ready
DEV_STAMP := $(VENV)/.dev-ready
BENCH_STAMP := $(VENV)/.bench-ready
# The first of these that runs and is new enough makes the environment; `make PYTHON=... run` names another.
PYTHON ?= python3 python3.13 python3.12 python3.11
# uv where the machine has it, else fetched into the environment with pip.
UV = $(shell command -v uv 2>/dev/null || echo $(BIN)/uv)
# Bytecode is compiled once here, so that commands start fast from the first time on.
INSTALL = $(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --constraint constraints.txt
DATA ?=
PYTEST = $(BIN)/python -m pytest --numprocesses auto --dist worksteal
LOCALE := tui/settings/locale

export UV_LINK_MODE ?= copy
# Where a machine forbids bytecode, each of the commands that tests run would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-all check lint types coverage format generate locale picture constraints bench clean

run: $(RUN_STAMP) ## build the corpus from seeds/, take in its labels, release the dataset, train on it, offer to label
	@$(BIN)/hashiya build seeds --out build/ai-market --name ai-market
	@$(BIN)/hashiya labels import build/ai-market seeds/deepseek-shock.labels.jsonl --replace
	@$(BIN)/hashiya journal merge build/ai-market seeds/starter/labels.journal.jsonl
	@$(BIN)/hashiya release build/ai-market --out build/release
	@$(BIN)/hashiya train build/release --task stance --out build/model --apart deepseek-shock
	@if [ -t 0 ] && [ -t 1 ]; then \
		printf '\nLabel it yourself now, Arabic and English side by side? [y/N] '; read answer; \
		case "$$answer" in [yY]*) $(BIN)/hashiya label build/ai-market ;; esac; \
	fi

test: $(TEST_STAMP) ## the tests that need Python packages only, but for the longest
	@$(PYTEST) -m "not system and not long"

test-all: $(DEV_STAMP) ## all tests: a Label Studio server, a doccano, PostgreSQL, a browser, a terminal, Ray, torch, Unicode's own
	@$(PYTEST) --hypothesis-profile=thorough

check: $(DEV_STAMP) lint types coverage ## formatting, lint, strict types, layers, and `make test` with its coverage

coverage: $(DEV_STAMP)
	@$(PYTEST) -m "not system" --cov=schema --cov=corpus --cov=tui --cov-report=
	@printf 'Coverage in per cent of lines: '; $(BIN)/coverage report --format=total

lint: $(DEV_STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache

types: $(DEV_STAMP)
	@$(BIN)/mypy
	@$(BIN)/mypy bench tests
	@$(BIN)/pyright

format: $(DEV_STAMP) ## format the code and mend what lint can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

generate: $(DEV_STAMP) ## write what is derived from the records and the scheme
	@$(BIN)/python -m hashiya.schema.generate .

locale: $(DEV_STAMP) ## renew the translations: new texts into hashiya.po, hashiya.po into hashiya.mo
	@$(BIN)/pybabel --quiet extract --no-location --sort-output --output-file=$(LOCALE)/hashiya.pot tui
	@$(BIN)/pybabel --quiet update --domain=hashiya --input-file=$(LOCALE)/hashiya.pot --output-dir=$(LOCALE) \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date
	@$(BIN)/pybabel --quiet compile --domain=hashiya --directory=$(LOCALE)
	@rm $(LOCALE)/hashiya.pot

bench: $(BENCH_STAMP) ## the benchmarks; DATA=FOLDER names the data
	@$(BIN)/python -m bench $(if $(DATA),--data $(DATA)) --json build/bench/figures.json

picture: $(DEV_STAMP) ## draw the screen for README and docs; the PNG needs Chromium
	@$(BIN)/python -m bench.picture docs

constraints: $(DEV_STAMP) ## pin every dependency anew
	@$(UV) pip compile --quiet --upgrade --universal --python-version 3.11 --no-emit-index-url --no-header \
		--no-annotate --all-extras pyproject.toml --output-file constraints.txt

clean: ## remove the environment and everything built
	@rm -rf $(VENV) build .cache .mypy_cache .ruff_cache .pytest_cache *.egg-info

$(BIN)/python:
	@for python in $(PYTHON); do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; \
	done; \
	test -n "$$python" || { echo "Python 3.11 or newer is needed; make PYTHON=/path/to/python run" >&2; exit 1; }; \
	if command -v uv >/dev/null; then uv venv --quiet --python "$$python" $(VENV); else \
		"$$python" -m venv $(VENV) || { rm -rf $(VENV); \
			echo "Python's venv module is needed (on Debian: apt install python3-venv)" >&2; exit 1; }; \
	fi

$(UV_STAMP): | $(BIN)/python
	@command -v uv >/dev/null || \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@

$(RUN_STAMP): pyproject.toml constraints.txt | $(UV_STAMP)
	@echo "Setting up $(VENV) (once) ..."
	@$(INSTALL) --editable '.[build,train]'
	@touch $@

$(TEST_STAMP): pyproject.toml constraints.txt | $(UV_STAMP)
	@echo "Setting up $(VENV) for the tests (once) ..."
	@$(INSTALL) --editable '.[tests]'
	@touch $@ $(RUN_STAMP)

# Torch is for the tests of other encoders. It comes with pip, for uv's overrides in pyproject.toml leave it
# out; without a CPU build that pip can find, it brings CUDA, some GB.
$(DEV_STAMP): pyproject.toml constraints.txt requirements-encoders.txt | $(UV_STAMP)
	@echo "Setting up $(VENV) for development (once) ..."
	@$(INSTALL) --editable '.[dev]'
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(INSTALL) pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-warn-conflicts \
		--constraint constraints.txt --requirement requirements-encoders.txt
	@touch $@ $(TEST_STAMP) $(RUN_STAMP)

# sentweave is compiled, for it has no wheels; without a C compiler the tables say that it is not there.
$(BENCH_STAMP): $(DEV_STAMP)
	@echo "Adding the programs that the benchmarks compare with (once) ..."
	@$(INSTALL) --editable '.[dev,bench]' || echo "Not all of them could be added; see above." >&2
	@touch $@
