# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Visit websites of this host. Reads a list of visits from the first argument (JSON), prints their results (JSON).

A visit: {"host": website, "agent": user agent, "from": source address, "forwarded_for": value of a proxy}; all but the
host may be omitted. Its result: {"status": HTTP status, "mark": header X-BotGuard or ""}.
"""

from __future__ import annotations

import http.client
import json
import sys
import typing

_BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def visit(wanted: dict[str, str]) -> dict[str, typing.Any]:
    """Request the front page of one website."""
    headers = {"Host": wanted["host"], "User-Agent": wanted.get("agent", _BROWSER)}
    if "forwarded_for" in wanted:
        headers["X-Forwarded-For"] = wanted["forwarded_for"]
    connection = http.client.HTTPConnection(
        "127.0.0.1", 80, timeout=20, source_address=(wanted.get("from", "127.0.0.1"), 0)
    )
    connection.request("GET", "/", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return {"status": answer.status, "mark": answer.headers.get("X-BotGuard", "")}


if __name__ == "__main__":
    print(json.dumps([visit(wanted) for wanted in json.loads(sys.argv[1])]))
