# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# Running ansible-test without a container. Needs env.bash.

# PATH without the folders with a pythonX.Y that does not run (such as the shims of pyenv for versions that are not
# selected): ansible-test would use it as an interpreter.
path_of_working_pythons() {
  local folder python kept=() folders
  IFS=: read -ra folders <<<"$PATH"
  for folder in "${folders[@]}"; do
    for python in "$folder"/python3.[0-9] "$folder"/python3.[0-9][0-9]; do
      if [[ -x $python ]] && ! "$python" -c '' 2>/dev/null; then continue 2; fi
    done
    kept+=("$folder")
  done
  (IFS=:; echo "${kept[*]}")
}

# run_ansible_test COMMAND ARGUMENTS...: with the Python of the venv.
run_ansible_test() {
  local command=$1 home=$BUILD/home version
  shift
  python "$ROOT/tools/ansible_test_home.py" "$home"
  version=$(python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  cd "$STAGE" || return
  HOME=$home PATH=$(path_of_working_pythons) ansible-test "$command" --python "$version" "$@"
}
