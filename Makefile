# Everything a developer does. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# Python keeps what it compiled: otherwise every process of the tests compiles its libraries anew.
unexport PYTHONDONTWRITEBYTECODE
export UV_SYSTEM_CERTS ?= 1

STAGE ?= dev
MINUTES ?= 15
AT_ONCE ?= 8
PYTHON_BASE ?= python3
NODE_AT_LEAST := 20
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION := $(NODE_AT_LEAST)
TOOLS := .lyceum/uv
UV := $(TOOLS)/bin/uv
PYTHON := .venv/bin/python
CDK := node_modules/.bin/cdk
READY := .venv/.synced node_modules/.package-lock.json

.PHONY: help up down reset logs invoke test check types contracts unit test-long coverage e2e browsers mutants interleavings crowd bench
.PHONY: simulate simulate-crowd simulate-scale examples openapi release-api catalogues notice layers synth cost deploy tenant admin migrate
.PHONY: verify-audit restore-drill sleep wake diff destroy format clean node rebuild check-data settled deployable

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: $(READY) ## Deploy the local stack: start it, deploy what changed, load demo data, print the addresses.
	@$(PYTHON) -m local up

down: $(READY) ## Stop the local stack; its data is kept.
	@$(PYTHON) -m local down

reset: $(READY) ## Stop the local stack and forget its data.
	@$(PYTHON) -m local reset

logs: $(READY) ## Print a function's log: make logs FN=exams-delivery [MINUTES=15] [FOLLOW=1]
	@$(PYTHON) -m local logs $(if $(FOLLOW),--follow) --minutes $(MINUTES) $(or $(FN),$(error say which function: make logs FN=exams-delivery))

invoke: $(READY) ## Call a function with a sample event, which names it: make invoke EVENT=events/exams/delivery-start.json
	@$(PYTHON) -m local invoke $(or $(EVENT),$(error say which sample: make invoke EVENT=events/exams/delivery-start.json))

test: check types contracts unit e2e deployable ## Run everything that a change needs; the same as CI.

check: $(READY) ## Lint, and check the format.
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: $(READY) ## Check the types.
	.venv/bin/mypy

contracts: $(READY) ## Check who imports whom.
	PYTHONPATH=layers/lyceum/python:. .venv/bin/lint-imports

unit: $(READY) ## Run the tests that need no stack: make unit [DOMAIN=exams]
	.venv/bin/pytest -n 2 -m "not e2e" $(if $(DOMAIN),tests/$(DOMAIN))

test-long: coverage interleavings crowd simulate-scale browsers mutants ## Run what takes long: branches, interleavings, many people, browsers, mutants.

interleavings: $(READY) ## Play ten thousand interleavings of what happens to money and orders, with a death at every write.
	LYCEUM_INTERLEAVINGS=10000 .venv/bin/pytest -n 2 tests/payments/test_interleavings.py tests/store/test_interleavings.py

crowd: $(READY) ## Let 5000 students book lessons with 200 mentors at once, and look at each slot afterwards.
	LYCEUM_CROWD=200x5000 .venv/bin/pytest tests/tutoring/test_many_at_once.py

coverage: $(READY) ## Run the tests that need no stack, and say which branches no test takes; fails below the floor.
	.venv/bin/pytest -n 2 -m "not e2e" --cov --cov-report=term

e2e: $(READY) ## Run the tests against a deployed stack of their own, which is removed afterwards.
	$(PYTHON) -m local trial -- bash -c '\
		.venv/bin/pytest -m "e2e and not alone and not browser" -n 4 --dist loadfile && .venv/bin/pytest -m alone'

deployable: $(READY) ## Build and prove the layers (where packages can be fetched), production's templates, and what idle stages cost.
	@$(PYTHON) -m infra.layers --where-reached $(UV) $(LAYER_PYTHON)
	@$(MAKE) synth cost STAGE=prod

browsers: $(READY) ## Open what people see in Chromium, against a stack of its own; pictures go to build/pictures.
	$(PYTHON) -m local trial -- .venv/bin/pytest -m browser tests/e2e/browser

mutants: $(READY) ## Change the rules in small ways and list what no test notices: make mutants [GROUP=scoring]
	@$(PYTHON) -m tools.mutants $(GROUP)

bench: $(READY) ## Measure imports, requests and more, and write docs/performance.md: make bench [PART=requests]
	@$(PYTHON) -m tests.bench $(PART)

evaluate: $(READY) ## Work out the figures of models on simulated data: make evaluate [TOPIC=ai]
	@PYTHONPATH=layers/lyceum/python:. .venv/bin/python -m tests.evaluate $(TOPIC)

simulate: $(READY) ## Play students of a term on a line that breaks, against the local stack: make simulate [STUDENTS=20]
	@PYTHONPATH=layers/lyceum/python:clients/python:. $(PYTHON) -m tests.simulation term $(if $(STUDENTS),--students $(STUDENTS))

simulate-crowd: $(READY) ## Play a thousand who think between requests, against the local stack: [STUDENTS=1000] [THINK=60]
	@PYTHONPATH=layers/lyceum/python:clients/python:. $(PYTHON) -m tests.simulation crowd $(if $(STUDENTS),--students $(STUDENTS)) $(if $(THINK),--think $(THINK)) --minutes $(or $(CROWD_MINUTES),6)

simulate-scale: $(READY) ## Play what many thousands do at once against quotas, print keys, queues and the bill: [SCENARIOS="A B C D"]
	$(PYTHON) -m tests.scale $(SCENARIOS)

examples: $(READY) ## Write docs/examples.json, the examples of the OpenAPI document, from what tests send and get.
	rm -rf build/examples
	LYCEUM_EXAMPLES=build/examples .venv/bin/pytest -n 2 -m "not e2e"
	PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.examples build/examples

openapi: $(READY) ## Write the OpenAPI document, the generated pages, and what is generated of the clients.
	$(PYTHON) -m tools.build_docs

release-api: openapi ## Write what callers may rely on from this release on, docs/released-api.tsv.
	$(PYTHON) -m tools.api_changes --release

catalogues: $(READY) ## Compile the words that people read, after an edit of a messages.po.
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.compile_catalogues

notice: $(READY) ## Write NOTICE, the works of others that a deployment holds and their licences.
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.notice $(UV)

layers: $(READY) ## Build the third-party layers for AWS (no containers needed) and prove them: make layers [LAYER_PYTHON=python3.13]
	@$(PYTHON) -m infra.layers $(UV) $(LAYER_PYTHON)

synth: $(READY) ## Write the CloudFormation templates of a stage: make synth STAGE=prod
	@$(CDK) synth --quiet -c stage=$(STAGE)

cost: $(READY) ## Say what an idle stage and a million requests cost at list prices, and write docs/cost.md.
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m infra.cost

deploy: settled layers ## Deploy to AWS with your credentials: make deploy STAGE=staging [DOMAIN=exams]
	@$(CDK) deploy -c stage=$(STAGE) --concurrency $(AT_ONCE) --require-approval never $(if $(DOMAIN),lyceum-$(STAGE)-$(DOMAIN),--all)

# Asked before layers are built, which takes a while.
settled: $(READY)
	@$(PYTHON) -m infra.settings $(STAGE)

tenant: $(READY) ## Make a tenant: make tenant STAGE=prod NAME=harbour [AGE=adult] [HOST=learn.harbour.org]
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.make_tenant $(STAGE) $(or $(NAME),$(error say which: make tenant NAME=...)) $(if $(AGE),--unknown-age $(AGE)) $(if $(HOST),--host $(HOST))

admin: $(READY) ## Make the first administrator of a stage: make admin STAGE=prod EMAIL=... [TENANT=main]
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.first_admin $(STAGE) $(or $(EMAIL),$(error say who: make admin EMAIL=...)) $(TENANT)

migrate: $(READY) ## Change stored data by numbered steps, there and back: make migrate STAGE=dev [TO=3] [DRY=1]
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.migrations $(STAGE) $(if $(TO),--to $(TO)) $(if $(DRY),--dry-run)

verify-audit: $(READY) ## Check the audit chains of a stage: make verify-audit STAGE=prod [SINCE=2027-01-01] [TENANT=main]
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.verify_audit $(STAGE) $(if $(SINCE),--since $(SINCE)) $(if $(TENANT),--tenant $(TENANT))

rebuild: $(READY) ## Work the figures of learners and of the tenant out again: make rebuild STAGE=dev [TENANT=main] [LEARNER=id]
	@$(PYTHON) -m tools.rebuild $(STAGE) $(or $(TENANT),main) $(LEARNER)

check-data: $(READY) ## Check every counter and index of a stage's table: make check-data STAGE=dev [TENANT=main]
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.check_data $(STAGE) $(if $(TENANT),--tenant $(TENANT))

restore-drill: $(READY) ## Restore the table's backup under another name, compare, and remove it: make restore-drill STAGE=prod
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m tools.restore_drill $(STAGE) $(if $(KEEP),--keep)

sleep: $(READY) ## Switch a stage's waiting at queues and its schedules off: make sleep STAGE=dev
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m infra.sleep sleep $(STAGE)

wake: $(READY) ## Switch them on again: make wake STAGE=dev
	@PYTHONPATH=layers/lyceum/python:. $(PYTHON) -m infra.sleep wake $(STAGE)

diff: $(READY) ## Show what a deployment would change in AWS: make diff STAGE=prod
	@$(CDK) diff -c stage=$(STAGE)

destroy: $(READY) ## Remove a stage from AWS; only dev loses its data: make destroy STAGE=dev
	@$(CDK) destroy --all -c stage=$(STAGE)

format: $(READY) ## Format the code.
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

clean: ## Remove what was built; the local stack's data stays.
	rm -rf build cdk.out .venv node_modules $(TOOLS) .mypy_cache .ruff_cache .pytest_cache

# Asked first of all, so that nobody waits for packages only to be told that a program is missing.
node:
	@found=$$(node --version 2>/dev/null || echo none); found=$${found#v}; \
	if [ "$$found" = none ] || [ "$${found%%.*}" -lt $(NODE_AT_LEAST) ]; then \
	  echo "Node.js $(NODE_AT_LEAST) or newer is needed (for the CDK command line), and there is $$found" >&2; exit 1; fi

$(UV): requirements-uv.txt | node
	@echo "· installing the package manager"
	@$(PYTHON_BASE) -m venv $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $(UV)

.venv/.synced: $(UV) pyproject.toml uv.lock | node
	@echo "· installing Python packages"
	@$(UV) sync --locked --quiet --python "$$($(PYTHON_BASE) -c 'import sys; print(sys.executable)')"
	@touch $@

node_modules/.package-lock.json: package-lock.json | node
	@echo "· installing the CDK command line"
	@npm ci --no-audit --no-fund --loglevel=error
	@touch $@
