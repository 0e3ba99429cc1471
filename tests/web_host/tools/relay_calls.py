# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Call the relay on this host. Reads calls from the first argument (JSON), prints their results (JSON).

A call: {"from": source address, "user": name, "password": text, "body": XML of the method}; "certificate": name of the
files of a client certificate; "verb", "path", "headers": other than those of the API; "padding": blanks at the end.
Its result: {"status": HTTP status, "code": of the error, "text": of the answer}.

With a path as the second argument it repeats the calls until that file exists, two at a time, and prints how often each
pair of status and code occurred, and each broken connection.
"""

from __future__ import annotations

import collections
import concurrent.futures
import functools
import http.client
import json
import pathlib
import re
import socket
import ssl
import sys
import typing

_NAME = "sitelock-relay.hoster.example"
_PKI = pathlib.Path("/etc/ssl/relay")


class _Connection(http.client.HTTPSConnection):
    """To the relay on this host, whatever its name."""

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", 443), 60, self.source_address)  # type: ignore[attr-defined]
        self.sock = self._context.wrap_socket(plain, server_hostname=_NAME)  # type: ignore[attr-defined]


@functools.cache
def _trust(certificate: str) -> ssl.SSLContext:
    trust = ssl.create_default_context(cafile=str(_PKI / "ca.pem"))
    if certificate:
        trust.load_cert_chain(str(_PKI / f"{certificate}.pem"), str(_PKI / f"{certificate}.key"))
    return trust


def call(wanted: dict[str, typing.Any]) -> dict[str, typing.Any]:
    """Send one request."""
    trust = _trust(wanted.get("certificate", ""))
    user, password = wanted.get("user", "panel-07"), wanted.get("password", "panel secret")
    body = (
        f"<SiteLockOnlineRequest><authentication><user>{user}</user><password>{password}</password></authentication>"
        f"{wanted.get('body', '<createToken><account_id>570</account_id></createToken>')}</SiteLockOnlineRequest>"
        f"{' ' * wanted.get('padding', 0)}"
    )
    connection = _Connection(_NAME, 443, context=trust, source_address=(wanted.get("from", "127.0.0.7"), 0))
    try:
        connection.request(
            wanted.get("verb", "POST"), wanted.get("path", "/v1/partner"), body.encode(), wanted.get("headers", {})
        )
        answer = connection.getresponse()
        text = answer.read().decode()
    finally:
        connection.close()
    code = re.search(r'<error code="([^"]*)"', text)
    return {"status": answer.status, "code": code[1] if code else "", "text": text}


def outcome(wanted: dict[str, typing.Any]) -> str:
    """Return status and code of one request, or how its connection broke."""
    try:
        result = call(wanted)
    except (OSError, http.client.HTTPException) as error:
        return repr(error)
    return f"{result['status']} {result['code']}".strip()


def until(wanted: list[dict[str, typing.Any]], end: pathlib.Path) -> dict[str, int]:
    """Repeat the calls."""
    seen: collections.Counter[str] = collections.Counter()

    def work() -> None:
        while not end.exists():
            for each in wanted:
                seen[outcome(each)] += 1

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for work_done in [pool.submit(work) for _number in range(2)]:
            work_done.result()
    return dict(seen)


if __name__ == "__main__":
    calls = json.loads(sys.argv[1])
    if len(sys.argv) > 2:
        print(json.dumps(until(calls, pathlib.Path(sys.argv[2]))))
    else:
        print(json.dumps([call(each) for each in calls]))
