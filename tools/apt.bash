# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# Installing Debian packages, as root or with sudo. Run from the folder of the checkout.

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "setup: '$*' needs root, and there is no sudo. Run it as root once, then try again." >&2
    return 1
  fi
}

apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# install_packages NAME...: prints what it does, and shows the output only if it fails.
install_packages() {
  if ! command -v apt-get >/dev/null; then
    echo "setup: please install what Debian calls $* with the package manager of this system." >&2
    return 1
  fi
  echo "setup: installing $*"
  local log=.build/setup-apt-$$.log
  # apt-get waits for dpkg's lock by itself, but not for the one of the package lists.
  for _ in $(seq 60); do
    if apt update >"$log" 2>&1 || ! grep -q 'Could not get lock' "$log"; then break; fi
    sleep 5
  done
  # A list that cannot be refreshed matters only if the packages cannot be installed from the existing lists.
  apt install --yes --no-install-recommends "$@" >>"$log" 2>&1 || { cat "$log" >&2; return 1; }
}
