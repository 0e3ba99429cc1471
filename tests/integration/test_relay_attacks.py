# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attacks on the running relay behind a real NGINX: none of them gets to the vendor, and each has its line in a log.

Each request has its line: in the audit log if it reaches the service, beside it if NGINX refuses it.
"""

from __future__ import annotations

import collections.abc
import contextlib
import dataclasses
import gzip
import signal
import socket
import typing as t

import pytest
from integration.relay_stack import NAME, RelayStack
from integration.sandbox_server import SandboxServer
from unit.patience import wait_until

PANEL, OTHER, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.9"
CLIENTS: list[dict[str, t.Any]] = [
    {
        "name": "panel",
        "password": "password of the panel",
        "networks": [f"{PANEL}/32"],
        "methods": ["createToken", "getStatus", "getAnpProvisioningStatus", "provisionAddon"],
        "account_ids": [570],
        "orders_per_day": 2,
    },
    {"name": "other", "password": "password of the other", "networks": [f"{OTHER}/32"], "methods": ["getPlanList"]},
]
SITE = {"ssl": False, "origin": ["192.0.2.1"]}
FLEET = {
    "plans": [{"id": "100", "name": "Basic", "level": "basic"}],
    "accounts": [{"id": "570", "name": "Own"}, {"id": "999", "name": "Foreign"}],
    "sites": [
        {"site_id": "1", "account_id": "570", "domain": "own.example", **SITE},
        {"site_id": "3", "account_id": "999", "domain": "foreign.example", **SITE},
    ],
}


def envelope(methods: str, user: str = "panel", password: str = "password of the panel") -> str:
    authentication = f"<authentication><user>{user}</user><password>{password}</password></authentication>"
    return f"<SiteLockOnlineRequest>{authentication}{methods}</SiteLockOnlineRequest>"


def order(*sites: int) -> str:
    items = "".join(
        f"<addonInfo><site_id>{site}</site_id><subscription>100</subscription></addonInfo>" for site in sites
    )
    return envelope(f"<provisionAddon>{items}</provisionAddon>")


TOKEN = "<createToken><account_id>570</account_id></createToken>"
GOOD = envelope(TOKEN)


def request(
    body: str | bytes = GOOD,
    *headers: str,
    line: str = "POST /v1/partner HTTP/1.1",
    host: str = NAME,
    length: str | None = "",
    ends: str = "\r\n",
    close: bool = True,
) -> bytes:
    """A request as bytes.

    :param length: of its header; None: no such header.
    """
    content = body.encode() if isinstance(body, str) else body
    lines = [line, f"Host: {host}", *headers]
    if length is not None:
        lines.append(f"Content-Length: {length or len(content)}")
    if close:
        lines.append("Connection: close")
    return (ends.join(lines) + ends * 2).encode("latin-1") + content


def chunked(body: str, ends: str = "\r\n") -> bytes:
    content = body.encode()
    return f"{len(content):x}{ends}".encode() + content + f"{ends}0{ends}{ends}".encode()


@dataclasses.dataclass(frozen=True)
class Attack:
    """What is sent, and where it has to end.

    :param reasons: of the lines in the audit log, in order; empty: NGINX refuses it.
    :param source: address of the attacker.
    """

    sent: bytes
    reasons: tuple[str, ...] = ()
    source: str = PANEL


def at_service(body: str | bytes, reason: str = "malformed", source: str = PANEL) -> Attack:
    return Attack(request(body), (reason,), source)


# What only NGINX may say, in requests of a client that is allowed to be there, but not to be the panel.
CLAIMS = [f"X-Relay-Address: {PANEL}", f"x-relay-address:{PANEL}", f"X_Relay_Address: {PANEL}"]
CLAIMS += [f"X-Forwarded-For: {PANEL}", f"X-Real-IP: {PANEL}", f"Forwarded: for={PANEL}", f"Client-IP: {PANEL}"]
# The second half of a request: had NGINX taken it for a body and the service for a request, its claim would count.
SMUGGLED = request(GOOD, CLAIMS[0])
OUTER = envelope(TOKEN, password="wrong")
BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
LONG = GOOD + " " * (65536 - len(GOOD))

# NGINX refuses it as the service does, with HTTP 200.
TOO_LONG = b'<error code="relay_too_long">'

ATTACKS: dict[str, Attack] = {
    # Who calls.
    "an address outside the table": Attack(request(), source=STRANGER),
    "a wrong password": at_service(envelope(TOKEN, password="wrong"), "credentials"),
    "an unknown user": at_service(envelope(TOKEN, user="nobody"), "credentials"),
    "the password of another client": at_service(envelope(TOKEN, password="password of the other"), "credentials"),
    "the right password from a wrong address": at_service(GOOD, "address", OTHER),
    "no credentials": at_service(f"<SiteLockOnlineRequest>{TOKEN}</SiteLockOnlineRequest>"),
    "credentials in a header": Attack(
        request(f"<SiteLockOnlineRequest>{TOKEN}</SiteLockOnlineRequest>", "Authorization: Basic cGFuZWw6cA=="),
        ("malformed",),
    ),
    # What it asks for.
    "a method that is not allowed": at_service(envelope("<getPlanList/>"), "method"),
    "an unknown method": at_service(envelope("<getEverything/>"), "unknown_method"),
    "a foreign account": at_service(GOOD.replace("570", "999"), "account"),
    "a foreign site": at_service(envelope('<getAnpProvisioningStatus site_id="3"/>'), "site"),
    "a foreign site in a batch": at_service(order(1, 3), "site"),
    "no subject": at_service(envelope("<getStatus><accountInformation/></getStatus>"), "no_subject"),
    "more orders than a day has": at_service(order(1, 1, 1), "orders_per_day"),
    # How a second method hides.
    "two methods": at_service(envelope(f"{TOKEN}<getPlanList/>")),
    "two documents": at_service(GOOD + GOOD),
    "two authentications": at_service(GOOD.replace("<createToken>", "<authentication/><createToken>")),
    "a method in authentication": at_service(GOOD.replace("</password>", "</password><getPlanList/>")),
    "a method in a value": at_service(GOOD.replace("570", "570<getPlanList/>")),
    "a method in an attribute": at_service(GOOD.replace("<createToken>", '<createToken method="getPlanList">')),
    "an attribute of the root": at_service(GOOD.replace("Request>", 'Request method="getPlanList">', 1)),
    "a comment around a method": at_service(envelope(f"{TOKEN}<!-- --><getPlanList/><!-- -->")),
    "a comment in a value": at_service(GOOD.replace("570", "57<!-- -->0")),
    "CDATA": at_service(GOOD.replace("570", "<![CDATA[570]]>")),
    "a processing instruction": at_service(envelope(f"<?getPlanList?>{TOKEN}")),
    "a namespace": at_service(GOOD.replace("Request>", 'Request xmlns="urn:x">', 1)),
    "a method as text": at_service(envelope(f"{TOKEN}getPlanList")),
    # What exhausts a parser, or what two parsers read differently.
    "an entity bomb": at_service(BOMB + GOOD.replace("570", "&b;")),
    "an external entity": at_service('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + GOOD),
    "UTF-16": at_service(GOOD.encode("utf-16")),
    "UTF-16 that says so": at_service(f'<?xml version="1.0" encoding="UTF-16"?>{GOOD}'.encode("utf-16")),
    "UTF-7": at_service(f'<?xml version="1.0" encoding="UTF-7"?>{GOOD}'),
    "a NUL": at_service(GOOD.replace("570", "570\0")),
    "more tags than anyone needs": at_service(envelope(f"<provisionAddon>{'<addonInfo/>' * 5000}</provisionAddon>")),
    "a password that is a book": at_service(envelope(TOKEN, password="x" * 2000)),
    "a brand that is a book": at_service(GOOD.replace("</password>", f"</password><partner>{'x' * 2000}</partner>")),
    "unknown elements without the password": at_service(
        envelope("<createToken><x/></createToken>", password="wrong"), "credentials"
    ),
    "deep nesting": at_service(envelope("<a>" * 9000 + "</a>" * 9000)),
    "65,536 bytes": at_service(LONG, "too_long"),
    "65,537 bytes": Attack(request(LONG + " ")),
    "a body as large as one says": Attack(request(b"", length=str(2**62))),
    "a body larger than a number": Attack(request(b"", length=str(2**70))),
    "a packed body": Attack(request(gzip.compress(GOOD.encode()), "Content-Encoding: gzip"), ("malformed",)),
    "no body": at_service(b""),
    # Two lengths, and other ways to make two servers see two requests.
    "both lengths": Attack(request(OUTER, "Transfer-Encoding: chunked") + SMUGGLED),
    "both lengths, chunked": Attack(request(chunked(OUTER) + SMUGGLED, "Transfer-Encoding: chunked")),
    "two lengths": Attack(request(OUTER, f"Content-Length: {len(OUTER) + len(SMUGGLED)}") + SMUGGLED),
    "two lengths in one": Attack(request(OUTER, length=f"{len(OUTER)}, {len(OUTER)}") + SMUGGLED),
    "a length with a sign": Attack(request(OUTER, length=f"+{len(OUTER)}") + SMUGGLED),
    "a length in hexadecimal": Attack(request(OUTER, length=hex(len(OUTER))) + SMUGGLED),
    "a negative length": Attack(request(OUTER, length="-1") + SMUGGLED),
    "two encodings": Attack(request(chunked(OUTER), "Transfer-Encoding: chunked, identity", length=None) + SMUGGLED),
    "an unknown encoding": Attack(request(chunked(OUTER), "Transfer-Encoding: xchunked", length=None) + SMUGGLED),
    "an encoding twice": Attack(
        request(chunked(OUTER), "Transfer-Encoding: chunked", "Transfer-Encoding: chunked", length=None) + SMUGGLED
    ),
    "an encoding with a vertical tab": Attack(
        request(chunked(OUTER), "Transfer-Encoding: \x0bchunked", length=None) + SMUGGLED
    ),
    "an encoding of HTTP/1.0": Attack(
        request(chunked(OUTER), "Transfer-Encoding: chunked", line="POST /v1/partner HTTP/1.0", length=None) + SMUGGLED
    ),
    "a chunk that is longer than a number": Attack(
        request(b"f" * 17 + b"\r\n" + OUTER.encode(), "Transfer-Encoding: chunked", length=None) + SMUGGLED
    ),
    "a chunk without a length": Attack(request(b"\r\n" + SMUGGLED, "Transfer-Encoding: chunked", length=None)),
    "a blank before a colon": Attack(request(OUTER, "Transfer-Encoding : chunked") + SMUGGLED),
    "a header over two lines": Attack(request(OUTER, "X-A: b\r\n Transfer-Encoding: chunked") + SMUGGLED),
    "a NUL in a header": Attack(request(OUTER, "X-A: b\0c")),
    "bare LF": Attack(request(OUTER, *CLAIMS, ends="\n"), ("credentials",)),
    "bare LF in chunks": Attack(
        request(chunked(OUTER, "\n"), "Transfer-Encoding: chunked", length=None, close=False) + SMUGGLED,
        ("credentials", "address"),
        OTHER,
    ),
    "bare CR": Attack(request(OUTER, "X-A: b\rTransfer-Encoding: chunked") + SMUGGLED),
    "a request after the body": Attack(request(OUTER, close=False) + SMUGGLED, ("credentials", "address"), OTHER),
    "a request after chunks": Attack(
        request(chunked(OUTER), "Transfer-Encoding: chunked", length=None, close=False) + SMUGGLED,
        ("credentials", "address"),
        OTHER,
    ),
    "pipelining": Attack(
        b"".join(request(envelope(TOKEN, password=f"wrong {n}"), close=n == 4) for n in range(5)), ("credentials",) * 5
    ),
    # Claims of an address and of a certificate.
    "claimed addresses": Attack(request(GOOD, *CLAIMS), ("address",), OTHER),
    "a claimed address of a stranger": Attack(request(GOOD, *CLAIMS), source=STRANGER),
    "a claimed certificate": Attack(request(GOOD, "X-Relay-Certificate: panel"), ("address",), OTHER),
    "a line end in a header": Attack(request(GOOD, f"X-A: b\nX-Relay-Address: {PANEL}"), ("address",), OTHER),
    "a line end in the content type": Attack(
        request(GOOD, f"Content-Type: text/xml\n{CLAIMS[0]}", "Content-Encoding: identity"), ("malformed",), OTHER
    ),
    # Other ways to the service.
    "a second slash": Attack(request(line="POST //v1/partner HTTP/1.1")),
    "a slash at the end": Attack(request(line="POST /v1/partner/ HTTP/1.1")),
    "a dot": Attack(request(line="POST /v1/./partner HTTP/1.1")),
    "two dots": Attack(request(line="POST /v1/x/../partner HTTP/1.1")),
    "an escaped letter": Attack(request(line="POST /v1/%70artner HTTP/1.1")),
    "an escaped slash": Attack(request(line="POST /v1%2fpartner HTTP/1.1")),
    "other letters": Attack(request(line="POST /V1/Partner HTTP/1.1")),
    "the address of one method": Attack(request(line="POST /v1/partner/createToken HTTP/1.1")),
    "a query": Attack(request(line="POST /v1/partner?x=1 HTTP/1.1")),
    "a fragment": Attack(request(line="POST /v1/partner#x HTTP/1.1")),
    "a semicolon": Attack(request(line="POST /v1/partner;x HTTP/1.1")),
    "a path with a blank": Attack(request(line="POST /v1/partner x HTTP/1.1")),
    "the metrics": Attack(request("", line="GET /metrics HTTP/1.1")),
    "the health": Attack(request("", line="GET /healthz HTTP/1.1")),
    "the metrics, through the other page": Attack(request("", line="GET /v1/partner/../../metrics HTTP/1.1")),
    "another host": Attack(request(host="127.0.0.1")),
    "another host in the line": Attack(request(line="POST https://other.example/v1/partner HTTP/1.1")),
    "two hosts": Attack(request(GOOD, "Host: other.example")),
    "the host of the status page": Attack(request("", host="127.0.0.1", line="GET /metrics HTTP/1.1")),
    # What would hide a line from who reads the log, or tell a terminal something.
    "bytes that are no text in a path": Attack(request(line="POST /v1/\xff\xfe%ff%fe HTTP/1.1")),
    "control characters in a path": Attack(
        request(line='POST /%0a{"decision":"passed"}%1b[2J%c2%9b2J\xc2\x9b HTTP/1.1')
    ),
    "a path that is too long to log": Attack(request(line=f"POST /{'x' * 6000} HTTP/1.1")),
    "GET": Attack(request("", line="GET /v1/partner HTTP/1.1")),
    "PUT": Attack(request(line="PUT /v1/partner HTTP/1.1")),
    "a method in small letters": Attack(request(line="post /v1/partner HTTP/1.1")),
    "TRACE": Attack(request("", line="TRACE /v1/partner HTTP/1.1")),
    "CONNECT": Attack(request("", line="CONNECT api.sitelock.com:443 HTTP/1.1")),
    "a method by header": Attack(request("", "X-HTTP-Method-Override: POST", line="GET /v1/partner HTTP/1.1")),
    "HTTP/2 by its preface": Attack(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "HTTP/0.9": Attack(b"POST /v1/partner\r\n\r\n" + GOOD.encode()),
    "a websocket": Attack(
        request(OUTER, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", close=False)
        + request(OUTER),
        ("credentials", "credentials"),
    ),
    "a header that is too long": Attack(request(GOOD, "X-A: " + "b" * 40_000)),
    "not HTTP": Attack(b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"),
}


@pytest.fixture(scope="module")
def relay(
    _servers: tuple[SandboxServer, object], tmp_path_factory: pytest.TempPathFactory
) -> collections.abc.Iterator[RelayStack]:
    folder, sandbox = tmp_path_factory.mktemp("relay") / "stack", _servers[0]
    sandbox.post("reset", {})
    sandbox.post("fleet", FLEET)
    sandbox.calls()
    with RelayStack(folder, sandbox, CLIENTS, encrypted=True, settings={"max_tries": 10_000}) as found:
        yield found


@pytest.fixture
def vendor(relay: RelayStack, _servers: tuple[SandboxServer, object]) -> SandboxServer:
    """The sandbox with what all tests of this file share: none of them changes it. Its journal is empty."""
    _servers[0].calls()
    return _servers[0]


def sent(relay: RelayStack, source: str, content: bytes) -> bytes:
    """Send it, and return all that comes until the other side ends the connection."""
    with relay.connect(source) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(content)
        return received(connection)


def received(connection: socket.socket) -> bytes:
    answer = bytearray()
    # The other side may end the connection while it is still being sent to.
    with contextlib.suppress(OSError):
        while part := connection.recv(65536):
            answer += part
            if TOO_LONG in answer and answer.endswith(b">"):
                # The rest of the body would be waited for.
                break
    return bytes(answer)


def test_what_is_allowed_passes_in_every_form(relay: RelayStack, vendor: SandboxServer) -> None:
    """Otherwise the attacks could fail for another reason."""
    forms = [
        request(),
        request(ends="\n"),
        request(chunked(GOOD), "Transfer-Encoding: chunked", length=None),
        request(LONG[:-1]),
        request(GOOD, *CLAIMS, "X-Relay-Certificate: x", "Expect: 100-continue"),
        request(envelope('<getAnpProvisioningStatus site_id="1"/>')),
        request(close=False) + request(),
    ]
    for form in forms:
        before = len(relay.audit())
        answer = sent(relay, PANEL, form)
        new = relay.audit()[before:]
        assert {line["decision"] for line in new} == {"passed"}, (form, answer)
    assert set(vendor.calls()) == {"createToken", "getStatus", "getAnpProvisioningStatus"}


@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_gets_to_the_vendor(relay: RelayStack, vendor: SandboxServer, name: str) -> None:
    attack = ATTACKS[name]
    lines, accesses, refusals = len(relay.audit()), len(relay.accesses()), len(relay.refusals())
    answer = sent(relay, attack.source, attack.sent)
    # The line of NGINX is written after the answer.
    wait_until(lambda: len(relay.accesses()) > accesses, "the access log has a line")
    wait_until(
        lambda: len(relay.audit()) - lines + len(relay.refusals()) - refusals == len(relay.accesses()) - accesses,
        "each request has one line, of the service or of NGINX",
    )
    assert {(line["decision"], line["reason"]) for line in relay.refusals()[refusals:]} <= {("refused", "nginx")}
    new = relay.audit()[lines:]
    assert [line["reason"] for line in new] == list(attack.reasons), answer
    assert {line["decision"] for line in new} <= {"refused"}
    assert {line["address"] for line in new} <= {attack.source}
    statuses = [line["status"] for line in relay.accesses()[accesses:]]
    refused = {status for status in statuses if 400 <= status < 500 or status == 501}
    assert attack.reasons or refused == set(statuses) or TOO_LONG in answer, statuses
    # The only question of the relay itself is whose a site is.
    assert set(vendor.calls()) <= ({"getStatus"} if "site" in attack.reasons else set())
    for line in [*relay.accesses()[accesses:], *relay.refusals()[refusals:]]:
        assert line["path"].isascii()
        assert line["path"].isprintable()
        assert len(line["path"]) <= 200
    assert b"loginURL" not in answer
    assert b"sitelock_relay_" not in answer


def test_a_slow_body_gets_nowhere_and_keeps_nobody_from_working(relay: RelayStack, vendor: SandboxServer) -> None:
    whole = request()
    lines, accesses = len(relay.audit()), len(relay.accesses())
    slow = [relay.connect(PANEL) for _each in range(20)]
    for connection in slow:
        connection.sendall(whole[:-1])
    assert b"loginURL" in sent(relay, PANEL, whole)
    assert len(relay.audit()) == lines + 1
    for connection in slow:
        connection.close()
    wait_until(lambda: len(relay.accesses()) > accesses + len(slow), "the access log has a line of each")
    statuses = sorted(line["status"] for line in relay.accesses()[accesses:])
    assert statuses[0] == 200
    assert set(statuses[1:]) <= {400, 408, 499}
    assert len(relay.audit()) == lines + 1
    assert vendor.calls() == ["createToken"]


def test_a_changed_table_is_taken_over_while_it_runs_and_wrong_tries_are_limited(
    relay: RelayStack, vendor: SandboxServer
) -> None:
    process = relay.service.pid
    relay.configure(max_tries=2)
    try:
        reloads = relay.log().count("reloaded")
        relay.service.signal(signal.SIGHUP)
        wait_until(lambda: relay.log().count("reloaded") > reloads, "the service has read its configuration")
        # From an address that no other test uses a wrong password at.
        wrong = [request(envelope("<getPlanList/>", "other", f"wrong {n}")) for n in range(3)]
        lines = len(relay.audit())
        for each in wrong:
            sent(relay, OTHER, each)
        reasons = [line["reason"] for line in relay.audit()[lines:]]
        assert reasons[-1] == "too_many_tries"
        assert set(reasons[:-1]) <= {"credentials", "too_many_tries"}
        assert vendor.calls() == []
        assert b"loginURL" in sent(relay, PANEL, request())
    finally:
        relay.configure()
        relay.service.signal(signal.SIGHUP)
    assert relay.service.pid == process


def test_a_reload_changes_the_file_of_the_audit_log(relay: RelayStack) -> None:
    other = relay.folder / "other.log"
    relay.configure(audit_file=str(other))
    try:
        relay.service.signal(signal.SIGHUP)
        wait_until(lambda: sent(relay, PANEL, request()) and other.exists(), "the other file is written")
    finally:
        relay.configure()
        relay.service.signal(signal.SIGHUP)
    lines = len(relay.audit())
    wait_until(lambda: sent(relay, PANEL, request()) and len(relay.audit()) > lines, "the first file is written again")


def test_no_secret_is_in_a_log(relay: RelayStack) -> None:
    sent(relay, PANEL, request())
    texts = [(relay.folder / name).read_text() for name in ("audit.log", "access.log", "service.log", "error.log")]
    for secret in ("s3cret-of-the-partner", "password of the", "rlogin.php", "wrong"):
        assert not any(secret in text for text in texts), secret
