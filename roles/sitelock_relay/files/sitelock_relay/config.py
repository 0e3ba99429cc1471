# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration file of the service, which the role writes, and the secret that systemd hands over."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t
import urllib.parse

from .clients import BadTableError, Clients
from .clients import load as load_clients
from .table import Table
from .trust import trusted

# Files in the directory of credentials: one of them, by the way to sign in.
_PASSWORD, _CLIENT_SECRET = "partner_password", "partner_client_secret"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclasses.dataclass(frozen=True)
class Config:
    """The settings.

    :param upstream_url: of the partner API.
    :param upstream_user: user of the partner, or instead of it
    :param upstream_client_id: and C(upstream_token_url): the client and the token endpoint of OAuth.
    :param upstream_ca_file: PEM file with the only authorities that count; empty: those of the system.
    :param max_items: of a batch.
    :param max_tries: wrong passwords from one address in C(tries_window) seconds.
    :param owner_ttl: seconds for which the account of a site is remembered.
    :param timeout: seconds for a call of the vendor.
    :param orders_file: SQLite file with the counted orders.
    :param audit_file: for the audit log, beside the journal; empty: none.
    """

    clients: Clients
    upstream_url: str
    orders_file: str
    upstream_user: str = ""
    upstream_client_id: str = ""
    upstream_token_url: str = ""
    upstream_ca_file: str = ""
    max_items: int = 50
    max_tries: int = 10
    tries_window: int = 600
    owner_ttl: int = 3600
    timeout: int = 120
    audit_file: str = ""

    @property
    def uses_oauth(self) -> bool:
        """Whether the relay signs in with tokens."""
        return bool(self.upstream_client_id)


def load(path: pathlib.Path, table: Table) -> Config:
    """Read the file.

    :raises BadTableError: it cannot be used. The text says why.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadTableError(f"{path.name} cannot be read: {type(error).__name__}.") from None
    if not isinstance(entries, dict):
        raise BadTableError(f"{path.name} is not a dictionary.")
    types = {field.name: str(field.type) for field in dataclasses.fields(Config)}
    required = {field.name for field in dataclasses.fields(Config) if field.default is dataclasses.MISSING}
    if entries.keys() - types.keys() or required - entries.keys():
        wrong = ", ".join(sorted((entries.keys() - types.keys()) | (required - entries.keys())))
        raise BadTableError(f"{path.name} has unknown or missing keys: {wrong}.")
    for name, value in entries.items():
        number = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 1_000_000
        if (types[name] == "int" and not number) or (types[name] == "str" and not isinstance(value, str)):
            raise BadTableError(f"{name} has a wrong value.")
        if isinstance(value, str) and not value.isprintable():
            raise BadTableError(f"{name} has a line end or another character that is not printable.")
    _check_url("upstream_url", entries["upstream_url"])
    _check_credentials(entries)
    values: dict[str, t.Any] = {**entries, "clients": load_clients(entries["clients"], table)}
    return Config(**values)


def _check_credentials(entries: t.Mapping[str, t.Any]) -> None:
    user, client, url = (entries.get(f"upstream_{name}") for name in ("user", "client_id", "token_url"))
    if bool(user) == bool(client) or bool(client) != bool(url):
        raise BadTableError("Either upstream_user or both upstream_client_id and upstream_token_url must be set.")
    if url:
        _check_url("upstream_token_url", url)
    try:
        trusted(entries.get("upstream_ca_file", ""))
    except OSError as error:
        raise BadTableError(f"upstream_ca_file cannot be used: {type(error).__name__}.") from None


def _check_url(name: str, url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        good = secure and bool(parts.hostname) and parts.username is None and parts.port != 0 and not parts.fragment
        good = good and url.isascii() and " " not in url
    except ValueError:
        good = False
    if not good:
        raise BadTableError(f"{name} must be an https URL without a user (http only on loopback).")


def secret(directory: str, config: Config) -> str:
    """Read the partner's password, or with OAuth the secret of the partner's client.

    :param directory: of the credentials of the unit (C(CREDENTIALS_DIRECTORY)).
    :raises BadTableError: it is missing.
    """
    name = _CLIENT_SECRET if config.uses_oauth else _PASSWORD
    try:
        text = (pathlib.Path(directory) / name).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError):
        text = ""
    if not directory or not text:
        raise BadTableError(f"The credential {name} is missing. Check LoadCredential of the unit.")
    if any(ord(character) < 32 for character in text):
        raise BadTableError(f"The credential {name} has a line end or another control character in it.")
    return text
