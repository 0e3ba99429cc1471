# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API repeats the password at any place of any documented response, in any nested encoding.

An independent reader checks the results, diffs and warnings of the modules, the rows and the report of a pass, and
every error. No write happens because something was hidden.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import functools
import itertools
import json
import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._converge import run
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._report.document import to_json
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import overview
from ansible_collections.hosting.websec.plugins.module_utils._report.page import page
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, Redactor
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.accounts import read_sites
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import AddonResource, DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    CREATE_TOKEN,
    GET_ACCOUNTS,
    GET_ANP_PROVISIONING_STATUS,
    GET_SITELOCK_IPS,
    METHODS,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import classes_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.results import (
    addon_diff,
    addon_result,
    addon_warnings,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import rows_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.sites import Sites
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.api import (
    ABSENT,
    answer,
    document,
    example_of,
    least_of,
    method_of,
    payload,
)
from ansible_collections.hosting.websec.tests.unit.sitelock.fake_api import FakeApi, Site
from ansible_collections.hosting.websec.tests.unit.sitelock.wire import wired_client
from ansible_collections.hosting.websec.tests.unit.spellings import SPELLINGS, Spelling, shows, twice

PASSWORD = 'hunter2 <&"\u00f6>/+%41 \\and-more'
NAME = "hunter2-and-more"
NOON = datetime.datetime(2026, 11, 3, 12, tzinfo=datetime.timezone.utc)

Work = t.Callable[[SiteLockClient], t.Any]
Api = t.Callable[[Received], Reply]


def addon(**wanted: t.Any) -> Work:
    """All output about one site: result, diff, warnings, row, report."""

    def work(client: SiteLockClient) -> t.Any:
        desired = DesiredAddon(5, **wanted)
        outcomes = run(AddonResource(client), [desired], check_mode=False, concurrency=1)
        entries = [addon_result(outcome) for outcome in outcomes]
        site = {"domain": "a.example", "site_id": 5, "zone": "a.example"}
        sites = Sites(prepare([site], [], Defaults()), now=NOON)
        sites.add_statuses(entries)
        rows = rows_of(sites, [], [], [])
        report = overview(rows, NOON)
        return [
            entries,
            addon_diff(outcomes, check_mode=False),
            addon_warnings(outcomes),
            rows,
            to_json(report),
            page(report, title="Sites"),
            report.headline(),
        ]

    return work


def accounts(client: SiteLockClient) -> t.Any:
    return [dataclasses.asdict(site) for site in read_sites(client, 100)]


def networks(client: SiteLockClient) -> t.Any:
    return [dataclasses.asdict(each) for each in classes_of(client.call(GET_SITELOCK_IPS, {}))]


def token(client: SiteLockClient) -> t.Any:
    return client.call(CREATE_TOKEN, {"account_id": 5})


def always(body: bytes, *rest: bytes) -> t.Callable[[], Api]:
    """An API that returns this response, and then the others."""

    def api() -> Api:
        bodies = itertools.chain([body], rest, itertools.repeat(rest[-1] if rest else body))
        return lambda _request: Reply(next(bodies))

    return api


def state_of(name: str) -> t.Callable[[], Api]:
    """An API with the site in a state of the vendor's examples."""
    root = etree.fromstring(payload(f"getanpprovisioningstatus_{name}"))
    for found in root.iter("site_id"):
        found.text = "5"
    for found in root.iter("getAnpProvisioningStatus"):
        if "site_id" in found.attrib:
            found.attrib["site_id"] = "5"
    body = etree.tostring(root)
    return lambda: (
        lambda request: (
            Reply(body)
            if method_of(request) == GET_ANP_PROVISIONING_STATUS.name
            else FakeApi({5: Site(plan="P")})(request)
        )
    )


def refused() -> Api:
    api = FakeApi({5: Site()})
    api.refused_sites = {5}
    return api


def order_as_documented() -> Api:
    """Orders are answered with the vendor's example."""
    api = FakeApi({5: Site()})
    root = etree.fromstring(payload("provisionaddon_answer_with_ssl"))
    (status, *others) = list(root.iter("addonStatus"))
    for other in others:
        other.getparent().remove(other)
    for name, text in (("site_id", "5"), ("subscription", "P")):
        for found in status.iter(name):
            found.text = text
    body = etree.tostring(root)

    def reply(request: Received) -> Reply:
        made = api(request)
        return Reply(body) if method_of(request) == "provisionAddon" else made

    return reply


IPS = (
    '<active><class type="waf"><network>192.0.2.0/24</network><ip start="198.51.100.1" end="198.51.100.9"/>'
    "<note>Europe</note></class></active>"
)
ACCOUNT = (
    '<account id="570" status="active"><user>jane</user>'
    '<site id="5" name="a.example" status="active"/><site id="6" name="b.example" status="inactive"/></account>'
)
LOGIN = "https://secure.sitelock.com/rlogin.php?token=abc"

SCENARIOS: dict[str, tuple[t.Callable[[], Api], Work]] = {
    "order": (lambda: FakeApi({5: Site()}), addon(subscription="P", waf_origin="192.0.2.7")),
    "order as documented": (order_as_documented, addon(subscription="P")),
    "order that is refused": (refused, addon(subscription="P")),
    "change of everything": (
        lambda: FakeApi({5: Site(plan="Q")}),
        addon(subscription="P", waf_origin="192.0.2.7", waf_dns_manager="partner"),
    ),
    "nothing to do": (lambda: FakeApi({5: Site(plan="P")}), addon(subscription="P", waf_origin="10.0.0.1")),
    "end": (lambda: FakeApi({5: Site(plan="P")}), addon(state="absent")),
    "unknown site": (lambda: FakeApi({}), addon()),
    **{
        name.replace("_", "-"): (state_of(name), addon(subscription="P"))
        for name in ("pending_dns", "pending_domain_validation", "pending_retry", "ready", "error")
    },
    "accounts": (always(answer(GET_ACCOUNTS, ACCOUNT), answer(GET_ACCOUNTS, "")), accounts),
    "networks": (always(answer(GET_SITELOCK_IPS, IPS)), networks),
    "login link": (always(document(f"<loginURL>{LOGIN}</loginURL>")), token),
    "no login link": (always(payload("createtoken_error")), token),
    "refusal at the root": (always(document('<error code="6002">No</error>')), addon()),
    "refusal of the credentials": (always(document("<authentication><error>No</error></authentication>")), addon()),
    "refusal with a message": (
        always(answer(GET_ANP_PROVISIONING_STATUS, "<status>error</status><message>No</message><code>7</code>")),
        addon(),
    ),
    "no add-on": (always(answer(GET_ANP_PROVISIONING_STATUS, f"{ABSENT}<site_id>5</site_id>")), addon(state="absent")),
}


def decoded(method: Method) -> Work:
    return lambda client: client.call(method, least_of(method))


# A new method needs no change here.
SCENARIOS |= {
    f"example of {method.name}": (always(example_of(method)), decoded(method))
    for method in METHODS
    if method.applies is None and not method.answers_file
}


class Place(t.NamedTuple):
    """A text of an answer: the number of the answer and of the element; C(text), C(name), or C(@) and an attribute."""

    answer: int
    element: int
    part: str


class Recording:
    """An API that records its responses, optionally with another value at one place."""

    def __init__(self, api: Api, place: Place | None = None, change: Spelling = str) -> None:
        self._api, self._place, self._change = api, place, change
        self.bodies: list[bytes] = []

    def __call__(self, request: Received) -> Reply:
        reply = self._api(request)
        if self._place is not None and self._place.answer == len(self.bodies):
            reply = dataclasses.replace(reply, body=changed(reply.body, self._place, self._change))
        self.bodies.append(reply.body)
        return reply


def changed(body: bytes, place: Place, change: Spelling) -> bytes:
    root = copy.deepcopy(etree.fromstring(body))
    element = list(root.iter())[place.element]
    if place.part == "text":
        element.text = change(element.text or "")
    elif place.part == "name":
        element.tag = change(str(element.tag))
    else:
        name = place.part[1:]
        element.set(name, change(element.attrib[name]))
    return etree.tostring(root)


def outcome(scenario: str, place: Place | None = None, change: Spelling = str, password: str = PASSWORD) -> t.Any:
    """All output texts of a scenario, its writes, and its responses."""
    make, work = SCENARIOS[scenario]
    api = Recording(make(), place, change)
    client, wire = wired_client(api)
    client._redact = Redactor([password])
    try:
        found: t.Any = work(client)
    except WebsecError as error:
        found = [error.as_dict(), repr(error), repr(error.__context__), repr(error.__cause__)]
    return json.dumps(found, ensure_ascii=False), wire.written, api.bodies


@functools.cache
def as_it_is(scenario: str) -> tuple[list[str], list[bytes]]:
    _text, written, bodies = outcome(scenario)
    return written, bodies


def places(scenario: str, *, names: bool = False) -> t.Iterator[Place]:
    for number, body in enumerate(as_it_is(scenario)[1]):
        for index, element in enumerate(etree.fromstring(body).iter()):
            if names:
                yield Place(number, index, "name")
                continue
            if len(element) == 0:
                yield Place(number, index, "text")
            yield from (Place(number, index, f"@{name}") for name in element.attrib)


TWICE = [spelling for _name, spelling in twice()]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_password_at_any_place_of_an_answer_is_nowhere_in_what_comes_of_it(scenario: str) -> None:
    written = as_it_is(scenario)[0]
    turn = itertools.cycle([*SPELLINGS.values(), *TWICE[:: 1 + len(TWICE) // 97], *TWICE])
    shown: set[str] = set()
    for place in places(scenario):
        for spelling in itertools.islice(turn, 2):
            for change in (
                lambda _old, spelling=spelling: spelling(PASSWORD),
                lambda old, spelling=spelling: f"{old}: {spelling(PASSWORD)} is wrong",
            ):
                text, wrote, _bodies = outcome(scenario, place, change)
                shown.add(text)
                assert not set(wrote) - set(written), (place, text)
    assert any(HIDDEN in text or "contains the password" in text for text in shown)
    for text in shown:
        assert not shows(text, PASSWORD), text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_password_as_a_name_in_an_answer_is_nowhere_in_what_comes_of_it(scenario: str) -> None:
    written = as_it_is(scenario)[0]
    for place in places(scenario, names=True):
        for change in (lambda _old: NAME, lambda old: f"{old}-{NAME}"):
            text, wrote, _bodies = outcome(scenario, place, change, NAME)
            assert NAME not in text, place
            assert not set(wrote) - set(written), (place, text)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_password_that_is_a_word_of_an_answer_leads_to_no_write(scenario: str) -> None:
    written, bodies = as_it_is(scenario)
    words = {word for body in bodies for word in _words_of(body)}
    assert words
    for word in sorted(words):
        text, wrote, _bodies = outcome(scenario, password=word)
        assert not set(wrote) - set(written), (word, text)


def _words_of(body: bytes) -> t.Iterator[str]:
    for element in etree.fromstring(body).iter():
        for text in (str(element.tag), element.text or "", *element.attrib, *element.attrib.values()):
            yield from filter(None, {text.strip(), text.strip()[:1], text.strip()[:4], text.strip()[:8]})


def test_every_method_is_in_a_scenario() -> None:
    called = {
        child.tag
        for scenario in SCENARIOS
        for body in as_it_is(scenario)[1]
        for child in [etree.fromstring(body), *etree.fromstring(body)]
    }
    assert {method.name for method in METHODS if not method.answers_file} <= called | {"createToken"}
