# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration file of the service, which the role writes, and the password that systemd hands over."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t
import urllib.parse

from .clients import BadTableError, Clients
from .clients import load as load_clients
from .table import Table

_PASSWORD = "partner_password"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclasses.dataclass(frozen=True)
class Config:
    """The settings.

    :param upstream_url: of the partner API.
    :param upstream_user: user of the partner.
    :param max_items: of a batch.
    :param max_tries: wrong passwords from one address in C(tries_window) seconds.
    :param owner_ttl: seconds for which the account of a site is remembered.
    :param timeout: seconds for a call of the vendor.
    :param orders_file: SQLite file with the counted orders.
    :param audit_file: for the audit log, beside the journal; empty: none.
    """

    clients: Clients
    upstream_url: str
    upstream_user: str
    orders_file: str
    max_items: int = 50
    max_tries: int = 10
    tries_window: int = 600
    owner_ttl: int = 3600
    timeout: int = 120
    audit_file: str = ""


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
    _check_url(entries["upstream_url"])
    values: dict[str, t.Any] = {**entries, "clients": load_clients(entries["clients"], table)}
    return Config(**values)


def _check_url(url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
        good = secure and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise BadTableError("upstream_url must be an https URL without a user (http only on loopback).")


def password(directory: str) -> str:
    """Read the partner's password.

    :param directory: of the credentials of the unit (C(CREDENTIALS_DIRECTORY)).
    :raises BadTableError: it is missing.
    """
    try:
        text = (pathlib.Path(directory) / _PASSWORD).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, ValueError):
        text = ""
    if not directory or not text:
        raise BadTableError(f"The credential {_PASSWORD} is missing. Check LoadCredential of the unit.")
    return text
