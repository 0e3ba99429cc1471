# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Every target brings its own set-up. PYTHON names the interpreter of the venv (3.11 or newer).
export PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup stage bind images stages test test-all lint unit sanity integration molecule molecule-fast coverage importer property fuzz soak bench demo docs matrix lock release clean

help:  ## show this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | expand -t 14

setup:  ## install what is missing, build .venv
	@tools/setup

stage: setup
	@.venv/bin/python tools/stage.py

# The tests run a name server of their own. The service that Debian's package would start is not wanted.
bind: setup
	@tools/setup_bind

test: stage bind  ## what each change has to pass
	@.venv/bin/python tools/run_stages.py

# The images of the web hosts wait for the network and for a disk: they are made beside the venv and the first stages.
# The last stage is the one that needs them; it waits if they are not ready.
test-all:  ## what a release has to pass, and each night: more steps, a browser, slices, fleets, web servers
	@$(MAKE) --no-print-directory -j3 images stages

images:
	@tools/web_hosts images bookworm

stages: stage bind
	@.venv/bin/python tools/run_stages.py all

lint: stage  ## hooks of pre-commit, mypy, ansible-lint, docs, changelog, licences, shell scripts, leaks
	@tools/lint

unit: stage  ## unit tests
	@tools/unit

sanity: stage  ## ansible-test sanity, all tests
	@tools/sanity

integration: stage bind  ## build, install, and test through ansible-playbook
	@tools/integration

# The image waits for the network and for a disk, and the set-up for the network.
molecule-fast:  ## the part of them that CI runs when something about them changed
	@$(MAKE) --no-print-directory -j2 images stage
	@tools/molecule_fast

molecule: stage  ## the roles of the web servers on real ones, in containers of Debian 12 and 13 (as root)
	@tools/molecule

coverage: stage  ## how much of plugins/ the unit tests run, in .build/coverage
	@tools/coverage

importer: stage  ## what Galaxy checks when the collection is uploaded
	@bash -c 'source tools/env.bash; ansible-galaxy collection build --force --output-path "$$BUILD/importer-try" "$$STAGE" >/dev/null \
	  && nox --session importer -- "$$BUILD"/importer-try/*.tar.gz'

property: stage bind  ## the promises of docs/safety.md under faults: always the same steps (WEBSEC_TESTS=all: 10,000)
	@tools/property

fuzz: stage  ## ANSWERS (100000) of each API that are not as they should be: always the same ones
	@tools/fuzz $(ANSWERS)

soak: stage bind  ## the same with new random steps for MINUTES (10)
	@tools/soak $(MINUTES)

bench: stage bind  ## measure against what people would write instead (see docs/performance.md; ARGS="...")
	@tools/bench $(ARGS)

demo: setup  ## run the main job on this machine and show what happens
	@tools/demo

docs: stage  ## the documentation as a site with search, in .build/docs
	@tools/docs

matrix: stage  ## unit tests and sanity with every ansible-core and Python that can be had
	@bash -c "source tools/env.bash; exec python tools/matrix.py"

lock: setup  ## pin anew what the development requirements pull in (PYTHONS="python3.11 ...")
	@.venv/bin/python tools/lock.py $(PYTHONS)

release: setup  ## VERSION=x.y.z: tests, changelog, tarball and tag, on this machine only (see CONTRIBUTING.md)
	@bash -c 'source tools/env.bash; exec python tools/release.py "$$1"' release "$(VERSION)"

clean:  ## remove everything that the targets above made
	@if command -v podman >/dev/null; then tools/web_hosts remove; fi
	@rm -rf .build .venv tests/output
