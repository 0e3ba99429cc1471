# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sandbox that runs inside the test, with DNS in a dictionary."""

from __future__ import annotations

import http.client
import json
import pathlib
import sys
import threading
import typing as t
import urllib.parse

import pytest
from lxml import etree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "roles" / "sandbox" / "files"))

from websec_sandbox.config import Config
from websec_sandbox.server import Server
from websec_sandbox.service import Service
from websec_sandbox.store import Store

CLIENT_ID, CLIENT_SECRET = "client-of-the-partner", "s3cret:of/the+client %"
USER, PASSWORD, KEY = "partner", "pass<word>&'\"", "key-of-the-partner"

FLEET: dict[str, t.Any] = {
    "plans": [
        {"id": "100", "name": "Professional", "level": "professional"},
        {"id": "101", "name": "Basic", "level": "basic"},
        {"id": "102", "name": "Free", "level": "professional", "free": True},
        {"id": "103", "name": "Premium", "level": "premium", "several_origins": False},
        {"id": "7", "name": "Backup", "product_category": "BACKUP"},
    ],
    "accounts": [{"id": "570", "name": "A customer", "login": "customer"}, {"id": "571", "name": "Another"}],
    "sites": [
        {"site_id": "1", "account_id": "570", "domain": "ssl.example", "ssl": True, "origin": ["192.0.2.1"]},
        {"site_id": "2", "account_id": "570", "domain": "plain.example", "origin": ["192.0.2.2"]},
        {"site_id": "3", "account_id": "571", "domain": "shop.sub.example", "subdomain": True},
        {"site_id": "4", "account_id": "571", "domain": "late.example", "retry": {"attempts": 2}},
        {"site_id": "5", "account_id": "571", "domain": "hopeless.example", "retry": {"attempts": 99}},
        {"site_id": "6", "account_id": "571", "domain": "broken.example", "error": True},
    ],
}


# What a partner sells who makes accounts: for the fixture vendor.
PRICES: list[dict[str, t.Any]] = [
    {"id": "8", "name": "Scan", "type": "plan", "price": "5.00", "frequency": "12"},
    {"id": "9", "name": "Scan more", "type": "plan", "price": "9.00"},
    {"id": "12", "name": "All in one", "type": "bundle", "price": "20.00", "includes": ["8", "100", "9001"]},
    {"id": "100", "name": "Firewall", "product_category": "WAF", "price": "15.00"},
    {"id": "9001", "name": "Backup", "product_category": "BACKUP", "price": "3.00"},
    {"id": "9002", "name": "DNS", "product_category": "DNS", "price": "1.00"},
    {"id": "9003", "name": "Premium DNS", "product_category": "DNS", "price": "2.00"},
    {"id": "7001", "name": "PCI", "product_category": "PCI", "price": "7.00"},
    {"id": "7002", "name": "VPN", "product_category": "VPN", "price": "4.00"},
]


class FakeDns:
    """The records that DNS serves: values by name and type."""

    def __init__(self) -> None:
        self.served: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []

    def records(self, name: str, kind: str) -> dict[str, list[str]]:
        self.asked.append((name, kind))
        return {found: values for (at, found), values in self.served.items() if at == name and found in (kind, "CNAME")}


class Response(t.NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> t.Any:
        return json.loads(self.body)

    @property
    def xml(self) -> etree._Element:
        return etree.fromstring(self.body)


def escape(text: str) -> str:
    for character, entity in (("&", "amp"), ("<", "lt"), (">", "gt"), ("'", "apos"), ('"', "quot")):
        text = text.replace(character, f"&{entity};")
    return text


class Sandbox:
    """The sandbox and a client of it."""

    def __init__(self, directory: str = "", state: str = ":memory:") -> None:
        self.dns = FakeDns()
        self.closed = False
        config = Config(
            directory=directory,
            sitelock_username=USER,
            sitelock_password=PASSWORD,
            sitelock_client_id=CLIENT_ID,
            sitelock_client_secret=CLIENT_SECRET,
            botguard_api_key=KEY,
            port=0,
        )
        self.service = Service(config, Store(state), self.dns)
        self.server = Server(self.service)
        self.port = self.server.server_port
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self._connection.close()
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()
        self.service.close()

    def send(self, verb: str, path: str, body: bytes = b"", **headers: str) -> Response:
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            self._connection.request(verb, path, body, sent)
            response = self._connection.getresponse()
            return Response(response.status, response.headers, response.read())
        except (http.client.HTTPException, OSError):
            self._connection.close()
            raise

    def raw(self, document: str) -> Response:
        """Send a whole SiteLock document."""
        return self.send("POST", "/v1/partner", document.encode())

    def call(self, method: str, password: str = PASSWORD) -> Response:
        """Send the XML of one SiteLock method."""
        login = f"<authentication><user>{USER}</user><password>{escape(password)}</password></authentication>"
        return self.raw(f"<SiteLockOnlineRequest>{login}{method}</SiteLockOnlineRequest>")

    def botguard(self, verb: str, path: str, key: str = KEY, **form: str) -> Response:
        body = urllib.parse.urlencode(form).encode()
        headers = {"Authorization": f"Bearer {key}"}
        if form:
            headers["Content_Type"] = "application/x-www-form-urlencoded"
        return self.send(verb, f"/botguard{path}", body, **headers)

    def admin(self, verb: str, path: str, **content: t.Any) -> t.Any:
        response = self.send(verb, f"/admin/{path}", json.dumps(content).encode() if content else b"")
        assert response.status == 200, response.body
        return response.json

    # What many tests say

    def buy(self, site_id: str, plan: str = "100", **options: str) -> etree._Element:
        """Order the firewall; the addonStatus of the answer."""
        more = "".join(f"<{name}>{value}</{name}>" for name, value in options.items())
        item = f"<site_id>{site_id}</site_id><subscription>{plan}</subscription>{more}"
        answer = self.call(f"<provisionAddon><addonInfo>{item}</addonInfo></provisionAddon>")
        status = answer.xml.find("provisionAddon/addonStatuses/addonStatus")
        assert status is not None, answer.body
        return status

    def order(
        self, domain: str = "customer.example", plan: str = "<subscription>8</subscription>", **more: str
    ) -> Response:
        """Order a new account with one site; C(more) are elements of its C(accountInformation)."""
        customer = {"name": "Customer Ltd", "email": "owner@customer.example", **more}
        account = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in customer.items())
        return self.provision(account, f"{plan}<domain>{domain}</domain>")

    def provision(self, account: str, site: str) -> Response:
        """Send provisionAccount with this content of its two parts."""
        parts = f"<accountInformation>{account}</accountInformation><siteInformation>{site}</siteInformation>"
        return self.call(f"<provisionAccount>{parts}</provisionAccount>")

    def ids(self, answer: Response) -> tuple[str, str]:
        """Account and site of a successful order."""
        assert answer.status == 200, answer.body
        [account], [site] = ([one.text or "" for one in answer.xml.iter(name)] for name in ("account_id", "site_id"))
        return account, site

    def account(self, key: str, value: str) -> etree._Element:
        """The account in the response of getStatus."""
        answer = self.call(f"<getStatus><accountInformation><{key}>{value}</{key}></accountInformation></getStatus>")
        found = answer.xml.find("getStatus/accountInformation")
        assert found is not None, answer.body
        return found

    def billed(self) -> list[tuple[str, str, str]]:
        """Active subscriptions: domain (empty for those of an account), plan and price."""
        active = self.admin("GET", "subscriptions")["subscriptions"]
        return [(one["domain"], one["plan_id"], one["amount"]) for one in active]

    def prices(self) -> list[tuple[str, str, str]]:
        """The ledger: event, plan and price."""
        entries = self.admin("GET", "ledger")["entries"]
        return [(entry["event"], entry["subscription"], entry["amount"]) for entry in entries]

    def status(self, site_id: str) -> dict[str, str]:
        """Read the state of a site: all values of the response by element name."""
        answer = self.call(f'<getAnpProvisioningStatus site_id="{site_id}"/>')
        assert answer.status == 200
        return {
            str(element.tag): element.text or ""
            for element in answer.xml.find("getAnpProvisioningStatus").iter()
            if not len(element) and element.getparent().tag not in ("record", "request")
        }

    def serve_txt(self, site_id: str) -> None:
        """Serve the verification value that the API returned, beside another one."""
        asked = self.status(site_id)
        self.dns.served[asked["dns_record_domain"], "TXT"] = ["v=spf1 -all", asked["dns_record_value"]]

    def route(self, name: str, answer: t.Mapping[str, str]) -> None:
        """Serve the records that route the traffic of a site at an apex through the CDN."""
        self.dns.served[name, "A"] = answer["dns_new_a"].split(",")
        self.dns.served[f"www.{name}", "CNAME"] = [answer["dns_new_cname"]]

    def events(self) -> list[tuple[str, str]]:
        """The ledger: event and site."""
        return [(entry["event"], entry["site_id"]) for entry in self.admin("GET", "ledger")["entries"]]

    def journal(self) -> list[dict[str, t.Any]]:
        entries: list[dict[str, t.Any]] = self.admin("GET", "journal")["entries"]
        return entries


@pytest.fixture
def fleet() -> dict[str, t.Any]:
    """The sites of the fixture sandbox."""
    return FLEET


@pytest.fixture
def sandbox() -> t.Iterator[Sandbox]:
    """A sandbox with the fleet."""
    running = Sandbox()
    running.admin("POST", "fleet", **FLEET)
    yield running
    running.close()


@pytest.fixture
def protected(sandbox: Sandbox) -> Sandbox:
    """A sandbox whose site 2 has a firewall."""
    sandbox.buy("2")
    return sandbox


@pytest.fixture
def prices() -> list[dict[str, t.Any]]:
    """The products of the fixture vendor."""
    return PRICES


@pytest.fixture
def vendor() -> t.Iterator[Sandbox]:
    """A sandbox with a price list and without any customer."""
    running = Sandbox()
    running.admin("POST", "fleet", plans=PRICES)
    yield running
    running.close()


@pytest.fixture
def make_sandbox(tmp_path: pathlib.Path) -> t.Iterator[t.Callable[[], Sandbox]]:
    """Start a sandbox with the state that the previous one left on disk."""
    running: list[Sandbox] = []

    def start() -> Sandbox:
        running.append(Sandbox(str(tmp_path), str(tmp_path / "state.sqlite")))
        return running[-1]

    yield start
    for one in running:
        one.close()
