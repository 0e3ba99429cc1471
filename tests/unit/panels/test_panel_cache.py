# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The cache of a source: what is in it, when it applies, and what was edited or written by another version."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.panels.sources import Source, options_of, read_source, server_of
from ansible_collections.hosting.websec.tests.unit.panels.whm_panel import WhmPanel, account, domain
from ansible_collections.hosting.websec.tests.unit.scripted_server import ScriptedServer

NAMES = ("a.example", "b.example", "*.a.example")


class Cached:
    """A source with a cache in files."""

    def __init__(self, server: ScriptedServer, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = server
        self._folder, self._monkeypatch = folder, monkeypatch
        self._options = options_of("whm", server, cache=True, cache_plugin="jsonfile")
        self._options["cache_connection"] = str(folder / "cache")

    def read(self, **more: t.Any) -> tuple[Source, int]:
        """The source, and the number of calls."""
        before = len(self.server.requests)
        source = read_source("whm", self._folder, self._monkeypatch, **{**self._options, **more})
        return source, len(self.server.requests) - before

    @property
    def file(self) -> pathlib.Path:
        (file,) = (path for path in (self._folder / "cache").rglob("*") if path.is_file())
        return file

    def edit(self, change: t.Callable[[t.Any], t.Any]) -> None:
        """Change what is kept, whatever Ansible wraps it in."""
        content = json.loads(self.file.read_text())
        inner = content.get("__payload__")
        kept = change(json.loads(inner) if inner else content)
        self.file.write_text(json.dumps({**content, "__payload__": json.dumps(kept)} if inner else kept))


@pytest.fixture
def cached(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> collections.abc.Iterator[Cached]:
    panel = WhmPanel([account("alpha", plan="shop")], [domain(name, "alpha") for name in NAMES])
    with server_of(panel) as server:
        yield Cached(server, tmp_path, monkeypatch)


def test_it_has_the_same_hosts_and_warnings_and_no_secret(cached: Cached) -> None:
    first, asked = cached.read()
    assert (asked, len(first.warnings), sorted(first.hosts)) == (2, 1, ["a.example", "b.example"])
    assert cached.read() == (first, 0)
    kept = cached.file.read_text()
    assert "a.example" in kept
    assert "WHM-TOKEN" not in kept
    assert "hunter2" not in kept
    # A new token reads the same. With other options, or --flush-cache, what was kept does not apply.
    assert cached.read(api_token="the-n3xt-token") == (first, 0)
    assert cached.read(domain_types=["main", "sub"])[1] == 2
    assert cached.read(flush=True) == (first, 2)


def site(kept: t.Any, **values: t.Any) -> t.Any:
    """What is kept, with other values of its first site."""
    (server,) = kept["servers"].values()
    server["sites"][0].update(values)
    return kept


@pytest.mark.parametrize(
    "change",
    [
        lambda _kept: {"hosts": {"a.example": {}}, "problems": [], "failed": []},
        lambda _kept: [],
        lambda _kept: "text",
        lambda kept: {**kept, "form": 1},
        lambda kept: {**kept, "servers": {}},
        lambda kept: {**kept, "servers": {**kept["servers"], "web2": {"sites": [], "problems": []}}},
        lambda kept: {**kept, "servers": {"web2": kept["servers"]["127.0.0.1"]}},
        lambda kept: {**kept, "servers": {"127.0.0.1": {"sites": [], "problems": [1]}}},
        lambda kept: {**kept, "servers": {"127.0.0.1": {"sites": ["a.example"], "problems": []}}},
        lambda kept: {**kept, "servers": {"127.0.0.1": {"sites": [{}], "problems": []}}},
        lambda kept: site(kept, password="x"),
        lambda kept: site(kept, domain="all"),
        lambda kept: site(kept, domain={"__ansible_unsafe": "a.example"}),
        lambda kept: site(kept, domain_type="sub"),
        lambda kept: site(kept, suspended="no"),
        lambda kept: site(kept, addresses="192.0.2.1"),
        lambda kept: site(kept, addresses=["192.0.2.1; rm"]),
        lambda kept: site(kept, package=["shop"]),
        lambda kept: site(kept, account=None),
    ],
)
def test_one_that_is_not_complete_and_valid_does_not_apply(cached: Cached, change: t.Callable[[t.Any], t.Any]) -> None:
    first, _asked = cached.read()
    cached.edit(change)
    again, asked = cached.read()
    assert (again.error, again.hosts, asked) == ("", first.hosts, 2)
    assert "The cache of this source is not complete and valid. The servers are read again." in again.warnings
    assert cached.read() == (first, 0)


def test_an_edited_name_is_still_no_template(cached: Cached) -> None:
    cached.read()
    hostile = "{{ lookup('ansible.builtin.env', 'HOME') }}"
    cached.edit(lambda kept: site(kept, package=hostile))
    found, asked = cached.read(compose={"mine": "panel_package ~ '!'"}, strict=False)
    assert asked == 0
    assert found.hosts["a.example"]["panel_package"] == hostile
    assert found.hosts["a.example"]["mine"] == f"{hostile}!"
