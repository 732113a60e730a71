# `make train` and `make test` need nothing but make and Python 3.11 or newer; the environment is made once, in .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.DEFAULT_GOAL := help
.PHONY: help train evaluate test gate lint readme pictures wheel lock bench baselines clean

help:  ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

train: $(READY)  ## train the default recipe, print the cross-validation report, keep the model
	$(BIN)/threat-topics train

evaluate: $(READY)  ## the thorough cross-validation report (repeated; no model is made)
	$(BIN)/threat-topics evaluate

test: $(READY)  ## all tests
	$(BIN)/python -m pytest

gate: $(READY)  ## fail if a figure fell below its pinned floor
	$(BIN)/threat-topics gate

lint: $(READY)  ## ruff, mypy, import-linter, and the lint of the labels
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/threat-topics check

readme: $(READY)  ## write the README's outputs and picture anew
	$(BIN)/python -m tests.readme

pictures: $(READY)  ## take the README's pictures of the workbench anew (needs a trained model and Chromium)
	$(BIN)/python -m tests.pictures

wheel: $(READY)  ## train, then build a wheel with codebook, labels and model inside
	$(BIN)/threat-topics train
	$(BIN)/python -m build --wheel --no-isolation

UV_COMPILE = $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock: $(READY)  ## write requirements.lock anew from pyproject.toml, and those of tests/bench
	$(UV_COMPILE) pyproject.toml --extra dev --extra html --output-file requirements.lock
	$(UV_COMPILE) tests/bench/baselines.in --output-file tests/bench/baselines.lock
	$(UV_COMPILE) tests/bench/speed.in --output-file tests/bench/speed.lock

bench: .venv-speed/ready  ## the speed bench against other systems (a quarter of an hour, an environment of its own); writes experiments/bench.json; ARGS="--quick"
	.venv-speed/bin/python -m tests.bench.speed $(ARGS)

baselines: .venv-baselines/ready  ## other systems on the same labels (hours, an environment of its own); ARGS="--on FILE.jsonl --seconds 60" adds outside text and tunes fastText for a minute
	.venv-baselines/bin/python -m tests.bench.baselines $(ARGS)

.venv-%/ready: tests/bench/%.lock
	$(PYTHON) -m venv --clear .venv-$*
	.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	touch $@

clean:  ## remove the environment, caches, runs and model (labels and articles stay)
	rm -rf .venv .venv-speed .venv-baselines .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis dist build experiments/runs experiments/current
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment: pinned packages with their hashes, then the project itself without asking an index again.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
