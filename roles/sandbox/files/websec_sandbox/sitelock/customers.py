# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the data of a new customer are allowed. The texts of these errors are not documented."""

from __future__ import annotations

import re
import typing

from ..settings import Settings
from .countries import COUNTRIES

_LOGIN = re.compile(r"[A-Za-z0-9\-_@.+]{8,}")
_STATE = re.compile(r"(?:[A-Z]{2}-)?[A-Z0-9]{1,3}")
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+")
# What a wrapper of another company tells of passwords.
_PASSWORD = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[#?!@$%^&*-]")
_FULL = ("address1", "city", "state", "zip", "country", "phone")


def problem(given: typing.Mapping[str, str], settings: Settings) -> str | None:
    """What is wrong with C(given), the elements of C(accountInformation)."""
    missing = [name for name in _FULL if name not in given] if settings.customer_data == "full" else []
    if missing:
        return f"{missing[0]} is required"
    if "login" in given and not login_allowed(given["login"]):
        return "Invalid login"
    if "country" in given and given["country"] not in COUNTRIES:
        return "Invalid country"
    if "state" in given and not _STATE.fullmatch(given["state"]):
        return "Invalid state"
    if "password" in given and not password_allowed(given["password"], settings):
        return "Invalid password"
    return None


def login_allowed(login: str) -> bool:
    """At least 8 letters, digits and C(- _ @ . +)."""
    return bool(_LOGIN.fullmatch(login))


def password_allowed(password: str, settings: Settings) -> bool:
    """With the setting C(strict_passwords) it needs a small and a capital letter, a digit and a special character."""
    return not settings.strict_passwords or all(re.search(kind, password) for kind in _PASSWORD)


def domain_allowed(domain: str) -> bool:
    """Whether it is a host name of at least two labels."""
    return bool(_DOMAIN.fullmatch(domain)) and len(domain) <= 253
