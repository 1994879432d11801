PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# The demonstration's pages name the address at which it is served.
SITE_URL ?= http://127.0.0.1:$(PORT)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# As many threads as lines, so that who is slow holds his own (clincalc/gate.py says how many are answered at a time). Who is
# slow to ask is hung up on, and a worker that was killed comes back. It would warn of so many threads at each start: hence
# errors alone.
SERVE := granian --interface wsgi --http 1 --no-ws --workers 2 --blocking-threads 512 --backpressure 512 \
	--http1-header-read-timeout 5000 --respawn-failed-workers --respawn-interval 0.5 --workers-kill-timeout 10 \
	--log-level error clincalc.wsgi:application

# Files that stand for "installed": made again only when a lock file changes.
RUNTIME := .venv/.runtime-installed
TEST := .venv/.test-installed
AUDIT := .venv-audit/.installed

.PHONY: sbom audit help demo reset-demo libraries install keys serve test faults fuzz mutants bench lint format lock

help:
	@echo "make demo        serve the demonstration on http://$(HOST):$(PORT)/"
	@echo "make reset-demo  throw the demonstration data away and load it again"
	@echo "make install     what a server needs: libraries, tables, static files (docs/deploy.md)"
	@echo "make libraries   the libraries alone, by their hashes"
	@echo "make keys        print two new secrets for .env"
	@echo "make serve       serve what .env names on http://$(HOST):$(PORT)/, for a proxy in front"
	@echo "make test        everything: SQLite, PostgreSQL, journeys in a browser"
	@echo "                 (make test LANES=postgresql ARGS='-k lock' for a part of it; AT_ONCE=all sends every form"
	@echo "                 twenty times at once, not just those of the day)"
	@echo "make faults      three minutes of kills, restarts and full disks under people at work (SECONDS=…, LANES=sqlite)"
	@echo "make fuzz        20,000 odd requests to a real server (REQUESTS=…, SEED=…): no fault, no page but the fresh one"
	@echo "make mutants     careless edits one by one, and which test notices each (ARGS='core', ARGS=--list)"
	@echo "make bench       what pages and acts cost, each line beside its goal, at 1,000 and 20,000 monographs (make bench N=1000"
	@echo "                 for the first alone); the corpus of 20,000 stays in var/bench/"
	@echo "make lint        style, directions, types, templates, missing migrations"
	@echo "make format      let ruff put the code in order"
	@echo "make sbom        print what the product is made of, as CycloneDX, from the lock file"
	@echo "make audit       ask PyPI what is known against the locked libraries (exit 2: it could not be asked)"
	@echo "make lock        make requirements/*.txt again (ARGS=--upgrade for newer versions)"

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed; name it with PYTHON=…")'
	@$(PYTHON) -m venv .venv

$(RUNTIME): requirements/runtime.txt | .venv/bin/pip
	@echo "Installing what the service needs …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(TEST): requirements/test.txt | .venv/bin/pip
	@echo "Installing what the tests need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# Whatever asks stands apart from what serves and from what tests.
$(AUDIT): requirements/audit.txt
	@$(PYTHON) -m venv .venv-audit
	@.venv-audit/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

demo reset-demo: export DEMO = 1

demo: export SITE_URL := $(SITE_URL)
demo: $(RUNTIME)
	@$(MANAGE) upgrade
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(MANAGE) demo
	@echo "Every command on this database runs with DEMO=1: DEMO=1 .venv/bin/python manage.py …"
	@echo "Open http://$(HOST):$(PORT)/ (Ctrl-C stops it)"
	@exec $(BIN)/$(SERVE) --host $(HOST) --port $(PORT)

# The checkpoints go too: they vouch for the trail that is thrown away.
reset-demo: $(RUNTIME)
	@rm -f var/clincalc.sqlite3* var/checkpoints.jsonl
	@$(MANAGE) migrate --noinput --verbosity 0
	@$(MANAGE) demo

# By whoever owns the code, so that the service needs to write none of it.
libraries: $(RUNTIME)
	@$(BIN)/python -m compileall -q clincalc monographs reviews

install: $(RUNTIME)
	@$(MANAGE) upgrade
	@$(MANAGE) collectstatic --noinput --verbosity 0
	@$(MANAGE) check --deploy --fail-level WARNING

# Base64 of random bytes: no sign in it means anything in .env.
keys:
	@$(PYTHON) -c 'import base64, secrets; key = lambda n: base64.b64encode(secrets.token_bytes(n)).decode(); \
		print(f"SECRET_KEY={key(48)}\nSIGNING_KEY={key(32)}")'

serve: $(RUNTIME)
	@exec $(BIN)/$(SERVE) --host $(HOST) --port $(PORT)

test: $(TEST)
	@$(BIN)/python -m tests.lanes $(LANES) $(ARGS)

SECONDS ?= 180
faults: $(TEST)
	@$(BIN)/python -m tests.faults $(LANES) --seconds $(SECONDS)

REQUESTS ?= 20000
SEED ?= 2026
fuzz: $(TEST)
	@FUZZ_REQUESTS=$(REQUESTS) FUZZ_SEED=$(SEED) $(BIN)/python -m pytest -q -s tests/test_fuzz.py

mutants: $(TEST)
	@$(BIN)/python -m tests.mutants $(ARGS)

N ?= 20000
bench: $(TEST)
	@$(BIN)/python -m tests.bench $(N) $(ARGS)

# DEBUG lets the settings do without keys; the database in memory leaves the demonstration's alone.
lint: export DEBUG = 1
lint: export DATABASE_URL = sqlite://:memory:
lint: $(TEST)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	$(MANAGE) makemigrations --check --dry-run

# What is in here, as CycloneDX; and whether anything is known against it, which asks PyPI and says when it could not.
sbom:
	@$(PYTHON) tools/sbom.py

audit: $(AUDIT)
	@.venv-audit/bin/python tools/audit.py

format: $(TEST)
	$(BIN)/ruff check --fix --exit-zero .
	$(BIN)/ruff format .

# Names, versions and hashes for every platform; where packages come from is each machine's own affair.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock" $(ARGS)
lock: $(TEST)
	$(COMPILE) pyproject.toml --output-file requirements/runtime.txt
	$(COMPILE) pyproject.toml --extra test --constraint requirements/runtime.txt --output-file requirements/test.txt
	$(COMPILE) --group audit --output-file requirements/audit.txt
