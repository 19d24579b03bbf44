# `make demo` and `make test` set everything up by themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
UV := uv==0.13.8
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help setup demo run test check fix bench lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: $(STAMP) ## install everything into .venv from the lock files

$(STAMP): requirements.lock requirements-local.lock requirements-dev.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	@echo "Installing Muza and its libraries…"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-dev.lock -r requirements.lock
	@bash deploy/install-local-models.sh $(BIN) $(TORCH)
	@touch $(STAMP)

demo: setup ## the whole product without keys: emulators, the bot, and a page to chat in
	@$(BIN)/python -m tests.emulators.demo

run: setup ## everything on this machine, with a real token (see .env.example)
	@$(BIN)/python -m bot run

test: setup check ## lint, types, arrows and every test
	@$(BIN)/python -m pytest -n 2 --dist worksteal

check: setup ## lint, types, arrows
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache

fix: setup ## format and repair what can be repaired
	@$(BIN)/ruff format --quiet . ; $(BIN)/ruff check --quiet --fix .

bench: setup ## measure: latency, memory, start, concurrency
	@$(BIN)/python -m benchmarks

lock: setup ## resolve versions anew into the lock files
	@bash deploy/lock.sh $(BIN)

clean: ## remove the environment and the data of the demo
	@rm -rf $(VENV) .demo
