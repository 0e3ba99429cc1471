# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the variables of a role and the inspection of a host to its desired files."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._web.layout import Layout, layout_of
from ansible_collections.hosting.websec.plugins.module_utils._web.renderers import Renderer, Settings, renderer_for
from ansible_collections.hosting.websec.plugins.module_utils._web.values import host_and_port, plain_path
from ansible_collections.hosting.websec.plugins.module_utils._web.websites import (
    Servers,
    Website,
    common_servers,
    read_servers,
    read_websites,
)

File = dict[str, t.Any]
ROOT = {"owner": "root", "group": "root", "mode": "0644"}


def web_files(
    entries: t.Sequence[Settings], server: str, family: str, settings: Settings, host: Settings
) -> dict[str, t.Any]:
    """The plan of the role for one host.

    :param entries: the variable C(X_websites).
    :param settings: the other variables of the role without their prefix, and C(candidate): the path on the host of
        the module file to copy to C(module_path), if any.
    :param host: the result of the module C(botguard_web_info).
    :returns: C(off), the files of a first step (removal only); C(files), the files; C(folders) to create for them, and
        C(empty_folders) to remove after them; C(report), one row per website; C(servers), C(host) and C(port) of
        each server that a website of this host asks.
    :raises BadInputError: a variable is missing or invalid.
    """
    renderer = renderer_for(server, settings)
    layout = layout_of(server, family)
    folder = plain_path(settings["snippets_directory"], f"{renderer.prefix}_snippets_directory")
    names = (f"{renderer.prefix}_primary_server", f"{renderer.prefix}_secondary_server")
    given = {"primary": settings.get("primary_server"), "secondary": settings.get("secondary_server")}
    fallback = read_servers(given, Servers(), names)
    if settings["state"] == "absent":
        websites = read_websites([{**entry, "state": "absent"} for entry in entries], fallback, renderer.prefix)
        return _removal(_Plan(renderer, layout, folder, host), websites, settings)
    websites = read_websites(entries, fallback, renderer.prefix)
    return _installation(_Plan(renderer, layout, folder, host), websites, settings, fallback)


class _Plan(t.NamedTuple):
    renderer: Renderer
    layout: Layout
    folder: str
    host: Settings

    def file(self, path: str, *lines: str) -> File:
        return {"path": path, "content": "\n".join([self.layout.mark, *lines, ""]), **ROOT}

    def snippet(self, domain: str) -> str:
        return f"{self.folder}/{domain}.conf"

    def without(self, path: str) -> File:
        """``path`` removed, or emptied if a virtual host names its full path and would otherwise be invalid."""
        if path in self.host.get("needed", []):
            return self.file(path, "# Empty: kept because a virtual host includes this file.")
        return {"path": path, "state": "absent"}

    def kept(self, path: str) -> bool:
        return path in self.host.get("needed", [])


def _installation(plan: _Plan, websites: list[Website], settings: Settings, fallback: Servers) -> dict[str, t.Any]:
    each_its_own = bool(settings.get("servers_per_website"))
    common = common_servers(websites, fallback, plan.renderer.prefix, each_its_own=each_its_own)
    files = [*_module(plan, settings), *_drop_in(plan, common)]
    files += [_snippet(plan, website, common) for website in websites]
    asked = sorted(
        {
            host_and_port(address, int(settings["server_port"]))
            for servers in [common, *(site.servers for site in websites if site.state == "online")]
            for address in (servers.primary, servers.secondary)
            if address
        }
    )
    folders = [plan.folder]
    if settings.get("candidate"):
        # Without other modules of the web server, no package creates it.
        folders.append(os.path.dirname(str(settings["module_path"])))
    return {
        "off": [],
        "files": files,
        "folders": folders,
        "empty_folders": [],
        "report": [_row(plan, website) for website in websites],
        "servers": [{"host": host, "port": port} for host, port in asked],
    }


def _module(plan: _Plan, settings: Settings) -> list[File]:
    """The module file and the line that loads it, before everything that needs it."""
    path = settings.get("module_path")
    files: list[File] = []
    load = plan.renderer.load()
    if settings.get("candidate"):
        files.append({"path": str(path), "src": settings["candidate"], **ROOT})
    layout = plan.layout
    if set(plan.host.get("loaded_by", [])) - set(layout.load_files):
        # A package has installed its own line. Two of them are an error.
        return files
    if not plan.host.get("load_is_foreign"):
        files.append(plan.file(layout.load, load))
    if layout.load_link:
        files.append({"path": layout.load_link[0], "link": layout.load_link[1]})
    return files


def _drop_in(plan: _Plan, common: Servers) -> list[File]:
    renderer, layout = plan.renderer, plan.layout
    lines = [
        *(renderer.servers(common) if common.known else []),
        "# Each protected website switches it on in its virtual host.",
        renderer.check(renderer.off),
        *renderer.extras(plan.host),
        *renderer.options(),
    ]
    files: list[File] = []
    if renderer.remote_ip() and layout.remote_ip_link:
        files.append({"path": layout.remote_ip_link[0], "link": layout.remote_ip_link[1]})
    files.append(plan.file(layout.drop_in, *lines))
    if layout.drop_in_link:
        files.append({"path": layout.drop_in_link[0], "link": layout.drop_in_link[1]})
    return files


def _snippet(plan: _Plan, website: Website, common: Servers) -> File:
    path = plan.snippet(website.domain)
    if website.state == "absent":
        return plan.without(path)
    on = website.state == "online"
    servers = plan.renderer.servers(website.servers) if on and website.servers != common else []
    return plan.file(path, *servers, plan.renderer.check(plan.renderer.on if on else plan.renderer.off))


def _removal(plan: _Plan, websites: list[Website], settings: Settings) -> dict[str, t.Any]:
    """Two steps, so that the module processes no request when it is removed."""
    layout = plan.layout
    found = plan.host.get("snippets") or {}
    ours = {path for path, on in found.items() if on is not None}
    paths = sorted(ours | {plan.snippet(website.domain) for website in websites})
    off = [plan.file(path, plan.renderer.check(plan.renderer.off)) for path in paths if found.get(path)]
    files = [plan.without(path) for path in paths]
    links = [link for link in (layout.drop_in_link, layout.load_link) if link]
    files += [{"path": link[0], "state": "absent"} for link in links]
    files.append({"path": layout.drop_in, "state": "absent"})
    if not plan.host.get("load_is_foreign"):
        files.append({"path": layout.load, "state": "absent"})
    empty_folders = []
    if settings["source"]["type"] == "module_file":
        path = plain_path(settings["module_path"], f"{plan.renderer.prefix}_module_path")
        files.append({"path": path, "state": "absent"})
        empty_folders.append(os.path.dirname(path))
    return {
        "off": off,
        "files": files,
        "folders": [],
        "empty_folders": empty_folders,
        "report": [_row(plan, website) for website in websites],
        "servers": [],
    }


_SWITCH = {"online": "on", "paused": "off", "absent": "absent"}


def _row(plan: _Plan, website: Website) -> dict[str, t.Any]:
    path = plan.snippet(website.domain)
    note = ""
    if website.state == "absent" and plan.kept(path):
        note = f"{path} stays as an empty file, because a virtual host includes it"
    return {
        "domain": website.domain,
        "state": _SWITCH[website.state],
        "servers": website.servers.as_dict() if website.state != "absent" else None,
        "note": note,
    }
