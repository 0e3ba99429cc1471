# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Renders the configuration files: the same content in the words of nginx and of Apache."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._web.values import (
    directive_name,
    missing,
    option_lines,
    plain_path,
    quoted,
    real_ip,
)
from ansible_collections.hosting.websec.plugins.module_utils._web.websites import Servers

Settings = t.Mapping[str, t.Any]


class Nginx:
    """Renders for nginx, from the variables of the role without their prefix."""

    prefix = "botguard_nginx"
    on, off = "on", "off"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def load(self) -> str:
        path = plain_path(self._settings["module_path"], f"{self.prefix}_module_path")
        return f"load_module {quoted(path, '')};"

    def servers(self, servers: Servers) -> list[str]:
        return [
            f"botguard_primary_server {quoted(servers.primary, '')};",
            f"botguard_secondary_server {quoted(servers.secondary, '')};",
        ]

    def check(self, value: str) -> str:
        return f"botguard_check {value};"

    def extras(self, host: Settings) -> list[str]:
        """What else stands in the context of the whole server, but for the options of the user."""
        settings = self._settings
        lines = ["botguard_cache_results on;"] if settings.get("cache_results") else []
        if settings.get("skip"):
            lines.append(f"botguard_skip {quoted(settings['skip'], f'{self.prefix}_skip')};")
        if settings.get("aio_threads") and host.get("threads") and not host.get("aio_set_by"):
            lines.append("aio threads;")
        networks, header = real_ip(settings.get("real_ip") or {}, f"{self.prefix}_real_ip")
        lines += [f"set_real_ip_from {network};" for network in networks]
        return lines + ([f"real_ip_header {header};"] if networks else [])

    def remote_ip(self) -> bool:
        """Whether a module of its own is needed for the address of the visitor."""
        return False

    def options(self) -> list[str]:
        return option_lines(self._settings.get("options") or "", f"{self.prefix}_options")


class Apache:
    """Renders for Apache, from the variables of the role without their prefix."""

    prefix = "botguard_apache"
    on, off = "On", "Off"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def load(self) -> str:
        name = self._settings.get("module_name")
        if not name:
            raise missing(f"{self.prefix}_module_name", "the name of the module in the LoadModule line of Apache")
        path = self._settings.get("module_path")
        if not path:
            raise missing(f"{self.prefix}_module_path", "where the module file of Apache lies on the host")
        module = directive_name(name, f"{self.prefix}_module_name")
        return f"LoadModule {module} {plain_path(path, f'{self.prefix}_module_path')}"

    def servers(self, servers: Servers) -> list[str]:
        return [
            f"{self._directive('primary_server')} {quoted(servers.primary, '')}",
            f"{self._directive('secondary_server')} {quoted(servers.secondary, '')}",
        ]

    def check(self, value: str) -> str:
        return f"{self._directive('check')} {value}"

    def extras(self, host: Settings) -> list[str]:
        """What else stands in the context of the whole server, but for the options of the user."""
        del host
        settings = self._settings
        lines = [f"{self._directive('cache_results')} On"] if settings.get("cache_results") else []
        if settings.get("skip"):
            lines.append(f"{self._directive('skip')} {quoted(settings['skip'], f'{self.prefix}_skip')}")
        networks, header = self._real_ip()
        lines += [f"RemoteIPHeader {header}"] if networks else []
        return lines + [f"RemoteIPTrustedProxy {network}" for network in networks]

    def remote_ip(self) -> bool:
        """Whether a module of its own is needed for the address of the visitor."""
        return bool(self._real_ip()[0])

    def options(self) -> list[str]:
        return option_lines(self._settings.get("options") or "", f"{self.prefix}_options")

    def _real_ip(self) -> tuple[list[str], str]:
        networks, header = real_ip(self._settings.get("real_ip") or {}, f"{self.prefix}_real_ip")
        return networks, header

    def _directive(self, what: str) -> str:
        name = (self._settings.get("directives") or {}).get(what)
        if not name:
            raise missing(f"{self.prefix}_directives.{what}", f"the name of the directive of Apache for {what}")
        return directive_name(name, f"{self.prefix}_directives.{what}")


Renderer = t.Union[Nginx, Apache]


def renderer_for(server: str, settings: Settings) -> Renderer:
    """The renderer for C(nginx) or C(apache)."""
    if server == "nginx":
        return Nginx(settings)
    if server == "apache":
        return Apache(settings)
    raise BadInputError(f"{server!r} is neither nginx nor apache.")
