# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edges of the relay: HTTP on both sides, the configuration file and its reload, passwords, the written table."""

from __future__ import annotations

import asyncio
import io
import json
import pathlib
import subprocess
import sys
import typing as t

import httpx
import pytest
from sitelock_relay import clients, config, owners
from sitelock_relay.__main__ import _writer, main, reload
from sitelock_relay.app import Large, application
from sitelock_relay.lost import LostError
from sitelock_relay.passwords import hashed
from sitelock_relay.relay import Peer
from sitelock_relay.room import SMALL, Held, Room
from sitelock_relay.trust import trusted
from sitelock_relay.upstream import HttpUpstream, Reply

from .conftest import CLIENTS, PANEL, TABLE, World, envelope

GOOD = envelope("<createToken><account_id>570</account_id></createToken>").encode()
ADDRESS = ("X-Relay-Address", PANEL)


def post(
    world: World, headers: t.Sequence[tuple[str, str]], content: t.Any = GOOD, url: str = "/v1/partner"
) -> httpx.Response:
    return call(world, "POST", url, headers=list(headers), content=content)


def call(world: World, method: str, url: str, **more: t.Any) -> httpx.Response:
    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app=application(world.relay))
        async with httpx.AsyncClient(transport=transport, base_url="http://relay.example") as client:
            return await client.request(method, url, **more)

    return asyncio.run(sent())


def test_a_request_passes_the_http_edge(world: World) -> None:
    response = post(world, [ADDRESS])
    assert (response.status_code, response.content) == (200, b"<SiteLockOnlineResponse/>")
    assert response.headers["content-type"] == "text/xml"
    assert len(world.vendor.documents) == 1


async def endless() -> t.AsyncIterator[bytes]:
    while True:
        yield b" " * 8192


@pytest.mark.parametrize(
    ("headers", "content", "url"),
    [
        ([], GOOD, "/v1/partner"),
        ([ADDRESS, ADDRESS], GOOD, "/v1/partner"),
        ([("X-Relay-Address", "203.0.113.1"), ("X-Forwarded-For", PANEL), ("X-Real-IP", PANEL)], GOOD, "/v1/partner"),
        ([("X-Relay-Address", f"{PANEL}, {PANEL}")], GOOD, "/v1/partner"),
        ([ADDRESS, ("X-Relay-Certificate", "a"), ("X-Relay-Certificate", "b")], GOOD, "/v1/partner"),
        ([ADDRESS, ("Content-Encoding", "gzip")], GOOD, "/v1/partner"),
        ([ADDRESS], GOOD, "/v1/partner?x=1"),
        ([ADDRESS], GOOD + b" " * 65536, "/v1/partner"),
    ],
    ids=["no address", "two addresses", "other headers", "a list", "two certificates", "encoded", "query", "65 kB"],
)
def test_a_trick_at_the_http_edge_is_refused_and_logged(
    world: World, headers: list[tuple[str, str]], content: bytes, url: str
) -> None:
    response = post(world, headers, content, url)
    assert b">SiteLock relay: " in response.content
    assert world.vendor.documents == []
    assert world.audit["decision"] == "refused"


def test_a_body_without_end_is_not_read_to_its_end(world: World) -> None:
    assert post(world, [ADDRESS], endless()).status_code == 200
    assert world.audit["reason"] == "too_long"


@pytest.mark.parametrize("url", ["/", "/v1/partner/", "/v1//partner", "/v1/partner/createToken", "/v1/../v1/x"])
def test_other_paths_do_not_exist(world: World, url: str) -> None:
    assert post(world, [ADDRESS], url=url).status_code in (307, 404)
    assert call(world, "GET", "/v1/partner").status_code == 405
    assert world.vendor.documents == []


def test_health_and_metrics_do_not_call_the_vendor(world: World) -> None:
    post(world, [ADDRESS])
    assert call(world, "GET", "/healthz").text == "ok\n"
    line = 'sitelock_relay_requests_total{client="panel-07",method="createToken",decision="passed",reason=""} 1\n'
    assert line in call(world, "GET", "/metrics").text
    assert len(world.vendor.documents) == 1


def upstream(answers: t.Iterable[t.Any]) -> tuple[HttpUpstream, list[httpx.Request]]:
    waiting, seen = iter(answers), []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        answer = next(waiting)
        if isinstance(answer, Exception):
            raise answer
        return t.cast(httpx.Response, answer)

    transport = httpx.MockTransport(handle)
    return HttpUpstream("https://vendor.example/v1/partner", 5, trusted(), transport=transport), seen


@pytest.mark.parametrize(("again", "calls"), [(True, 2), (False, 1)])
@pytest.mark.parametrize("error", [httpx.ReadError("x"), httpx.ConnectError("x"), httpx.RemoteProtocolError("x")])
def test_only_what_reads_is_sent_again(again: bool, calls: int, error: Exception) -> None:
    client, seen = upstream([error, error, httpx.Response(200)])
    with pytest.raises(LostError) as lost:
        asyncio.run(client.send(b"x", again=again))
    assert len(seen) == calls
    assert lost.value.sent is not isinstance(error, httpx.ConnectError)


def test_an_answer_of_the_vendor_comes_back_as_it_is() -> None:
    headers = {"Location": "https://other.example/", "Set-Cookie": "a=b"}
    redirect = httpx.Response(302, headers=headers, stream=httpx.ByteStream(b"<a/>"))
    client, seen = upstream([redirect])
    reply = asyncio.run(client.send(b"x", again=True))
    assert (reply.status, reply.body, dict(reply.headers), len(seen)) == (302, b"<a/>", {}, 1)


def test_a_compressed_answer_is_not_unpacked() -> None:
    client, seen = upstream([httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"x"))])
    with pytest.raises(LostError):
        asyncio.run(client.send(b"x", again=True))
    assert seen[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"Content-Type": "text/xml"}, {"content-type": "text/xml"}),
        # uvicorn could not send it.
        ({"Content-Disposition": 'attachment; filename="日本.zip"'.encode()}, {}),
        ({"Content-Type": "text/xml\x01"}, {}),
        ({"Retry-After": "9" * 2000}, {}),
    ],
)
def test_a_header_of_the_vendor_is_handed_on_only_if_it_can_be(headers: t.Any, kept: dict[str, str]) -> None:
    client, _seen = upstream([httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"<a/>"))])
    assert dict(asyncio.run(client.send(b"x", again=True)).headers) == kept


@pytest.mark.parametrize("status", [199, 600, 999])
def test_a_status_that_does_not_exist_is_a_lost_answer(status: int) -> None:
    client, _seen = upstream([httpx.Response(status, stream=httpx.ByteStream(b""))])
    with pytest.raises(LostError) as lost:
        asyncio.run(client.send(b"x", again=False))
    assert (lost.value.reason, lost.value.sent) == ("unknown_status", True)


@pytest.mark.parametrize("headers", [{}, {"Content-Length": str(3 * SMALL)}], ids=["chunked", "length"])
def test_large_answers_share_their_memory_until_they_are_delivered(headers: dict[str, str]) -> None:
    body = b"x" * (3 * SMALL)

    def answer(length: int) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body[:length]))

    small = httpx.Response(200, stream=httpx.ByteStream(b"<a/>"))
    client, _seen = upstream([answer(len(body)), answer(len(body)), small, answer(len(body))])
    client._room.left = 3 * SMALL
    first = asyncio.run(client.send(b"x", again=False))
    assert first.body == body
    with pytest.raises(LostError) as lost:
        asyncio.run(client.send(b"x", again=False))
    assert lost.value.reason == "no_room"
    # A small one needs no room, so the answer to an order is not lost for it.
    assert asyncio.run(client.send(b"x", again=False)).body == b"<a/>"
    for _each in range(2):
        first.release()
    assert asyncio.run(client.send(b"x", again=False)).body == body


def large(world: World) -> Held:
    """The next answer of the vendor is a large one."""
    room = Room(3 * SMALL)
    held = Held(room)
    assert held.grow(3 * SMALL + 5)

    async def answer(*_what: object, **_how: object) -> Reply:
        return Reply(200, b"x" * (3 * SMALL + 5), {"content-type": "text/xml"}, held)

    world.vendor.send = answer  # type: ignore[method-assign]  # as a test double
    return held


def test_a_large_answer_is_delivered_whole_and_its_memory_given_back(world: World) -> None:
    held = large(world)
    response = post(world, [ADDRESS])
    assert (response.headers["content-type"], response.headers["content-length"]) == ("text/xml", str(3 * SMALL + 5))
    assert response.content == b"x" * (3 * SMALL + 5)
    assert held._room.left == 3 * SMALL


def test_who_does_not_read_a_large_answer_does_not_keep_its_memory(world: World) -> None:
    held = large(world)
    reply = asyncio.run(world.relay.handle(GOOD, Peer(PANEL)))

    async def never(_message: object) -> None:
        await asyncio.Event().wait()

    async def receive() -> dict[str, str]:
        return {"type": "http.request"}

    asyncio.run(Large(reply, 0.05)({}, receive, never))
    assert held._room.left == 3 * SMALL


def changed(**changes: t.Any) -> list[dict[str, t.Any]]:
    return [{**CLIENTS[0], **changes}]


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "at least one client"),
        (changed(networks=[]), "panel-07: it has no networks"),
        (changed(networks=["198.51.100.7/24"]), "panel-07: 198.51.100.7/24 has host bits set"),
        ([CLIENTS[0], CLIENTS[0]], "Two clients have the name panel-07"),
        (
            [CLIENTS[1], {**CLIENTS[1], "name": "b", "certificate": "AWX.hoster.example"}],
            "same certificate name as awx",
        ),
        (changed(password_hash="$1$abc"), "panel-07: password_hash cannot be used: it is neither"),
        (changed(password_hash=None), "panel-07: password_hash cannot be used: it is missing"),
        (changed(methods=["getEverything"]), "panel-07: unknown methods: getEverything"),
        (changed(effects=["LOOK"]), "panel-07: unknown effects: LOOK"),
        (changed(methods=[]), "panel-07: it has neither methods nor effects"),
        (changed(account_ids="570"), "panel-07: account_ids must be a list"),
        (changed(account_ids=[True]), "panel-07: account_ids must be a list"),
        (changed(orders_per_day=-1), "panel-07: orders_per_day must be a whole number"),
        (changed(netwroks=[]), "panel-07: unknown keys: netwroks"),
        # They would get into the configuration of nginx as they are.
        (changed(networks=["fe80::1%x; } evil/128"]), "panel-07: a network must be an address"),
        (changed(networks=["10.0.0.0/0.0.0.255"]), "panel-07: a network must be an address"),
        (changed(networks=["198.51.100.7/32\n"]), "panel-07: a network must be an address"),
        (changed(networks=["::ffff:198.51.100.7/128"]), "panel-07: ::ffff:198.51.100.7/128 is an IPv4 network"),
        (changed(networks=["198.51.100.7/33"]), "panel-07: '198.51.100.7/33' does not appear"),
        ([CLIENTS[0], {**CLIENTS[0], "name": "Panel-07"}], "panel-07 and Panel-07 differ only"),
        ([CLIENTS[0], {**CLIENTS[0], "name": "\uff50anel-07"}], "differ only in the form"),
        (changed(name="panel-07 "), "Client 1 has no name, or one that is not"),
        (changed(name="panel\u200b"), "Client 1 has no name, or one that is not"),
        (changed(name=7), "Client 1 has no name, or one that is not"),
        (changed(certificate="awx hoster"), "panel-07: certificate must be a name"),
        (changed(certificate="awx,CN=other"), "panel-07: certificate must be a name"),
        (changed(orders_per_day=True), "panel-07: orders_per_day must be a whole number"),
        (changed(methods="createToken"), "panel-07: methods must be a list of texts"),
        (["panel-07"], "Client 1 is not a dictionary"),
    ],
)
def test_a_wrong_client_table_is_refused_with_the_name(entries: t.Any, message: str) -> None:
    with pytest.raises(clients.BadTableError, match=message):
        clients.load(entries, TABLE)


def written(folder: pathlib.Path, **changes: t.Any) -> pathlib.Path:
    settings = {
        "clients": CLIENTS,
        "upstream_url": "https://vendor.example/v1/partner",
        "upstream_user": "partner",
        "orders_file": "orders.sqlite",
    }
    path = folder / "config.json"
    path.write_text(json.dumps({**settings, **changes}), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {"upstream_url": "http://vendor.example/"},
        {"max_items": "5"},
        {"max_itmes": 5},
        {"timeout": 0},
        {"clients": {}},
        {"upstream_user": ""},
        {"upstream_client_id": "relay"},
        {"upstream_client_id": "relay", "upstream_token_url": "https://vendor.example/token"},
        {"upstream_user": "", "upstream_client_id": "relay"},
        {"upstream_user": "", "upstream_client_id": "relay", "upstream_token_url": "http://vendor.example/token"},
        {"upstream_ca_file": "/nowhere/ca.pem"},
        # A line end would end the line in the unit.
        {"upstream_user": "partner\nExecStartPre=/bin/false"},
        {"upstream_user": "partner\n"},
        {"upstream_url": "https://vendor.example/v1/partner\n"},
        {"upstream_url": "https://vendor.example/v1/ partner"},
        {"upstream_url": "https://@vendor.example/v1/partner"},
        {"upstream_url": "https://vendor.example/v1/partner#x"},
        {"audit_file": "audit\n.log"},
    ],
)
def test_a_wrong_configuration_is_refused(tmp_path: pathlib.Path, changes: t.Any, capsys: t.Any) -> None:
    assert main(["--check", str(written(tmp_path))]) == 0
    assert main(["--check", str(written(tmp_path, **changes))]) == 1
    assert capsys.readouterr().err.startswith("sitelock_relay: ")


def test_a_reload_takes_over_a_good_table_and_keeps_the_old_one_otherwise(
    world: World, tmp_path: pathlib.Path, capsys: t.Any
) -> None:
    reload(world.relay, written(tmp_path, clients=changed(networks=[])), TABLE)
    assert "panel-07: it has no networks" in capsys.readouterr().err
    assert "reload_failed 1" in world.relay.metrics.text()
    world.send(GOOD)
    assert world.audit["decision"] == "passed"
    reload(world.relay, written(tmp_path, clients=changed(password_hash=hashed("a new one"))), TABLE)
    assert "reload_failed 0" in world.relay.metrics.text()
    world.send(GOOD)
    assert world.audit["reason"] == "credentials"


def test_a_client_gets_its_answer_when_the_audit_log_cannot_be_written(
    world: World, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.StringIO):
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    files = iter([str(tmp_path / "audit.log"), str(tmp_path), ""])
    world.relay._write = _writer(lambda: next(files))
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", Broken())
        assert post(world, [ADDRESS]).content == b"<SiteLockOnlineResponse/>"
    # The other place has it.
    assert json.loads((tmp_path / "audit.log").read_text())["decision"] == "passed"
    assert post(world, [ADDRESS]).content == b"<SiteLockOnlineResponse/>"
    post(world, [ADDRESS])
    assert "\nsitelock_relay_audit_failed_total 2\n" in world.relay.metrics.text()


OAUTH = {"upstream_user": "", "upstream_client_id": "relay", "upstream_token_url": "https://vendor.example/token"}


@pytest.mark.parametrize(("changes", "name"), [({}, "partner_password"), (OAUTH, "partner_client_secret")])
def test_the_secret_is_a_credential_of_the_unit(tmp_path: pathlib.Path, changes: t.Any, name: str) -> None:
    settings = config.load(written(tmp_path, **changes), TABLE)
    (tmp_path / name).write_text("pass word \n", encoding="utf-8")
    assert config.secret(str(tmp_path), settings) == "pass word "
    (tmp_path / name).write_text("pass\nword\n", encoding="utf-8")
    with pytest.raises(clients.BadTableError, match="control character"):
        config.secret(str(tmp_path), settings)
    for wrong in ("", str(tmp_path / "missing")):
        with pytest.raises(clients.BadTableError, match=f"The credential {name} is missing"):
            config.secret(wrong, settings)


@pytest.mark.parametrize(
    ("answer", "account"),
    [
        ("<getStatus><accountInformation><id>570</id></accountInformation></getStatus>", "570"),
        ('<getStatus account_id="570"><accountInformation/></getStatus>', "570"),
        (
            "<getStatus><account_id>571</account_id><accountInformation><id>570</id></accountInformation></getStatus>",
            None,
        ),
        ("<getStatus><accountInformation><name>570</name></accountInformation></getStatus>", None),
        ("<getStatus><accountInformation><addons><id>570</id></addons></accountInformation></getStatus>", None),
        ("<getStatus><error>Site Not Found</error></getStatus>", None),
        ("<html>", None),
    ],
)
def test_the_account_of_a_site_must_be_clear(answer: str, account: str | None) -> None:
    body = f"<SiteLockOnlineResponse>{answer}</SiteLockOnlineResponse>".encode()
    assert owners.account_in(200, body) == account
    assert owners.account_in(500, body) is None


def test_the_service_imports_nothing_of_ansible() -> None:
    files = pathlib.Path(clients.__file__).parent
    code = "import sys, sitelock_relay.__main__; sys.exit(any(name.startswith('ansible') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=files.parent, check=False).returncode == 0
