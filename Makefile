# `make demo` and `make test` set everything up by themselves. Needed: Python 3.11, 3.12 or 3.13 with venv, and make.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do command -v $$python && break; done)
# Hundreds of short processes run here: without compiled modules each of them would compile all of Muza anew.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
UV := uv==0.13.8
STAMP := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest -n 4 --dist loadfile --no-loadscope-reorder -rs
LOCKS := requirements.lock requirements-local.lock requirements-dev.lock

.DEFAULT_GOAL := help
.PHONY: help setup local demo run test rehearse check fix bench bench-delivery bench-streaming bench-broadcast bench-decoding bench-listening bench-recording bench-kill bench-spending bench-savings bench-cache bench-knowledge durability lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{sub(/:.*/, "", $$1); printf "  make %-15s %s\n", $$1, $$2}'

setup: $(STAMP) ## install everything into .venv from the lock files

$(STAMP): $(LOCKS) deploy/install.sh deploy/install-local-models.sh
	@bash deploy/install.sh "$(PYTHON)" $(VENV) $(UV)
	@bash deploy/install-local-models.sh $(BIN) $(TORCH)
	@touch $@

local: setup ## local models again, where `setup` could not install them
	@bash deploy/install-local-models.sh $(BIN) $(TORCH)

demo: setup ## the whole product without keys: emulators, the bot, and a page to chat in
	@$(BIN)/python -m tests.emulators.demo

run: setup ## everything on this machine, with a real token (see .env.example)
	@$(BIN)/python -m bot run

test: check ## lint, types, arrows and every test
	@$(PYTEST)

rehearse: setup ## the tests that take whole processes, their deaths and minutes
	@$(PYTEST) --rehearsals only

check: setup ## lint, types, arrows
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "Not formatted: run make fix."; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache >/dev/null || $(BIN)/lint-imports --no-cache

fix: setup ## format and repair what can be repaired
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: setup ## measure: latency, memory, start, concurrency
	@$(BIN)/python -m benchmarks

bench-delivery: setup ## messages a second and 429s: a plain loop, python-telegram-bot, Muza
	@$(BIN)/python -m benchmarks.delivery --capacity

bench-streaming: setup ## how fresh a growing answer is, and what 200 at once do to each other
	@$(BIN)/python -m benchmarks.streaming

bench-broadcast: setup ## an announcement to 1,000 people through the whole product
	@$(BIN)/python -m benchmarks.broadcast

bench-decoding: setup ## an hour of speech (espeak-ng) decoded and cut; 200 broken files
	@$(BIN)/python -m benchmarks.decoding --formats ogg mp3 m4a flac

bench-listening: setup ## Whisper on this machine (random weights): overhead, embeddings meanwhile, memory
	@$(BIN)/python -m benchmarks.listening

bench-recording: setup ## an hour of speech (espeak-ng) through the whole product: time, memory, kills, Stop
	@$(BIN)/python -m benchmarks.long_recording

bench-kill: setup ## from /kill to the last token, three processes, SQLite and PostgreSQL
	@$(BIN)/python -m benchmarks.kill_switch

bench-spending: setup ## /spend over a million calls: from the press to the picture, SQLite and PostgreSQL
	@$(BIN)/python -m benchmarks.spending

bench-cache: setup ## which briefs the cache takes for the same: paraphrases and look-alikes in both languages
	@$(BIN)/python -m benchmarks.cache

bench-savings: setup ## a week of a team, by the smart model without caches and with all savings: ratio, sources, answers
	@$(BIN)/python -m benchmarks.savings

bench-knowledge: setup ## 100,000 passages searched; documents learned beside the bare model; 1,000 documents and 20 kills
	@$(BIN)/python -m benchmarks.knowledge
	@$(BIN)/python -m benchmarks.knowledge_ingest
	@$(BIN)/python -m benchmarks.knowledge_kills

durability: setup ## crash rehearsals in full (half an hour): kills, failpoints, lost answers; one report
	@REVIEW_HISTORIES=1000 $(BIN)/python -m pytest tests/unit/services/assistant/test_review_histories.py
	@$(BIN)/python -m tests.durability

lock: setup ## resolve versions anew into the lock files
	@bash deploy/lock.sh $(BIN)

clean: ## remove the environment and the data of the demo
	@rm -rf $(VENV) .demo
