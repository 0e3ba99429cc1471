# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Values for the configuration of a web server: checked or quoted, so that none becomes a directive."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import (
    Network,
    find_address,
    is_host_name,
    parse_network,
    too_wide,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

PARTNER_AREA = (
    "It is not public: get it from the partner area (https://botguard.net/en/docs, login required) or from the "
    "vendor's support."
)

_SERVER = re.compile(r"(?:\[(?P<ipv6>.+)\]|(?P<host>[^:\[\]]*[^:\[\].]))(?::(?P<port>[0-9]{1,5}))?", re.DOTALL)
_PATH = re.compile(r"(?:/[A-Za-z0-9_+][A-Za-z0-9_.+-]*)+", re.ASCII)
_DIRECTIVE = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*", re.ASCII)
# An unpaired surrogate cannot be written to a file.
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def missing(variable: str, what: str, *, public: bool = False) -> BadInputError:
    """The error for a required variable that is not set."""
    return BadInputError(f"The variable {variable} is missing: {what}.", hint="" if public else PARTNER_AREA)


def server_address(text: object, variable: str) -> str:
    """A BotGuard server as C(host) or C(host:port); an IPv6 address is in brackets."""
    value = str(text)
    found = _SERVER.fullmatch(value)
    host = found and (_bracketed(found["ipv6"]) if found["ipv6"] else _ipv4_or_name(found["host"]))
    if not found or not host or int(found["port"] or 1) not in range(1, 65536):
        raise BadInputError(f"{variable}: {value!r} is not a host name or address, with or without ':port'.")
    return f"{host}:{int(found['port'])}" if found["port"] else host


def _bracketed(text: str) -> str:
    """The IPv6 address in its short form in brackets; empty: it is not one."""
    address = find_address(text)
    return f"[{address}]" if address is not None and address.version == 6 else ""


def _ipv4_or_name(text: str) -> str:
    """An IPv4 address or the name of a host; empty: it is neither."""
    address = find_address(text)
    return str(address) if address is not None else text if is_host_name(text) else ""


def host_and_port(server: str, default_port: int) -> tuple[str, int]:
    """The two parts of what ``server_address`` returned."""
    found = re.fullmatch(r"(.+):([0-9]+)", server)
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
    """``text`` in double quotes, in the syntax of both nginx and Apache."""
    value = str(text)
    if _NO_TEXT.search(value) or "${" in value:
        raise BadInputError(f"{variable}: {value!r} contains a line break, another control character or '${{'.")
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def option_lines(text: object, variable: str) -> list[str]:
    """Free lines of the user."""
    # Only the line ends of a web server: a comment may contain other separators.
    lines = str(text).replace("\r\n", "\n").rstrip("\n").split("\n") if text else []
    if any(_NO_TEXT.search(line.replace("\t", " ")) for line in lines):
        raise BadInputError(f"{variable} contains control characters.")
    return lines


def real_ip(setting: t.Mapping[str, t.Any], variable: str) -> tuple[list[str], str]:
    """Networks of the proxies and the header with the visitor's address; no networks: not set.

    :raises BadInputError: a network is invalid, networks are too wide, or the header is missing.
    """
    networks = [_network(str(text), variable) for text in setting.get("networks") or []]
    if not networks:
        return [], ""
    problem = too_wide(networks)
    if problem:
        raise BadInputError(
            f"{variable}.networks contain {problem}: any visitor could fake the client address.",
            hint="List only the networks of the proxies.",
        )
    header = str(setting.get("header") or "")
    if not header:
        raise missing(
            f"{variable}.header",
            "the header in which the proxy sends the visitor's address",
            public=True,
        )
    if not _HEADER.fullmatch(header):
        raise BadInputError(f"{variable}: {header!r} is not the name of a header.")
    return [str(network) for network in networks], header


def _network(text: str, variable: str) -> Network:
    try:
        return parse_network(text)
    except ValueError as error:
        raise BadInputError(f"{variable}.networks: {text!r} is not a network: {error}.") from None
