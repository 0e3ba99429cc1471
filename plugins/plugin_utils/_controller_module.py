# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module of this collection that runs on the controller, with the Python of Ansible, from its installed files.

For each task Ansible packs a module with everything that it imports. For a hundred files that takes longer than a pass
over many sites, and is unnecessary where the files already exist. This runs a script that imports the module instead.
Ansible still starts, stops and reads it.
"""

from __future__ import annotations

import json
import pathlib
import sys
import typing as t

_PLUGINS = pathlib.Path(__file__).resolve().parents[1]
_COLLECTION = ".".join(__name__.split(".")[:3])

# Through a pipe (pipelining), Python searches modules in the current folder first: a dns.py or json.py of the user.
# The packages are created by hand, so that exactly this folder is the collection: it may be a link, exist twice, or be
# next to an ansible_collections that is not a namespace package.
_SCRIPT = """\
import sys
sys.path[:] = [path for path in sys.path if path not in ("", ".")]
import runpy, types
for name, path in {packages!r}:
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = {arguments!r}
basic._ANSIBLE_PROFILE = {profile!r}
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""

_PROFILE = "legacy"


def script(module_name: str, arguments: t.Mapping[str, t.Any]) -> bytes:
    """The script that runs a module.

    :param module_name: its name as in a task, with or without the collection.
    :param arguments: its options, with those of Ansible.
    """
    return _SCRIPT.format(
        packages=_packages(),
        arguments=_encoded({"ANSIBLE_MODULE_ARGS": dict(arguments)}),
        profile=_PROFILE,
        module=_import_name(module_name),
    ).encode()


def built(module_name: str, arguments: t.Mapping[str, t.Any]) -> t.Any:
    """The return value of C(ActionBase._configure_module) for a module, in the form of this ansible-core."""
    data, shebang = script(module_name, arguments), f"#!{sys.executable}"
    try:
        from ansible.executor.module_common import _BuiltModule
    except ImportError:  # ansible-core 2.18
        return "new", shebang, data, _file(module_name)
    made = _BuiltModule(b_module_data=data, module_style="new", shebang=shebang, serialization_profile=_PROFILE)
    return made, _file(module_name)


def _file(module_name: str) -> str:
    return str(_PLUGINS / "modules" / f"{module_name.rpartition('.')[2]}.py")


def _packages() -> list[tuple[str, list[str]]]:
    """The packages down to the collection, with their search paths."""
    namespace = _COLLECTION.rpartition(".")[0]
    return [(namespace.partition(".")[0], []), (namespace, []), (_COLLECTION, [str(_PLUGINS.parent)])]


def _import_name(module_name: str) -> str:
    return f"{_COLLECTION}.plugins.modules.{module_name.rpartition('.')[2]}"


def _encoded(arguments: t.Any) -> bytes:
    try:
        from ansible.module_utils.common.json import Direction, get_module_encoder
    except ImportError:  # ansible-core 2.18
        from ansible.module_utils.common.json import AnsibleJSONEncoder

        return json.dumps(arguments, cls=AnsibleJSONEncoder, vault_to_text=True).encode()
    return json.dumps(arguments, cls=get_module_encoder(_PROFILE, Direction.CONTROLLER_TO_MODULE)).encode()
