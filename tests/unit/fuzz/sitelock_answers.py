# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One broken response of the SiteLock API, and the result of the pass that gets it."""

from __future__ import annotations

import dataclasses
import random
import typing as t
from xml.etree import ElementTree

from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._converge import run
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.accounts import read_sites
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import AddonResource, DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    CREATE_TOKEN,
    GET_SITELOCK_IPS,
    METHODS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import all_networks, classes_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import (
    addon_diff,
    addon_result,
    addon_warnings,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import read_status
from ansible_collections.hosting.websec.tests.unit.fuzz.mutations import STATUSES, spoil_bytes, spoil_xml
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.api import (
    document,
    example_of,
    least_of,
    method_of,
    payload,
)
from ansible_collections.hosting.websec.tests.unit.sitelock.fake_api import FakeApi, Site
from ansible_collections.hosting.websec.tests.unit.sitelock.wire import wired_client

OURS = "5"

STATES = {
    *("addon_not_found", "error", "pending_dns", "pending_domain_validation", "pending_retry", "ready"),
    "site_not_found",
}
DOCUMENTED = {
    "createToken": [payload("createtoken_answer"), payload("createtoken_error")],
    "getAnpProvisioningStatus": [payload(f"getanpprovisioningstatus_{state}") for state in sorted(STATES)],
    "provisionAddon": [
        payload("provisionaddon_answer_with_ssl"),
        payload("provisionaddon_answer_without_ssl"),
        payload("provisionaddon_error"),
    ],
    "getAccounts": [
        document(
            '<getAccounts><records>1</records><account id="1227" status="active">'
            '<site id="11175" status="inactive" name="www.dom.com"/></account></getAccounts>'
        )
    ],
    "getSiteLockIPs": [
        document(
            '<getSiteLockIPs><active><class type="scanner"><ip>192.0.2.0/24</ip></class></active></getSiteLockIPs>'
        )
    ],
}
"""Examples of the vendor's pages. The others are made by ``FakeApi``, in the same form."""

IDS = (b"10900", b"123456789", b"442676", b"442989", b"123456", b"1227")
_ELEMENTS = """
site_id account_id id subscription subscription_id status state code error error_code message will_retry
addonStatus addonStatuses addon addons accountInformation account site class authentication loginURL
origins dns_new_a ssl waf_dns_manager traffic_routing
"""
CALLED = [method for method in METHODS if not method.answers_file]
# The methods that a pass calls are tried more often than the many others.
NAMES = [*(method.name for method in METHODS), *_ELEMENTS.split() * 4]

_ALL = {"waf_origin": "10.0.0.2", "waf_force_ssl": True, "waf_dns_manager": "partner"}
WANTED = [
    DesiredAddon(5, subscription="P"),
    DesiredAddon(5, subscription="P", account_id=570, **_ALL),
    DesiredAddon(5, waf_origin="10.0.0.2"),
    DesiredAddon(5, waf_dns_manager="partner"),
    DesiredAddon(5, state="absent"),
    DesiredAddon(5, state="absent", force=True),
]


class Spoilt:
    """The API, with a broken response to call number ``due``.

    C(wrong) has the violations: an unnecessary purchase, or a write because of a response about another subject.
    """

    def __init__(self, api: FakeApi, due: int, rng: random.Random, wanted: DesiredAddon | None) -> None:
        self.wrong: list[str] = []
        self.given: bytes | None = None
        self._api, self._due, self._rng, self._wanted = api, due, rng, wanted
        self._foreign = False

    def __call__(self, request: Received) -> Reply:
        method = method_of(request)
        self._watch(method)
        reply = self._answer(method, request)
        self._due -= 1
        if self._due:
            return reply
        self.given = body = spoil_body(self._base(method, reply.body), self._rng)
        self._foreign = method.startswith("get") and names_another_site(body)
        return dataclasses.replace(reply, body=body, status=self._rng.choice(STATUSES))

    def _answer(self, method: str, request: Received) -> Reply:
        return Reply(DOCUMENTED[method][0]) if method in ("getSiteLockIPs", "getAccounts") else self._api(request)

    def _watch(self, method: str) -> None:
        if method.startswith(("get", "create")):
            return
        site = self._api.sites[5]
        if self._foreign:
            self.wrong.append(f"{method} after an answer about another site")
        if method == "provisionAddon" and site.plan is not None:
            self.wrong.append("a second order")
        if method == "modifyAddon" and self._wanted and site.plan == self._wanted.subscription:
            self.wrong.append("a change to the plan that the site has")
        if method == "deleteAddon" and self._wanted and self._wanted.state != "absent":
            self.wrong.append("an end that nobody wants")

    def _base(self, method: str, body: bytes) -> bytes:
        """The correct response, or an example of the vendor's pages, with our numbers or with its own."""
        if method in DOCUMENTED and self._rng.random() < 0.5:
            body = self._rng.choice(DOCUMENTED[method])
            for number in IDS if self._rng.random() < 0.8 else ():
                body = body.replace(number, OURS.encode())
        return body


def spoil_body(body: bytes, rng: random.Random) -> bytes:
    """``body`` with an error in it."""
    for _time in range(rng.choice([1, 1, 1, 2, 3])):
        if rng.random() < 0.3:
            return spoil_bytes(body, rng)
        try:
            body = spoil_xml(body, rng, NAMES)
        except etree.XMLSyntaxError:  # nested too deeply the time before
            return body
    return body


def names_another_site(body: bytes) -> bool:
    """Whether a status of one site names another one, according to another parser. Only for these responses, this is
    easy to determine without the client."""
    try:
        root = ElementTree.fromstring(body.strip())
    except (ElementTree.ParseError, ValueError, LookupError):
        return False
    if not any(str(child.tag) in ("getAnpProvisioningStatus", "getWafOrigin") for child in root):
        return False
    said = [each.text or "" for each in root.iter() if str(each.tag).lower() == "site_id"]
    said += [text for each in root.iter() for name, text in each.attrib.items() if name.lower() == "site_id"]
    return any(text.strip() not in ("", OURS) and text.strip().lstrip("0") != OURS for text in said)


def play(number: int) -> tuple[t.Any, list[str]]:
    """Run one case; return the results of the tasks and the violations. The same number is the same case.

    :raises Exception: anything but a ``WebsecError``, which is a violation too.
    """
    rng = random.Random(f"sitelock {number}")
    what = rng.choice(["addon"] * 6 + ["status", "accounts", "networks", "token", "any method"])
    if what == "addon":
        return _addon(rng)
    if what == "any method":
        return _any_method(rng), []
    spoilt = Spoilt(FakeApi({5: Site(plan=rng.choice([None, "P"]))}), 1, rng, None)
    client, _wire = wired_client(spoilt)
    try:
        return _READS[what](client), spoilt.wrong
    except WebsecError as error:
        return error.as_dict(), spoilt.wrong


_READS: dict[str, t.Callable[[SiteLockClient], t.Any]] = {
    "status": lambda client: dataclasses.asdict(read_status(client, 5)),
    "accounts": lambda client: [dataclasses.asdict(site) for site in read_sites(client, 10)],
    "networks": lambda client: all_networks(classes_of(client.call(GET_SITELOCK_IPS, {}))),
    "token": lambda client: client.call(CREATE_TOKEN, {"account_id": 570}),
}


def _any_method(rng: random.Random) -> t.Any:
    """Call a method of the table that gets a broken response."""
    method = rng.choice(CALLED)
    body = spoil_body(example_of(method), rng)
    client, _wire = wired_client(lambda _request: Reply(body, rng.choice(STATUSES)))
    try:
        return client.call(method, least_of(method))
    except WebsecError as error:
        return error.as_dict()


def _addon(rng: random.Random) -> tuple[t.Any, list[str]]:
    site = Site(
        plan=rng.choice([None, "P", "OLD"]),
        state=rng.choice(["pending-dns", "ready", "pending-retry"]),
        routing=rng.random() < 0.3,
        short=rng.random() < 0.2,
    )
    api = FakeApi({5: site, 6: Site(plan="OTHER")}, names_sites=rng.random() < 0.7)
    wanted = rng.choice(WANTED)
    spoilt = Spoilt(api, rng.randint(1, 5), rng, wanted)
    client, wire = wired_client(spoilt)
    check_mode = rng.random() < 0.1
    (outcome,) = run(AddonResource(client), [wanted], check_mode=check_mode)
    result = {
        "site": addon_result(outcome),
        "diff": addon_diff([outcome], check_mode=check_mode),
        "warnings": addon_warnings([outcome]),
    }
    wrong = list(spoilt.wrong)
    nothing_spoilt = spoilt.given is None and not check_mode
    if nothing_spoilt and not outcome.error and not result["warnings"] and not _is_as_wanted(site, wanted):
        wrong.append("reported as fine, and is not")
    if api.bought[5] > 1 or api.sites[6].plan != "OTHER":
        wrong.append("bought twice, or for another site")
    if check_mode and wire.written:
        wrong.append("a write in check mode")
    return result, wrong


def _is_as_wanted(site: Site, wanted: DesiredAddon) -> bool:
    if wanted.state == "absent":
        return site.plan is None
    # Fields that the response lacks are not compared: origins before pending-dns, the manager in short responses.
    return (
        site.plan is not None
        and wanted.subscription in (None, site.plan)
        and (wanted.waf_origin in (None, *site.origins) or site.state == "pending-retry")
        and (wanted.waf_dns_manager in (None, site.manager) or site.short)
    )
