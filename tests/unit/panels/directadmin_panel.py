# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in of the legacy API of DirectAdmin, written from its public documentation, and not from the client."""

from __future__ import annotations

import base64
import typing as t
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from .stand_in import PASSWORD, Answer, Request, answered

SECRET_FIELDS = {"passwd": PASSWORD}


def user(name: str, **more: str) -> dict[str, str]:
    """The settings of a user, as in C(user.conf)."""
    return {
        "username": name,
        "usertype": "user",
        "creator": "resell1",
        "email": f"{name}@mail.example",
        "domain": f"{name}.example",
        "ip": "192.0.2.30",
        "package": "basic",
        "date_created": "Tue May 7 12:00:00 2024",
        "account": "ON",
        "suspended": "no",
        **SECRET_FIELDS,
        **more,
    }


class DirectAdminPanel:
    """Answers requests: call it with each."""

    def __init__(
        self,
        users: t.Sequence[t.Mapping[str, str]],
        owners: t.Mapping[str, str],
        *,
        name: str = "admin",
        key: str = "DA-KEY-0123456789",
    ) -> None:
        self.users = {each["username"]: each for each in users}
        self.owners = dict(owners)
        self._basic = "Basic " + base64.b64encode(f"{name}:{key}".encode()).decode()
        self.calls: list[str] = []

    def __call__(self, request: Request) -> Answer:
        parts = urlsplit(request.path)
        given = dict(parse_qsl(parts.query))
        if request.headers.get("Authorization") != self._basic:
            return answered(b"<html>login</html>", 302, {"Location": "/login", "Content-Type": "text/html"})
        command = parts.path.lstrip("/")
        self.calls.append(" ".join([command, *given.values()]))
        if request.method == "GET" and command == "CMD_API_DOMAIN_OWNERS" and not given:
            return _fields(self.owners)
        if request.method == "GET" and command == "CMD_API_SHOW_USER_CONFIG" and set(given) == {"user"}:
            found = self.users.get(given["user"])
            return _fields(found) if found else _refused("Error", "That user does not exist")
        return _refused("Cannot execute your command", f"Unknown command {command}")


def _fields(fields: t.Mapping[str, str]) -> Answer:
    return answered(urlencode(fields, quote_via=quote).encode(), 200, {"Content-Type": "text/plain"})


def _refused(text: str, details: str) -> Answer:
    return _fields({"error": "1", "text": text, "details": details})
