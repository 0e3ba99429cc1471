# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""With YAML anchors, data can contain itself, or exceed any memory: an error of this entry, not a crash."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import pathlib
import typing as t

import pytest
import yaml
from ansible.errors import AnsibleError

from ansible_collections.hosting.websec.plugins.module_utils import _nesting
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import DnsParameter
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._entries_file import read_entries_file
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare

BOMB = "\n".join(
    ["- &b0 [x, x, x, x, x, x, x, x, x, x]"] + [f"- &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]" for n in range(1, 30)]
)
SHAPES = {
    "a list in itself": "&a [*a]",
    "a mapping in itself": "&a {a: *a}",
    "both": "&a [{b: *a}]",
    "deep": "[" * 200 + "]" * 200,
}
PLUGINS = pathlib.Path(_nesting.__file__).parents[1]


def shape(name: str) -> t.Any:
    return yaml.safe_load(SHAPES[name]) if name in SHAPES else yaml.safe_load(BOMB)[-1]


every_shape = pytest.mark.parametrize("name", [*SHAPES, "a thousand million million million texts"])


@every_shape
def test_an_entry_of_the_site_file(tmp_path: pathlib.Path, name: str) -> None:
    (tmp_path / "sites.yml").write_text("[]")
    sites = [
        *read_entries_file(str(tmp_path / "sites.yml"), "sites_file", "sites"),
        {"domain": "a.example", "zone": "a.example", "site_id": 1},
        *({"domain": "b.example", "site_id": 2, key: shape(name)} for key in ("aliases", "restore", "zone", "x")),
        shape(name),
    ]
    first, *others = prepare(sites, [], Defaults())
    assert first["error"] is None
    assert {each["error"]["kind"] for each in others} == {"bad_input"}
    assert all(len(each["error"]["message"]) < 500 for each in others)
    assert "Entry 2 of the site file" in others[0]["error"]["message"]


@pytest.mark.parametrize("name", ["a list in itself", "both"])
def test_the_site_file_itself(tmp_path: pathlib.Path, name: str) -> None:
    (tmp_path / "sites.yml").write_text(SHAPES[name])
    (entry,) = prepare(read_entries_file(str(tmp_path / "sites.yml"), "sites_file", "sites"), [], Defaults())
    assert entry["error"]["kind"] == "bad_input"


@every_shape
@pytest.mark.parametrize("place", ["providers", "zones", "accept", "server", "nonsense", "own"])
def test_the_option_dns(place: str, name: str) -> None:
    given = {"providers": {"p": {"token": shape(name)}}} if place == "own" else {place: shape(name)}
    assert DnsParameter(given) == {}
    with pytest.raises(BadInputError, match=r"dns (is nested|has more)"):
        open_providers(DnsParameter(given), read_only=True, concurrency=1)


def filters() -> dict[str, t.Callable[..., t.Any]]:
    found: dict[str, t.Callable[..., t.Any]] = {}
    for path in sorted((PLUGINS / "filter").glob("*.py")):
        module = importlib.import_module(f"ansible_collections.hosting.websec.plugins.filter.{path.stem}")
        found.update(module.FilterModule().filters())
    return found


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("plugin", sorted(filters()))
def test_every_filter_comes_to_an_end(plugin: str, name: str) -> None:
    """RecursionError has none of these kinds."""
    function = filters()[plugin]
    required = [each for each in inspect.signature(function).parameters.values() if each.default is each.empty]
    value = shape(name)
    for given in (value, [value], [{"domain": "a.example", "web_host": value, "names": value, "error": value}]):
        with contextlib.suppress(AnsibleError, AttributeError, KeyError, TypeError, ValueError):
            function(*[given for _each in required])


@every_shape
@pytest.mark.parametrize("plugin", ["botguard_api_websites", "botguard_api_users", "botguard_web_websites"])
def test_the_filters_for_websites_say_what_is_wrong(plugin: str, name: str) -> None:
    more = [[], "web1"] if plugin == "botguard_web_websites" else []
    with pytest.raises(AnsibleError, match=r"Entry 1 (is nested|has more)"):
        filters()[plugin]([{"domain": "a.example", "web_host": shape(name)}], *more)


def test_what_is_large_and_finite_is_taken() -> None:
    entry = {"aliases": [f"www{number}" for number in range(5000)], "restore": {"@": {"A": ["192.0.2.1"]}}}
    assert plain_data(entry, "x") == entry
