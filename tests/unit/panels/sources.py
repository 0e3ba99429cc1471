# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An inventory source of one of the panels, read in the test process by its plugin.

Without Ansible's loader of plugins, which would take over the imports of the whole process. What only it shows is in
``tests/integration/test_panels.py``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib
import json
import pathlib
import typing as t

import ansible.constants
import pytest
import yaml
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.utils.display import Display

from ansible_collections.hosting.websec.plugins.doc_fragments import panels
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer

CREDENTIALS: dict[str, dict[str, str]] = {
    "whm": {"api_username": "root", "api_token": "WHM-TOKEN-0123456789"},
    "plesk": {"api_key": "PLESK-KEY-0123456789"},
    "directadmin": {"api_username": "admin", "api_login_key": "DA-KEY-0123456789"},
}
"""Those of the stand-ins."""


@dataclasses.dataclass
class Source:
    """What Ansible made of a source. C(error) is empty if it accepted it."""

    hosts: dict[str, dict[str, t.Any]]
    groups: dict[str, list[str]]
    group_variables: dict[str, dict[str, t.Any]]
    warnings: list[str]
    error: str = ""

    @property
    def text(self) -> str:
        """All that a user could see."""
        return json.dumps([self.hosts, self.groups, self.group_variables, self.warnings, self.error])


@functools.cache
def _define_options(panel: str) -> t.Any:
    """Define the options of a plugin as its documentation does, once; returns its module."""
    module = importlib.import_module(f"ansible_collections.hosting.websec.plugins.inventory.{panel}")
    options: dict[str, t.Any] = {}
    for text in (
        constructed.ModuleDocFragment.DOCUMENTATION,
        inventory_cache.ModuleDocFragment.DOCUMENTATION,
        panels.ModuleDocFragment.DOCUMENTATION,
        module.DOCUMENTATION,
    ):
        for name, described in yaml.safe_load(text)["options"].items():
            # As Ansible does: what a fragment says about an option, and then the plugin.
            options[name] = {**options.get(name, {}), **described}
    ansible.constants.config.initialize_plugin_configuration_definitions(
        "inventory", module.InventoryModule.NAME, options
    )
    return module


def new_plugin(panel: str) -> t.Any:
    """The plugin, as Ansible's loader would return it."""
    plugin = _define_options(panel).InventoryModule()
    plugin._load_name, plugin._redirected_names = plugin.NAME, [plugin.NAME]
    return plugin


def read_source(
    panel: str,
    folder: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    name: str = "",
    flush: bool = False,
    inventory: InventoryData | None = None,
    **options: t.Any,
) -> Source:
    """Read a source with these options.

    :param name: of the file. :param flush: as C(--flush-cache). :param inventory: what there is already.
    """
    file = folder / (name or f"test.{panel}.yml")
    file.write_text(json.dumps({"plugin": f"hosting.websec.{panel}", "retries": 0, **options}))
    warnings: list[str] = []
    monkeypatch.setattr(
        Display, "warning", lambda _self, msg, *_args, **_kwargs: warnings.append(" ".join(msg.split()))
    )
    found = inventory or InventoryData()
    plugin = new_plugin(panel)
    assert plugin.verify_file(str(file))
    error = ""
    try:
        plugin.parse(found, DataLoader(), str(file), cache=not flush)
    except AnsibleError as refusal:
        error = " ".join(str(refusal).split())
    else:
        plugin.update_cache_if_changed()
    return Source(
        {
            name: {key: value for key, value in host.vars.items() if key in OWN or key.startswith("panel_")}
            for name, host in found.hosts.items()
        },
        {name: sorted(host.name for host in group.hosts) for name, group in found.groups.items()},
        {name: dict(group.vars) for name, group in found.groups.items()},
        warnings,
        error,
    )


OWN = ("mine", "sitelock_domain")
"""Variables of other sources, and those that tests compose."""


def options_of(panel: str, server: ScriptedServer, **more: t.Any) -> dict[str, t.Any]:
    """Options for one stand-in."""
    scheme = server.url.partition("://")[0]
    return {"api_url": f"{scheme}://127.0.0.1:{server.port}", **CREDENTIALS[panel], **more}


AnyScript = t.Union[t.Sequence[Reply], t.Callable[[Received], t.Any]]
"""Replies, or a stand-in, or a function that returns what one of them returns."""


def server_of(script: AnyScript, **more: t.Any) -> ScriptedServer:
    """A server that answers with a script. :param more: of C(ScriptedServer)."""
    if not callable(script):
        return ScriptedServer(script, **more)
    answer = script

    def reply(request: Received) -> Reply:
        found = answer(request)
        return found if isinstance(found, Reply) else Reply(*found)

    return ScriptedServer(reply, **more)


Read = t.Callable[..., Source]


def reader(panel: str, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """A function that reads a source with one server, which answers with a script, and with more options."""

    def reading(script: AnyScript, **options: t.Any) -> Source:
        with server_of(script) as server:
            return read_source(panel, folder, monkeypatch, **options_of(panel, server, **options))

    return reading


@contextlib.contextmanager
def serving(*scripts: AnyScript) -> t.Iterator[list[ScriptedServer]]:
    """A server for each script."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(server_of(script)) for script in scripts]
