# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of an answer's data is shown to users: no secrets, and the servers of a website under one name."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text
from ansible_collections.hosting.websec.plugins.module_utils._readings import Effort
from ansible_collections.hosting.websec.plugins.module_utils._secrets import (
    ANYWHERE,
    HIDDEN,
    Path,
    Redactor,
    redact_data,
)

MAX_SECRETS = 100
"""In one object of an answer. A website has a few."""

_SECRET_NAME = re.compile(r"key$|token|passw|secret|credential|authori[sz]ation|cookie|session|^pass$|^pwd$")
_NAME = re.compile(r"\"((?:[^\"\\]|\\.)+)\"\s*:")
_SECRET_IN_URL = re.compile(r"(?i)((?:api[-_]?key|token|password|secret)=)[^&\s\"'#]+")


def without_secrets(value: t.Any, redact: Redactor, *, keep: str | None = None) -> tuple[t.Any, list[Path]]:
    """The JSON of an answer without the entries that are secrets by their name, at any depth.

    Their texts, and the secrets that ``redact`` knows, are hidden in what stays.

    :param keep: the name of a secret that stays all the same, directly in the answer or in an object of its list.
    :returns: the JSON, and the names that lead to the texts in which something was hidden.
    :raises ValueError: there are so many secrets that to hide them would take too long.
    """
    effort = Effort()
    value, hidden = redact_data(value, redact, effort)
    if not isinstance(value, list):
        return _without_own_secrets(value, keep, hidden, effort), hidden
    return [_without_own_secrets(each, keep, hidden, effort) for each in value], hidden


def _without_own_secrets(value: t.Any, keep: str | None, hidden: list[Path], effort: Effort) -> t.Any:
    secrets: list[str] = []
    shown = _stripped(value, secrets)
    if len(secrets) > MAX_SECRETS:
        raise ValueError(f"an object in it contains more than {MAX_SECRETS} secrets")
    if secrets:
        # What it takes to prepare the search.
        effort.spend(sum(10 + len(secret) // 4 for secret in secrets))
        shown, found = redact_data(shown, Redactor(secrets), effort)
        hidden += found
    if isinstance(value, dict) and keep in value:
        shown[keep] = value[keep]
    return shown


def _stripped(value: t.Any, secrets: list[str]) -> t.Any:
    """``value`` without the entries that are secrets by their name, whose texts are added to ``secrets``."""
    if isinstance(value, dict):
        shown = {}
        for name, entry in value.items():
            if is_secret_name(name):
                _collect_texts(entry, secrets)
            else:
                shown[_clean(name)] = _stripped(entry, secrets)
        return shown
    if isinstance(value, list):
        return [_stripped(entry, secrets) for entry in value]
    return _clean(value) if isinstance(value, str) else value


def _collect_texts(value: t.Any, texts: list[str]) -> None:
    if isinstance(value, (dict, list)):
        for entry in value.values() if isinstance(value, dict) else value:
            _collect_texts(entry, texts)
    elif isinstance(value, str) and len(value) >= ANYWHERE:
        # A shorter one may as well be a word that stands for something else where it is found.
        texts.append(value)


def _clean(text: str) -> str:
    # JSON can hold halves of surrogate pairs, which Ansible cannot print.
    clean = clean_text(text)
    return _SECRET_IN_URL.sub(rf"\g<1>{HIDDEN}", clean) if "=" in clean else clean


def is_secret_name(name: str) -> bool:
    """Whether an entry of this name is a secret: C(api_key), C(apiToken), C(user-password)..."""
    return bool(_SECRET_NAME.search(re.sub(r"[^a-z0-9]", "", name.lower())))


def without_secrets_in_json(text: str) -> str:
    """``text``, a piece of JSON that may be cut off anywhere, up to the first entry that is a secret by its name."""
    for found in _NAME.finditer(text):
        try:
            name = str(json.loads(f'"{found[1]}"'))
        except ValueError:
            name = found[1]
        if is_secret_name(name):
            return f"{text[: found.end()]} {HIDDEN}"
    return text


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
