# Everything works in .venv of this checkout and sets itself up; a second run starts at once.
SHELL := /bin/bash
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help set-up chat terminal test lint browser bench evals gate screenshots slack-gallery lock

help: ## this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

set-up: ## the environment alone
	@.ci/set-up

chat: set-up ## talk in the browser; make chat PORT=8010 for another port
	@$(BIN)/advisor serve --open $(if $(PORT),--port $(PORT))

terminal: set-up ## talk in this terminal; make terminal THREAD=name goes on with a conversation
	@$(BIN)/advisor chat $(if $(THREAD),--thread "$(THREAD)")

lint: set-up ## ruff, types, import contracts
	@echo "── ruff check" && $(BIN)/ruff check .
	@echo "── ruff format --check" && $(BIN)/ruff format --check .
	@echo "── basedpyright" && $(BIN)/basedpyright
	@echo "── import contracts" && $(BIN)/lint-imports

browser: set-up
	@.ci/browser >/dev/null

test: lint browser ## lint, then all tests, those in a real browser among them
	@echo "── pytest" && $(BIN)/python -m pytest

bench: set-up ## measure start, turns and ingest; minutes
	@$(BIN)/python -m evals.bench

evals: set-up ## measure the product, all cases; a table and a report; minutes
	@$(BIN)/python -m evals

gate: set-up ## fail when the product got worse than the committed baseline; a minute
	@$(BIN)/python -m evals.gate

screenshots: set-up browser ## the README's pictures anew
	@$(BIN)/python -m evals.screenshots

slack-gallery: set-up browser ## the Slack bot's page with its pictures anew
	@$(BIN)/python -m evals.slack_gallery

lock: ## requirements.lock anew from pyproject.toml
	@.ci/lock
