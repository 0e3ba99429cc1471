# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-core loads every filter file of a collection when one of them is used, in the process of each task. So
filters import what they need when they are called."""

from __future__ import annotations

import json
import os
import subprocess
import sys

LOAD_ALL = """
import importlib, json, pkgutil, sys
import ansible.errors
before = set(sys.modules)
from ansible_collections.hosting.websec.plugins import filter as filters
for module in pkgutil.iter_modules(filters.__path__, filters.__name__ + "."):
    importlib.import_module(module.name).FilterModule().filters()
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_loading_the_filters_loads_nothing_that_only_some_of_them_need() -> None:
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", LOAD_ALL], capture_output=True, text=True, check=True, env=paths)
    loaded = json.loads(done.stdout)
    filters = [name for name in loaded if ".hosting.websec.plugins.filter." in name]
    assert len(filters) > 10
    assert [name for name in loaded if ".websec.plugins." in name and name not in filters] == [
        "ansible_collections.hosting.websec.plugins.filter"
    ]
    assert not {"requests", "urllib3", "lxml", "dns"} & set(loaded)
