# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in of WHM API 1, written from its public documentation, and not from the client.

It is strict: an unknown parameter, a wrong token or a missing API version is answered as the documentation, or what
others have published of it, describes. Its records have more fields than anybody should copy, passwords among them.
"""

from __future__ import annotations

import typing as t
from urllib.parse import parse_qsl, urlsplit

from .stand_in import (
    PASSWORD,
    Answer,
    Request,
    json_answer,
)

Record = dict[str, t.Any]

SECRET_FIELDS = {"password": PASSWORD, "backup_key": PASSWORD}


def account(user: str, **more: t.Any) -> Record:
    return {
        "user": user,
        "domain": f"{user}.example",
        "email": f"{user}@mail.example",
        "owner": "root",
        "plan": "basic",
        "ip": "192.0.2.10",
        "ipv6": [],
        "suspended": 0,
        "suspendreason": "not suspended",
        **SECRET_FIELDS,
        **more,
    }


def domain(name: str, user: str, kind: str = "main", **more: t.Any) -> Record:
    return {
        "domain": name,
        "domain_type": kind,
        "user": user,
        "user_owner": "root",
        "parent_domain": f"{user}.example",
        "docroot": f"/home/{user}/public_html",
        "ipv4": "192.0.2.10",
        "ipv4_ssl": "192.0.2.10",
        "ipv6": None,
        "ipv6_is_dedicated": 0,
        "port": "80",
        "php_version": "ea-php82",
        "modsecurity_enabled": 1,
        **SECRET_FIELDS,
        **more,
    }


class WhmPanel:
    """Answers requests: call it with each.

    :param pages: whether it knows the paging of the documentation; some functions are said to ignore it.
    """

    def __init__(
        self,
        accounts: t.Sequence[Record],
        domains: t.Sequence[Record],
        *,
        user: str = "root",
        token: str = "WHM-TOKEN-0123456789",
        pages: bool = True,
    ) -> None:
        self.accounts = list(accounts)
        self.domains = list(domains)
        self.user = user
        self.token = token
        self.pages = pages
        self.calls: list[str] = []

    def __call__(self, request: Request) -> Answer:
        parts = urlsplit(request.path)
        given = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        if request.method != "GET" or request.body:
            return json_answer({"statusmsg": "this stand-in takes reads by GET"}, 405)
        if request.headers.get("Authorization") != f"whm {self.user}:{self.token}":
            refused = {"apiversion": "2", "error": "Access denied", "type": "text"}
            return json_answer({"cpanelresult": {**refused, "data": {"result": "0", "reason": "Access denied"}}}, 403)
        function = parts.path.removeprefix("/json-api/")
        self.calls.append(function)
        if given.pop("api.version", "0") != "1":
            # API 0 has no metadata.
            return json_answer({"status": 1, "statusmsg": "Ok", "acct": []})
        records = {"get_domain_info": self.domains, "listaccts": self.accounts}.get(function)
        if records is None:
            return self._answer(function, 0, f"Unknown app ({function}) requested for this version (1) of the API.")
        if function == "listaccts" and "want" in given:
            wanted = given.pop("want").split(",")
            records = [{name: value for name, value in each.items() if name in wanted} for each in records]
        try:
            records = self._modified(records, given)
        except ValueError as problem:
            return self._answer(function, 0, str(problem))
        key = {"get_domain_info": "domains", "listaccts": "acct"}[function]
        return self._answer(function, 1, "OK", {key: records})

    def _modified(self, records: list[Record], given: dict[str, str]) -> list[Record]:
        if given.pop("api.sort.enable", "0") == "1":
            field, method = given.pop("api.sort.a.field"), given.pop("api.sort.a.method")
            if method != "lexicographic" or any(field not in record for record in records):
                raise ValueError("Invalid sort")
            records = sorted(records, key=lambda record: str(record[field]))
        if given.pop("api.chunk.enable", "0") == "1":
            size, start = int(given.pop("api.chunk.size")), int(given.pop("api.chunk.start"))
            if size < 1 or start < 1:
                raise ValueError("Invalid chunk: the first record is 1")
            if start > len(records):
                raise ValueError("Invalid chunk: beyond the end")
            if self.pages:
                records = records[start - 1 : start - 1 + size]
        if given:
            raise ValueError(f"Unknown parameters: {sorted(given)}")
        return records

    @staticmethod
    def _answer(function: str, result: int, reason: str, data: t.Any = None) -> Answer:
        metadata = {"version": 1, "command": function, "result": result, "reason": reason}
        return json_answer({"metadata": metadata, "data": data})
