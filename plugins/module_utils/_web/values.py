# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values on their way into the configuration of a web server: checked or quoted, so that none becomes a directive."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

PARTNER_AREA = (
    "It is not public: a partner finds it in the partner area (https://botguard.net/en/docs, after login) or asks the "
    "support of the vendor."
)

_SERVER = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?", re.ASCII)
_PATH = re.compile(r"(?:/[A-Za-z0-9_+][A-Za-z0-9_.+-]*)+", re.ASCII)
_DIRECTIVE = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def missing(variable: str, what: str, *, public: bool = False) -> BadInputError:
    """The error for a variable without a default that was not given."""
    return BadInputError(f"The variable {variable} is missing: {what}.", hint="" if public else PARTNER_AREA)


def server_address(text: object, variable: str) -> str:
    """A BotGuard server as C(host) or C(host:port)."""
    value = str(text)
    found = _SERVER.fullmatch(value)
    if not found or int(found.group(1) or 1) not in range(1, 65536):
        raise BadInputError(f"{variable}: {value!r} is not a host name or address, with or without ':port'.")
    return value


def host_and_port(server: str, default_port: int) -> tuple[str, int]:
    """A checked server address in its two parts."""
    found = re.fullmatch(r"(.+):(\d+)", server)
    host, port = (found.group(1), int(found.group(2))) if found else (server, default_port)
    return host.strip("[]"), port


def plain_path(text: object, variable: str) -> str:
    """An absolute path of letters, digits and C(_ . + -)."""
    value = str(text)
    if not _PATH.fullmatch(value):
        raise BadInputError(f"{variable}: {value!r} is not an absolute path of letters, digits, '_', '.', '+' and '-'.")
    return value


def directive_name(text: object, variable: str) -> str:
    """The name of a directive or a module."""
    value = str(text)
    if not _DIRECTIVE.fullmatch(value):
        raise BadInputError(f"{variable}: {value!r} is not a name of letters, digits and '_'.")
    return value


def quoted(text: object, variable: str) -> str:
    """``text`` in double quotes, as both nginx and Apache read it."""
    value = str(text)
    if _CONTROL.search(value) or "${" in value:
        raise BadInputError(f"{variable}: {value!r} holds a line break, another control character or '${{'.")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def option_lines(text: object, variable: str) -> list[str]:
    """Free lines of the user."""
    lines = str(text).splitlines()
    if any(_CONTROL.search(line.replace("\t", " ")) for line in lines):
        raise BadInputError(f"{variable} holds control characters.")
    return lines


def real_ip(setting: t.Mapping[str, t.Any], variable: str) -> tuple[list[str], str]:
    """Networks of the proxies and the header with the visitor's address; no networks: not set.

    :raises BadInputError: a network that is none, or networks without a header.
    """
    networks = [_network(str(text), variable) for text in setting.get("networks") or []]
    if not networks:
        return [], ""
    header = str(setting.get("header") or "")
    if not header:
        raise missing(
            f"{variable}.header",
            "the header in which the proxy of the networks gives the visitor's address",
            public=True,
        )
    if not _HEADER.fullmatch(header):
        raise BadInputError(f"{variable}: {header!r} is not the name of a header.")
    return networks, header


def _network(text: str, variable: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError as error:
        raise BadInputError(f"{variable}: {text!r} is not a network ({error}).") from None
