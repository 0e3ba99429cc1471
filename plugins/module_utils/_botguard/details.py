# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of a website's data is shown to users: no secrets, and the servers under one name."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN

_SECRET_NAME = re.compile(r"key$|token|passw|secret|credential|authori[sz]ation|cookie|session|^pass$|^pwd$")
_TEXT_OF_NAME = re.compile(r"\"([^\"\\]+)\"\s*:\s*\"(?:[^\"\\]|\\.)*\"?")
_SECRET_IN_URL = re.compile(r"(?i)((?:api[-_]?key|token|password|secret)=)[^&\s\"'#]+")


def without_secrets(value: t.Any, redact: t.Callable[[str], str]) -> t.Any:
    """``value`` (JSON) without the entries that are secrets by their name, at any depth.

    :param redact: hides the secrets that are known in the texts that stay.
    """
    if isinstance(value, dict):
        return {
            _text(name, redact): without_secrets(entry, redact)
            for name, entry in value.items()
            if not is_secret_name(name)
        }
    if isinstance(value, list):
        return [without_secrets(entry, redact) for entry in value]
    return _text(value, redact) if isinstance(value, str) else value


def is_secret_name(name: str) -> bool:
    """Whether an entry of this name is a secret: C(api_key), C(apiToken), C(user-password)..."""
    return bool(_SECRET_NAME.search(re.sub(r"[^a-z0-9]", "", name.lower())))


def without_secrets_in_json(text: str) -> str:
    """``text``, a piece of JSON that may be cut off anywhere, with the texts hidden that are secrets by their name."""

    def hide(member: re.Match[str]) -> str:
        return f'"{member[1]}": "{HIDDEN}"' if is_secret_name(member[1]) else member[0]

    return _TEXT_OF_NAME.sub(hide, text)


def _text(text: str, redact: t.Callable[[str], str]) -> str:
    # JSON can hold halves of surrogate pairs, which Ansible cannot print.
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return _SECRET_IN_URL.sub(rf"\g<1>{HIDDEN}", redact(clean))


def servers_of(website: t.Mapping[str, t.Any] | None) -> dict[str, str | None]:
    """The primary and the secondary server in the data of a website, C(None) where it gives none.

    The names of these fields are not published, so all plausible forms are understood: C(primary_server) and
    C(secondary_server), C(primary) and C(secondary), and C(servers) as a mapping or as a list, by role or by order.
    """
    website = website or {}
    servers = website.get("servers")
    named = servers if isinstance(servers, dict) else _by_role(servers) if isinstance(servers, list) else {}
    return {role: _server(website, role) or _server(named, role) for role in ("primary", "secondary")}


def _server(source: t.Mapping[str, t.Any], role: str) -> str | None:
    return _address(source.get(f"{role}_server")) or _address(source.get(role))


def _by_role(servers: list[t.Any]) -> dict[str, t.Any]:
    """Servers of a list under their role; those that do not tell it take the free roles in their order."""
    named: dict[str, t.Any] = {}
    others = []
    for server in servers:
        role = (server.get("role") or server.get("type")) if isinstance(server, dict) else None
        if role in ("primary", "secondary"):
            named.setdefault(role, server)
        else:
            others.append(server)
    free = [role for role in ("primary", "secondary") if role not in named]
    return {**named, **dict(zip(free, others))}


def _address(server: t.Any) -> str | None:
    """The host name or address in one server's data: a text, or an object with one of the usual names for it."""
    if isinstance(server, dict):
        names = ("host", "hostname", "address", "server", "name", "domain", "ip")
        return next((address for name in names if (address := _address(server.get(name)))), None)
    return server.strip() or None if isinstance(server, str) else None
