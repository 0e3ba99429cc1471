# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the server: from a file that only its owner can read, and from the environment."""

from __future__ import annotations

import dataclasses
import ipaddress
import json
import os
import pathlib
import stat
import typing

_PREFIX = "WEBSEC_SANDBOX_"


@dataclasses.dataclass(frozen=True)
class Config:
    """The options; C(directory) holds the state, the log is standard error."""

    directory: str
    sitelock_username: str
    sitelock_password: str
    botguard_api_key: str
    sitelock_client_id: str = ""
    sitelock_client_secret: str = ""
    address: str = "127.0.0.1"
    port: int = 18080
    dns_server: str = "127.0.0.1"
    dns_port: int = 15353

    @property
    def state_file(self) -> pathlib.Path:
        """The SQLite file."""
        return pathlib.Path(self.directory) / "state.sqlite"


def load(path: str | None, environment: typing.Mapping[str, str]) -> Config:
    """
    The options of the JSON file C(path), if one is given; C(WEBSEC_SANDBOX_*) of the environment wins.

    Raises ValueError with a text for the user.
    """
    values: dict[str, typing.Any] = _read_private(path) if path else {}
    fields = {field.name: field for field in dataclasses.fields(Config)}
    for name in fields:
        if _PREFIX + name.upper() in environment:
            values[name] = environment[_PREFIX + name.upper()]
    unknown = set(values) - set(fields)
    if unknown:
        raise ValueError(f"unknown option {min(unknown)}")
    missing = [name for name, field in fields.items() if field.default is dataclasses.MISSING and not values.get(name)]
    if missing:
        raise ValueError(f"the option {missing[0]} is missing (environment: {_PREFIX}{missing[0].upper()})")
    for name in ("port", "dns_port"):
        if name in values:
            values[name] = int(values[name])
    config = Config(**values)
    if not ipaddress.ip_address(config.address).is_loopback:
        raise ValueError("the sandbox listens on a loopback address only")
    return config


def _read_private(path: str) -> dict[str, typing.Any]:
    try:
        if stat.S_IMODE(os.stat(path).st_mode) & 0o077:
            raise ValueError(f"{path} holds secrets: its mode must be 0600")
        values = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"cannot read {path}: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error.msg}") from error
    if not isinstance(values, dict):
        raise ValueError(f"{path} must hold a mapping")
    return values
