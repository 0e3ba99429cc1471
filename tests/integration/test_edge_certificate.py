# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections ssl and certificate against a real TLS server that plays the CDN: what it serves decides."""

from __future__ import annotations

import base64
import collections.abc
import datetime
import pathlib
import shlex
import typing as t

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from integration.bind_server import BindServer
from integration.in_process import run_tasks
from integration.nginx_edge import NginxEdge
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from lxml import etree
from unit.scripted_server import Received, Reply, ScriptedServer
from unit.sitelock_policy.certificates import SHOP, Made, make

from ansible_collections.hosting.websec.plugins.module_utils import _state_record as state_record

NewZone = collections.abc.Callable[..., str]
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
    assert (row["error"], vendor.writes) == (None, [])
    assert "set force_request: true for one run" in row["needs_person"][0]
    row, _run = policy(url, edge.port, ssl={"enabled": True, "force_request": True})
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
    shop.post("settings", {"nonssl_ssl_element": "zeros"})
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


# ---- the state record of the site


class Shop:
    """A site in the state C(ready), of which the API says no more, with a zone; and the role over it."""

    def __init__(self, sandbox: SandboxServer, bind: BindServer, domain: str) -> None:
        self._bind, self.domain = bind, domain
        self.api_url = f"{sandbox.url}/v1/partner"
        sandbox.post(
            "fleet",
            {
                "plans": [{"id": "300", "level": "premium"}],
                "accounts": [{"id": "570", "name": "Customer"}],
                "sites": [
                    {
                        "site_id": "1",
                        "account_id": "570",
                        "domain": domain,
                        "addon": {"subscription": "300", "state": "ready"},
                    }
                ],
            },
        )
        self.certificate: dict[str, t.Any] = {}
        self.policies: dict[str, t.Any] = {}

    def record(self) -> state_record.StateRecord:
        (text,) = self._bind.values(f"_websec.{self.domain}", "TXT")
        read = state_record.from_values(self.domain, 1, ["".join(shlex.split(text))])
        assert read is not None
        return read

    def write_record(self, *addresses: str) -> None:
        target = state_record.Target(addresses, None, 300)
        text = state_record.to_text(state_record.StateRecord(1, target=target))
        data = '"' + text.replace('"', '\\"') + '"'
        self._bind.update(self.domain, lambda update: update.replace(f"_websec.{self.domain}.", 300, "TXT", data))

    def run(self, *arguments: str) -> dict[str, t.Any]:
        """The row of the site."""
        variables = {
            "sitelock_waf_policy_api": {
                "api_url": self.api_url,
                "api_username": USERNAME,
                "api_password": PASSWORD,
            },
            "sitelock_waf_certificates": {self.domain: self.certificate} if self.certificate else {},
            "sitelock_waf_policies": self.policies,
            "sitelock_waf_sites": [
                {
                    "domain": self.domain,
                    "site_id": 1,
                    "zone": self.domain,
                    "subscription": "300",
                    "policy": sorted(self.policies),
                }
            ],
            "dns_records_rfc2136": {
                "server": self._bind.address,
                "port": self._bind.port,
                "key_name": self._bind.key.name,
                "key_secret": self._bind.key.secret,
                "key_algorithm": self._bind.key.algorithm,
            },
        }
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": variables,
            "roles": ["hosting.websec.sitelock_waf_policy"],
        }
        done = run_plays([play], "-vvv", *arguments, keep=["sitelock_waf_policy_report"])
        assert done.status == 0, done.output
        assert not any(line in done.output for line in self.certificate.get("private_key", "").splitlines())
        (row,) = done.values["sitelock_waf_policy_report"]
        return t.cast("dict[str, t.Any]", row)


@pytest.mark.all_only
def test_the_state_record_says_where_the_cdn_is_and_what_was_uploaded(
    sandbox: SandboxServer, bind: BindServer, new_zone: NewZone, edge: NginxEdge
) -> None:
    domain = new_zone()
    shop = Shop(sandbox, bind, domain)
    wanted, renewed = (make((domain, f"www.{domain}"), now=NOW, number=number) for number in (1, 2))

    def given(made: Made, port: int) -> dict[str, t.Any]:
        return {"certificate": made.pem, "private_key": made.key_pem, "port": port}

    # Without a state record and without anything to see, nothing is known, and nothing is sent.
    shop.certificate = given(wanted, 1)
    row = shop.run()
    assert (row["error"], row["changed"], sandbox.writes()) == (None, False, [])
    assert "nothing was uploaded: neither the API nor a state record says where the CDN is" in row["needs_person"][0]

    # Where the CDN cannot be reached, once for each certificate.
    shop.write_record("127.0.0.9")
    assert shop.run("--check")["changed"]
    assert (sandbox.writes(), shop.record().certificate) == ([], None)
    for made in (wanted, renewed):
        shop.certificate = given(made, 1)
        sandbox.calls()
        row = shop.run()
        assert (row["error"], row["changed"], sandbox.writes()) == (None, True, [UPLOAD])
        assert "unknown: port 1 of the CDN (127.0.0.9) could not be reached" in row["needs_person"][0]
        assert shop.record().certificate == made.read.fingerprint
        sandbox.calls()
        row = shop.run()
        assert (row["error"], row["changed"], sandbox.writes()) == (None, False, [])

    # Where it can be reached, what is served decides.
    shop.write_record("127.0.0.1")
    shop.certificate = given(wanted, edge.port)
    edge.serve(domain, wanted)
    row = shop.run()
    assert (row["error"], row["needs_person"], row["changed"], sandbox.writes()) == (None, [], False, [])


@pytest.mark.all_only
def test_the_state_record_says_that_ssl_was_requested(
    sandbox: SandboxServer, bind: BindServer, new_zone: NewZone, edge: NginxEdge, api: tuple[Api, str]
) -> None:
    vendor, url = api
    shop = Shop(sandbox, bind, new_zone())
    # The API stays silent, and the CDN serves no certificate for the domain, whatever is sent.
    shop.api_url = url
    shop.write_record("127.0.0.1")
    shop.policies = {"https": {"ssl": {"enabled": True, "port": edge.port}}}
    row = shop.run("--check")
    assert (row["changed"], vendor.writes, shop.record().ssl) == (True, [], None)
    row = shop.run()
    assert (row["error"], row["changed"], vendor.writes) == (None, True, ["enableWafSSL"])
    assert shop.record().ssl == "enableWafSSL"
    row = shop.run()
    assert (row["error"], row["changed"], vendor.writes) == (None, False, ["enableWafSSL"])
    assert "enableWafSSL was sent before, so it was not sent again." in row["needs_person"][0]
