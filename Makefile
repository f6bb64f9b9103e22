# Everything from a fresh clone: `make demo` to try it out, `make test` before you hand over.

PORT ?= 8000
PYTHON = .venv/bin/python
WORDS = $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
PIP = $(PYTHON) -m pip install --quiet --quiet --disable-pip-version-check --require-hashes
# Never in one's own state folder: a demonstration and tests must not meet real patients.
DEMO = PLAIN_DEMO=1 PLAIN_STATE_DIR=$(CURDIR)/var/demo

.PHONY: help demo test test-all lint words clean demo-packages test-packages

help:
	@echo "make demo      the site with invented people at http://127.0.0.1:$(PORT)"
	@echo "make test      lint, and all tests but the long ones"
	@echo "make test-all  the long tests"
	@echo "make lint      ruff and bandit"
	@echo "make words     build the translations"
	@echo "make clean     remove the environment, caches and the demonstration"

# --- environment ---

demo-packages:
	@sh scripts/system-packages.sh demo

test-packages:
	@sh scripts/system-packages.sh test

$(PYTHON): | demo-packages
	python3 -m venv --clear .venv

.venv/ready-to-run: requirements.lock | $(PYTHON)
	@echo "Installing Python packages"
	@$(PIP) -r requirements.lock
	@touch $@

.venv/ready-to-test: requirements-dev.lock | $(PYTHON)
	@echo "Installing Python packages for tests"
	@$(PIP) -r requirements-dev.lock
	@touch $@ .venv/ready-to-run

# --- translations ---

words: .venv/ready-to-run $(WORDS)

%.mo: %.po | .venv/ready-to-run
	@.venv/bin/pybabel --quiet compile --domain django --input-file $< --output-file $@

# --- to try it out ---

demo: demo-packages .venv/ready-to-run words
	@$(DEMO) $(PYTHON) manage.py migrate --verbosity 0
	@$(DEMO) $(PYTHON) manage.py load_library --approve "Demonstration reviewer"
	@$(DEMO) $(PYTHON) manage.py collectstatic --noinput --verbosity 0
	@$(DEMO) $(PYTHON) manage.py demo_people
	@exec env $(DEMO) $(PYTHON) manage.py serve --port $(PORT)

# --- tests ---

lint: .venv/ready-to-test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m bandit --quiet --configfile pyproject.toml --severity-level medium --recursive consent procedures

test: test-packages lint words
	$(PYTHON) -m pytest -m "not long" --durations=10

# pytest ends with 5 when no test is marked long: that is no failure.
test-all: test-packages .venv/ready-to-test words
	$(PYTHON) -m pytest -m long --durations=10 || test $$? -eq 5

clean:
	rm -rf .venv var/demo .pytest_cache .ruff_cache .hypothesis tests/vera/classes $(WORDS)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
