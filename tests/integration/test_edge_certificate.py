# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections ssl and certificate against a real TLS server that plays the CDN: what it serves decides."""

from __future__ import annotations

import base64
import collections.abc
import datetime
import pathlib
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from integration.in_process import run_tasks
from integration.nginx_edge import NginxEdge
from integration.playbook import Run
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from lxml import etree
from unit.scripted_server import Received, Reply, ScriptedServer
from unit.sitelock_policy.certificates import SHOP, Made, make

SHOP_DOMAIN = SHOP[0]
NOW = datetime.datetime.now(datetime.timezone.utc)
WANTED, OLD = make(now=NOW), make(now=NOW, number=2)
EXPIRED = make(now=NOW, days=-1)
OF_ANOTHER = make(("other.example",), now=NOW)
UPLOAD = "uploadWAFCertificate"


class Api:
    """The partner API of one site. Its answers about the site are the short ones of C(ready)."""

    def __init__(self, edge: NginxEdge) -> None:
        self._edge = edge
        self.writes: list[str] = []

    def __call__(self, request: Received) -> Reply:
        call = etree.fromstring(request.body)[1]
        method = str(call.tag)
        answer = "<site_id>1</site_id><state>ready</state><waf_dns_manager>customer</waf_dns_manager>"
        if method != "getAnpProvisioningStatus":
            self.writes.append(method)
            answer = "<message>Done.</message><status>ok</status>"
        if method == UPLOAD:
            certificate, key = (base64.b64decode(call.findtext(name)) for name in ("certificate", "private_key"))
            made = Made(
                x509.load_pem_x509_certificate(certificate), serialization.load_pem_private_key(key, password=None)
            )
            self._edge.serve(SHOP_DOMAIN, made)
        document = f"<SiteLockOnlineResponse><{method}>{answer}</{method}></SiteLockOnlineResponse>"
        return Reply(f'<?xml version="1.0" encoding="UTF-8"?>{document}'.encode())


@pytest.fixture(name="edge", scope="module")
def _edge(tmp_path_factory: pytest.TempPathFactory) -> collections.abc.Iterator[NginxEdge]:
    with NginxEdge(tmp_path_factory.mktemp("edge")) as edge:
        yield edge


@pytest.fixture(name="api")
def _api(edge: NginxEdge) -> collections.abc.Iterator[tuple[Api, str]]:
    api = Api(edge)
    with ScriptedServer(api) as server:
        yield api, server.url


def policy(url: str, port: int, *arguments: str, **sections: dict[str, t.Any]) -> tuple[dict[str, t.Any], Run]:
    """The row of the site, and the run."""
    entry = {name: {"address": "127.0.0.1", "port": port, **wish} for name, wish in sections.items()}
    module = {
        "api_url": url,
        "api_username": USERNAME,
        "api_password": PASSWORD,
        "sites": [{"site_id": 1, "domain": SHOP_DOMAIN, **entry}],
        "on_error": "report",
    }
    task = {"hosting.websec.sitelock_waf_policies": module, "register": "done"}
    run = run_tasks([task], "-vvvv", "--diff", *arguments, keep=["done"])
    for secret in (WANTED, OLD):
        for line in secret.key_pem.splitlines():
            assert line not in run.output
    return run.values["done"]["sites"][0], run


@pytest.mark.parametrize("served", [OLD, EXPIRED, OF_ANOTHER, None])
def test_what_is_served_is_replaced_once(
    edge: NginxEdge, api: tuple[Api, str], tmp_path: pathlib.Path, served: Made | None
) -> None:
    vendor, url = api
    edge.serve(SHOP_DOMAIN, served)
    file, key = tmp_path / "shop.pem", tmp_path / "shop.key"
    file.write_text(WANTED.pem)
    key.write_text(WANTED.key_pem)
    wish = {"certificate_file": str(file), "private_key_file": str(key)}

    row, _run = policy(url, edge.port, "--check", certificate=wish)
    assert (row["error"], row["actions"], vendor.writes) == (None, [UPLOAD], [])
    row, run = policy(url, edge.port, certificate=wish)
    assert (row["error"], row["needs_person"], vendor.writes) == (None, [], [UPLOAD])
    assert row["details"] == {"certificate": {"fingerprint": WANTED.read.fingerprint}}
    assert run.values["done"]["diff"]["after"] == {SHOP_DOMAIN: row["details"]}
    row, _run = policy(url, edge.port, certificate=wish)
    assert (row["changed"], row["error"], vendor.writes) == (False, None, [UPLOAD])

    # The file is renewed.
    file.write_text(OLD.pem)
    row, _run = policy(url, edge.port, certificate=wish)
    assert "private_key_file" in row["error"]["message"]
    key.write_text(OLD.key_pem)
    row, _run = policy(url, edge.port, certificate=wish)
    assert (row["changed"], vendor.writes) == (True, [UPLOAD, UPLOAD])


def test_nobody_answers(api: tuple[Api, str], tmp_path: pathlib.Path) -> None:
    vendor, url = api
    with NginxEdge(tmp_path / "edge") as edge:
        edge.stop()
    inline = {"certificate": WANTED.pem, "private_key": WANTED.key_pem}
    row, _run = policy(url, edge.port, certificate=inline, ssl={"enabled": True})
    assert (row["error"], row["changed"], vendor.writes) == (None, False, [])
    assert [sentence.partition(":")[0] for sentence in row["needs_person"]] == ["ssl", "certificate"]
    assert "Connection refused" in row["needs_person"][1]


def test_what_is_served_says_whether_ssl_is_on(edge: NginxEdge, api: tuple[Api, str]) -> None:
    vendor, url = api
    edge.serve(SHOP_DOMAIN, OLD)
    row, _run = policy(url, edge.port, ssl={"enabled": True})
    assert (row["error"], row["needs_person"], vendor.writes) == (None, [], [])
    row, _run = policy(url, edge.port, ssl={"enabled": False})
    assert (row["error"]["kind"], vendor.writes) == ("rejected", [])
    # The CDN answers, with its own certificate.
    edge.serve(SHOP_DOMAIN, None)
    row, _run = policy(url, edge.port, ssl={"enabled": False})
    assert (row["error"], vendor.writes) == (None, [])
    row, _run = policy(url, edge.port, ssl={"enabled": True})
    assert (row["error"], vendor.writes) == (None, ["enableWafSSL"])


# ---- with the sandbox, which has an opinion of its own about the API


@pytest.fixture(name="shop")
def _shop(sandbox: SandboxServer) -> SandboxServer:
    """A shop behind the firewall, without SSL."""
    addon = {"subscription": "300", "state": "ready"}
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "300", "level": "premium"}],
            "accounts": [{"id": "570", "name": "Customer"}],
            "sites": [{"site_id": "1", "account_id": "570", "domain": SHOP_DOMAIN, "ssl": False, "addon": addon}],
        },
    )
    sandbox.post("settings", {"ready_answer": "full"})
    return sandbox


def kept(sandbox: SandboxServer) -> str | None:
    """The fingerprint of the certificate that the sandbox has."""
    certificate = sandbox.get("policy?site_id=1")["certificate"]
    return certificate and t.cast("str", certificate["sha256"])


def test_an_own_certificate_from_upload_to_removal(
    shop: SandboxServer, edge: NginxEdge, tmp_path: pathlib.Path
) -> None:
    url = f"{shop.url}/v1/partner"
    edge.serve(SHOP_DOMAIN, OLD)
    pfx = tmp_path / "shop.pfx"
    pfx.write_bytes(WANTED.pfx("correct horse & battery"))
    forms: list[dict[str, t.Any]] = [
        {"type": "pfx", "certificate_file": str(pfx), "passphrase": "correct horse & battery"},
        {"certificate": WANTED.pem, "private_key": WANTED.key_file("hunter 2"), "passphrase": "hunter 2"},
    ]
    for wish in forms:
        row, _run = policy(url, edge.port, certificate=wish)
        assert (row["error"], shop.writes(), kept(shop)) == (None, [UPLOAD], WANTED.read.fingerprint)
        assert "still serves another one" in row["needs_person"][0]
        shop.calls()
    edge.serve(SHOP_DOMAIN, WANTED)
    row, _run = policy(url, edge.port, certificate=forms[0])
    assert (row["needs_person"], shop.writes()) == ([], [])

    gone = {"state": "absent", "force": True}
    row, _run = policy(url, edge.port, certificate=gone)
    assert (row["error"], shop.writes(), kept(shop)) == (None, ["removeWAFCertificate"], None)
    row, _run = policy(url, edge.port, certificate=gone)
    assert (row["error"], row["changed"]) == (None, False)


@pytest.mark.parametrize("fault", ["lost_answer", "lost_request"])
def test_ssl_on_and_off(shop: SandboxServer, edge: NginxEdge, fault: str) -> None:
    url = f"{shop.url}/v1/partner"
    edge.serve(SHOP_DOMAIN, None)
    for enabled, method in ((True, "enableWafSSL"), (False, "disableWafSSL")):
        wish = {"enabled": enabled, "force": True}
        shop.fault(fault, method=method)
        row, _run = policy(url, edge.port, ssl=wish)
        assert (row["error"], row["changed"], set(shop.writes())) == (None, True, {method})
        shop.calls()
        row, _run = policy(url, edge.port, ssl=wish)
        assert (row["error"], row["changed"], shop.writes()) == (None, False, [])
        if enabled:
            assert "TXT record at" in row["needs_person"][0]
