# Slotkeeper: everything a developer does, in one word each.
#   make run     start the whole system on this machine      make lock    resolve the dependencies anew
#   make test    run the test suite                          make bench   measure bookings a second
#   make check   lint, types, boundaries, locks              make clean   remove .venv and caches; data stays
#   make bench-slots   measure how fast free slots are found
#   make bench-limits  measure what counting who asks costs
#   make deploy-under-load   bring a new release while people book
#   make check-commands      play every recorded story and look whether workflows command what they did
#   make contention   let a thousand ask for one slot at once
#   make crash   kill every part between any two steps       make fire    customers do anything while kills and faults rain
#   make client   generate the Python client anew              make api-release   keep the API's description as the release's
#   make overload   twice what it can do                     make soak    half an hour at half load

SHELL := /bin/sh
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Kept pins stay as long as they fit, so the result changes only with pyproject.toml, or with: make lock ARGS=--upgrade
COMPILE := $(CURDIR)/$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header $(ARGS)
RESOLVE := $(COMPILE) -o locks/runtime.txt >/dev/null \
	&& $(COMPILE) --extra embedded -c locks/runtime.txt -o locks/embedded.txt >/dev/null \
	&& $(COMPILE) --extra dev -c locks/runtime.txt -c locks/embedded.txt -o locks/dev.txt >/dev/null

# Tests wait more than they work, so there is one more of them than there are cores.
TESTERS = $(shell $(BIN)/python -c "import os; print(os.cpu_count() + 1)")

.PHONY: run test check lock check-locks bench bench-slots crash fire deploy-under-load check-commands overload soak contention bench-limits client api-release clean
.NOTPARALLEL:

run: $(VENV)/.embedded $(VENV)/.project
	@$(BIN)/slotkeeper up $(ARGS)

test: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m pytest --numprocesses $(TESTERS) --dist loadfile $(ARGS)

check: $(VENV)/.dev $(VENV)/.project
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	@$(BIN)/python -m api.compatibility
	@$(BIN)/python -m api.typed_client --check
	@$(MAKE) --no-print-directory check-locks
	@$(BIN)/python -m tests.audit

client: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m api.typed_client

api-release: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m api.compatibility --release

lock: $(VENV)/.dev
	@$(RESOLVE)

check-locks: $(VENV)/.dev
	@copy=$$(mktemp -d) && trap 'rm -rf "$$copy"' EXIT \
		&& cp -R pyproject.toml locks "$$copy" && (cd "$$copy" && $(RESOLVE)) \
		&& { diff -r locks "$$copy/locks" >/dev/null || { echo "The locks do not fit pyproject.toml: run 'make lock'." >&2; exit 1; }; }
	@echo "Locks fit pyproject.toml."

bench: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.saga $(ARGS)

bench-slots: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.slots $(ARGS)

contention: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.contention $(ARGS)

crash: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.crash $(ARGS)

fire: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.fire $(ARGS)

deploy-under-load: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.deploy $(ARGS)

check-commands: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m tests.histories.record --check $(ARGS)

overload: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.overload $(ARGS)

soak: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.soak $(ARGS)

bench-limits: $(VENV)/.dev $(VENV)/.project
	@$(BIN)/python -m bench.limits $(ARGS)

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed. The data of 'make run' stays in .slotkeeper/."

# The environment ------------------------------------------------------------------------------------------------------

$(BIN)/python:
	@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Slotkeeper needs Python 3.11 or newer; none was found. Name one with: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	echo "Making $(VENV) with $$found ($$($$found --version))"; \
	$$found -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$$found cannot make an environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# Each stamp is as new as the lock that it was installed from.
$(VENV)/.embedded: locks/embedded.txt | $(BIN)/python
	@echo "Installing what $< pins (once; about 150 MB to download)"
	@$(PIP) install --require-hashes -r $<
	@touch $@

$(VENV)/.dev: locks/dev.txt | $(BIN)/python
	@echo "Installing what $< pins (once; about 200 MB to download)"
	@$(PIP) install --require-hashes -r $<
	@touch $(VENV)/.embedded $@

# Needs setuptools, which both locks pin; so it comes after one of the stamps above.
$(VENV)/.project: pyproject.toml
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@
