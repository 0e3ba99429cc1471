# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034  # the scripts that source this use the variables

# The environment of every script here: paths, and none of the user's own settings.

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$ROOT/.build
VENV=$ROOT/.venv
# The folder above ansible_collections, and the collection in it (see stage.py).
STAGE_PATH=$BUILD/stage
STAGE=$STAGE_PATH/ansible_collections/hosting/websec
REPORTS=$BUILD/reports

mkdir -p "$REPORTS"

# pytest_selection ARGUMENTS...: sets `selection` to the options of pytest that select tests. `make test` excludes
# those with the mark all_only, WEBSEC_TESTS=all (`make test-all`) includes them. With arguments, they select the tests.
pytest_selection() {
  selection=()
  if [[ ${WEBSEC_TESTS:-} != all && $# -eq 0 ]]; then selection=(-m 'not all_only'); fi
}

# Real credentials and settings of Ansible of the user must not reach the tests.
for name in $(compgen -e); do
  case $name in
    ANSIBLE_* | BOTGUARD_* | DIRECTADMIN_* | PLESK_* | RFC2136_* | SITELOCK_* | WHM_* | PYTEST_* | PYTHONPATH) unset "$name" ;;
  esac
done
# Servers on this machine are never reached through a proxy.
export no_proxy=localhost,127.0.0.1,::1${no_proxy:+,$no_proxy}
export NO_PROXY=$no_proxy

export PATH=$VENV/bin:$PATH
export ANSIBLE_HOME=$BUILD/ansible-home
export ANSIBLE_CONFIG=$STAGE/ansible.cfg
export ANSIBLE_COLLECTIONS_PATH=$STAGE_PATH
