# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""For every method of the table, a response about another subject is rejected.

The responses are generated from the table, so a new method is covered as soon as it is there.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._converge import run
from ansible_collections.hosting.websec.plugins.module_utils._errors import AuthError, BadResponseError, NotFoundError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import AddonResource, DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    DELETE_ADDON,
    GET_ANP_PROVISIONING_STATUS,
    GET_STATUS,
    GET_WAF_ORIGIN,
    METHODS,
    MODIFY_ADDON,
    PROVISION_ADDON,
    SET_WAF_DNS_MANAGER,
    SET_WAF_ORIGIN,
    Method,
    Subject,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.subscriptions import parse_subscriptions
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.api import ABSENT, answer, document, method_of
from ansible_collections.hosting.websec.tests.unit.sitelock.fake_api import FakeApi, Site
from ansible_collections.hosting.websec.tests.unit.sitelock.wire import wired_client

OURS, OTHER = "5", "999"
OK = "<status>ok</status>"
VERDICTS = [
    OK,
    "<status>error</status><message>x</message>",
    ABSENT,
    '<error code="-98">WAF Addon Not Found</error>',
    "",
]
FOREIGN = [OTHER, "x777", "5x", "-5", "5.0", "\u00b2", "\uff15", "5,999", "5 999", "5" * 5000, "<x>5</x>"]
CALLED = [method for method in METHODS if not method.answers_file]
PASSING = [GET_ANP_PROVISIONING_STATUS, GET_STATUS, GET_WAF_ORIGIN, PROVISION_ADDON, MODIFY_ADDON]
PASSING += [SET_WAF_ORIGIN, SET_WAF_DNS_MANAGER, DELETE_ADDON]
"""What a pass can call."""
SUBJECTS = [(method, subject) for method in CALLED for subject in method.subjects]


def id_of(value: t.Any) -> str:
    return value.name if isinstance(value, Method) else value.kind if isinstance(value, Subject) else ""


def parameters_of(method: Method, subject: Subject | None = None) -> dict[str, t.Any]:
    """A request about the subject 5. Of subjects that exclude each other, it names ``subject``."""
    parameters: dict[str, t.Any] = {}
    for each in [subject] if subject and len(subject.asked) > 1 else method.subjects:
        place = parameters
        for name in each.asked[:-1]:
            place = place.setdefault(name, {})
        place[each.asked[-1]] = int(OURS) if each.number else OURS
    return {method.batch[0]: [parameters]} if method.batch else parameters


def result_of(body: bytes, method: Method, parameters: dict[str, t.Any], status: int = 200) -> dict[str, t.Any]:
    client, _wire = wired_client(lambda _request: Reply(body, status))
    return client.call(method, parameters)


def wrapped(method: Method, inner: str) -> bytes:
    """A response of ``method``; ``inner`` is at the place of the response for one item."""
    if method.batch is None:
        return answer(method, inner)
    (_repeated, answering) = method.batch
    return answer(method, f"<{answering}es><{answering}>{inner}</{answering}></{answering}es>")


def places(method: Method, subject: Subject, said: str, verdicts: t.Sequence[str]) -> t.Iterator[bytes]:
    """Responses with ``said`` at every place of ``subject``, alone and next to the right value."""
    for path, verdict, right in itertools.product(sorted(subject.named), verdicts, ("alone", "first", "last")):
        parent, _slash, name = path.rpartition("/")
        before, after = (f"<{name}>{OURS}</{name}>" if right == place else "" for place in ("first", "last"))
        for spelled in (name, name.upper(), name.title()):
            yield from _around(method, parent, "", f"{before}<{spelled}>{said}</{spelled}>{after}", verdict)
            if "<" not in said:
                yield from _around(method, parent, f' {spelled}="{said}"', before + after, verdict)


def _around(method: Method, parent: str, attribute: str, elements: str, verdict: str) -> t.Iterator[bytes]:
    """Responses with ``attribute`` and ``elements`` in ``parent``; without one, in all possible parents."""
    if parent != method.name:
        holder = parent or "more"
        yield wrapped(method, f"<{holder}{attribute}>{elements}</{holder}>{verdict}")
    if parent in ("", method.name):
        yield document(f"<{method.name}{attribute}>{elements}{verdict}</{method.name}>")
    if not parent:
        yield document(f"<more{attribute}>{elements}</more><{method.name}>{verdict}</{method.name}>")


@pytest.mark.parametrize(("method", "subject"), SUBJECTS, ids=id_of)
def test_an_answer_about_somebody_else_is_no_answer(method: Method, subject: Subject) -> None:
    bodies = [
        body for said in FOREIGN for body in places(method, subject, said, VERDICTS if said == OTHER else [ABSENT])
    ]
    # The rules are the same for all: every body for methods of a pass, a share of them for each other method.
    share = 1 if method in PASSING else 7
    chosen = bodies[SUBJECTS.index((method, subject)) % share :: share]
    assert len(chosen) > 30
    for body in chosen:
        with pytest.raises(BadResponseError) as failed:
            result_of(body, method, parameters_of(method, subject))
        assert failed.value.may_have_happened, body


@pytest.mark.parametrize(
    ("method", "kind"),
    [(method, each.kind) for method, each in SUBJECTS if f"{each.kind}/id" in each.named],
    ids=id_of,
)
def test_an_undocumented_wrapper_that_names_somebody_else_makes_it_no_answer(method: Method, kind: str) -> None:
    (subject,) = (each for each in method.subjects if each.kind == kind)
    for wrapper in (f'<{kind} id="{OTHER}">{OK}</{kind}>', f"<data><{kind}><id>{OTHER}</id></{kind}></data>{OK}"):
        with pytest.raises(BadResponseError, match=OTHER):
            result_of(wrapped(method, wrapper), method, parameters_of(method, subject))


@pytest.mark.parametrize(("method", "subject"), SUBJECTS, ids=id_of)
@pytest.mark.parametrize("said", [OURS, f" {OURS}\n"])
def test_an_answer_about_what_was_asked_is_one(method: Method, subject: Subject, said: str) -> None:
    required = [each for other in method.subjects if other.required for each in other.named if "/" not in each]
    named = "".join(f"<{each}>{OURS}</{each}>" for each in required)
    for path in subject.named:
        parent, _slash, name = path.rpartition("/")
        element = f"<{name}>{said}</{name}>"
        if parent not in ("", method.name):
            element = f'<{parent} {name}="{said}">{element}</{parent}>'
        assert result_of(wrapped(method, f"{named}{element}{OK}"), method, parameters_of(method, subject))


def test_a_wrapper_that_is_named_as_a_site_or_an_account_counts() -> None:
    # The sites in an answer of getStatus are those of its account.
    assert {(method.name, each.kind) for method, each in SUBJECTS if f"{each.kind}/id" not in each.named} == {
        ("getStatus", "site"),
        ("alterWafException", "exception"),
        ("removeWafException", "exception"),
    } | {(method.name, each.kind) for method, each in SUBJECTS if not each.number}


def test_only_calls_that_name_nobody_have_no_subject() -> None:
    assert {method.name for method in METHODS if not method.subjects} == {
        *("getAccounts", "getCountriesList", "getLanguageList", "getMessageTypes", "getPlanList", "getSiteLockIPs"),
        *("getTextReport", "getWafClientAppInfo", "getWafGeoInfo"),
        # They return a file, and the pages of a domain.
        *("bulkReports", "download", "scanDomain"),
    }


# ---- answers that say two things


@pytest.mark.parametrize("method", CALLED, ids=id_of)
@pytest.mark.parametrize(
    "errors",
    [
        "<status>ok</status><error>No</error>",
        "<status>ok</status><error/>",
        '<status>ok</status><error code="7"/>',
        "<STATUS>OK</STATUS><Error>No</Error>",
        "<status>ok</status><error_code>AEX</error_code>",
        "<status>ok</status><code>XXX</code>",
        "<state>ready</state><code>ANF</code>",
        "<State>ready</State><Code>ANF</Code>",
        "<state>pending-dns</state><code>SNF</code>",
        "<state>ready</state><error>No</error>",
        "<state>ready</state><state>error</state><code>ANF</code>",
    ],
)
def test_an_answer_that_contradicts_itself_is_none(method: Method, errors: str) -> None:
    named = "".join(f"<{name}>{OURS}</{name}>" for each in method.subjects for name in each.named if "/" not in name)
    with pytest.raises(BadResponseError, match="contradicts itself") as failed:
        result_of(wrapped(method, named + errors), method, parameters_of(method))
    assert failed.value.may_have_happened


@pytest.mark.parametrize("method", CALLED, ids=id_of)
@pytest.mark.parametrize("other", ["same", "upper", "another"])
def test_a_document_with_two_answers_is_none(method: Method, other: str) -> None:
    another = next(each.name for each in METHODS if each is not method)
    second = {"same": method.name, "upper": method.name.upper(), "another": another}[other]
    named = "".join(f"<{name}>{OURS}</{name}>" for each in method.subjects for name in each.named if "/" not in name)
    for first, last in ((method.name, second), (second, method.name)):
        with pytest.raises(BadResponseError):
            result_of(
                document(f"<{first}>{named}{OK}</{first}><{last}>{named}{OK}</{last}>"), method, parameters_of(method)
            )


@pytest.mark.parametrize(
    "double", ['<site_id x="1">5</site_id><Site_id>5</Site_id>', "<state>ready</state><STATE>x</STATE>"]
)
def test_names_that_differ_in_letter_case_alone_are_one_name(double: str) -> None:
    with pytest.raises(BadResponseError, match="has both"):
        result_of(answer(GET_WAF_ORIGIN, double), GET_WAF_ORIGIN, {"site_id": 5})


def test_an_attribute_and_an_element_that_differ_are_refused() -> None:
    body = answer(GET_WAF_ORIGIN, '<more state="error"><state>ready</state></more>')
    with pytest.raises(BadResponseError, match="has both @state and state"):
        result_of(body, GET_WAF_ORIGIN, {"site_id": 5})


def test_the_state_of_nobody_in_particular_is_refused() -> None:
    with pytest.raises(BadResponseError, match="does not say which one"):
        result_of(answer(GET_ANP_PROVISIONING_STATUS, ABSENT), GET_ANP_PROVISIONING_STATUS, {"site_id": 5})


@pytest.mark.parametrize(
    ("inner", "error"),
    [
        ("<authentication><error>Sorry</error></authentication>", AuthError),
        ("<error>Authentication failed</error>", AuthError),
        ("<getAnpProvisioningStatus><error code='-98'>x</error></getAnpProvisioningStatus>", NotFoundError),
    ],
)
def test_an_error_need_not_say_whom_it_is_about(inner: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        result_of(document(inner), GET_ANP_PROVISIONING_STATUS, {"site_id": 5})


# ---- batches

TWO = {"addonInfo": [{"site_id": 5, "subscription": "P"}, {"site_id": 6, "subscription": "Q"}]}


@pytest.mark.parametrize(
    "statuses",
    [
        "<site_id>5</site_id>|<site_id>999</site_id>",
        "<site_id>5</site_id>|<site_id>5</site_id>",
        "<site_id>5</site_id>|<site_id>6</site_id>|<site_id>5</site_id>",
        "<site_id>5</site_id>|",
        "<site_id>5</site_id>|<status>ok</status>",
        "<site_id>5</site_id><more><site_id>6</site_id></more>|",
        "<site_id>5</site_id><subscription>Q</subscription>|<site_id>6</site_id><subscription>P</subscription>",
    ],
)
def test_each_answer_of_a_batch_is_about_one_item_and_each_item_has_one_answer(statuses: str) -> None:
    inner = "".join(f"<addonStatus>{each}</addonStatus>" for each in statuses.split("|"))
    with pytest.raises(BadResponseError) as failed:
        result_of(answer(PROVISION_ADDON, f"<addonStatuses>{inner}</addonStatuses>"), PROVISION_ADDON, TWO)
    assert failed.value.may_have_happened


def test_an_order_that_will_be_tried_again_has_an_error_and_is_accepted() -> None:
    inner = "<site_id>5</site_id><status>ok</status><error_code>AEX</error_code><will_retry>1</will_retry>"
    assert result_of(wrapped(PROVISION_ADDON, inner), PROVISION_ADDON, {"addonInfo": [{"site_id": 5}]})


# ---- the plan of a site


@pytest.mark.parametrize(
    "addon",
    [
        "<subscription>P</subscription><site_id>x777</site_id>",
        "<subscription>P</subscription><site_id>5</site_id><more><site_id>6</site_id></more>",
        "<subscription>P</subscription><Site_ID>\u00b2</Site_ID>",
        "<subscription>P</subscription><site_id><x>5</x></site_id>",
        "P",
    ],
)
def test_an_addon_that_cannot_be_read_is_not_taken_for_one_of_nobody(addon: str) -> None:
    body = answer(GET_STATUS, f"<accountInformation><addons><addon>{addon}</addon></addons></accountInformation>")
    with pytest.raises(BadResponseError):
        parse_subscriptions(result_of(body, GET_STATUS, {"accountInformation": {"site_id": 5}}))


def test_an_account_says_one_number_of_itself_whatever_it_was_asked_by() -> None:
    addons = "<addons><addon><account_id>571</account_id></addon></addons>"
    body = answer(GET_STATUS, f"<accountInformation><id>570</id>{addons}</accountInformation>")
    with pytest.raises(BadResponseError, match="more than one account"):
        result_of(body, GET_STATUS, {"accountInformation": {"site_id": 5}})


# ---- whole passes: an answer about somebody else leads to no write, and to no success

PASSES = {
    "order": (Site(), DesiredAddon(5, subscription="P")),
    "order with origin": (Site(), DesiredAddon(5, subscription="P", waf_origin="10.0.0.2", account_id=570)),
    "change of plan": (Site(plan="OLD"), DesiredAddon(5, subscription="P")),
    "change of plan by account": (Site(plan="OLD"), DesiredAddon(5, subscription="P", account_id=570)),
    "origin": (Site(plan="P"), DesiredAddon(5, waf_origin="10.0.0.2")),
    "manager": (Site(plan="P"), DesiredAddon(5, waf_dns_manager="partner")),
    "end": (Site(plan="P"), DesiredAddon(5, state="absent")),
}
NOT_DOCUMENTED = ("account", "site")
"""Elements that these answers do not have: the vendor names a site by C(site_id), and an account by C(account_id)."""


class Foreign:
    """The API, with responses to ``method`` about another subject from the call number ``first`` on."""

    def __init__(self, api: FakeApi, method: Method, first: int, change: t.Callable[[str], str]) -> None:
        self._api, self._method, self._due, self._change = api, method, first, change
        self.given = False
        self.written_after: list[str] = []

    def __call__(self, request: Received) -> Reply:
        name = method_of(request)
        if self.given and not name.startswith("get"):
            self.written_after.append(name)
        reply = self._api(request)
        if name == self._method.name:
            self._due -= 1
            if self._due < 1:
                self.given = True
                return dataclasses.replace(reply, body=self._change(reply.body.decode()).encode())
        return reply


def changes_of(method: Method, desired: DesiredAddon) -> dict[str, t.Callable[[str], str]]:
    """Ways to change the subject of a response of ``method``."""
    ways: dict[str, t.Callable[[str], str]] = {}
    # getStatus is called with one of its two subjects, and the other one is unknown then.
    unasked = "site" if desired.account_id is not None else "account"
    subjects = [each for each in method.subjects if each.number and (len(each.asked) == 1 or each.kind != unasked)]
    for path in sorted(name for subject in subjects for name in subject.named):
        parent, _slash, name = path.rpartition("/")
        answering = method.batch[1] if method.batch else method.name
        holder = parent or answering
        for spelled in (name, name.upper()):
            if holder in NOT_DOCUMENTED:
                inner = f"<{spelled}>{OTHER}</{spelled}>"
                ways[f"wrapper {holder}/{spelled}"] = _with(
                    rf"<{answering}\b[^>]*>", rf"\g<0><{holder}>{inner}</{holder}>"
                )
                continue
            ways[f"attribute {holder}/{spelled}"] = _with(rf"<{holder}\b", f'<{holder} {spelled}="{OTHER}"')
            ways[f"element {holder}/{spelled}"] = _with(
                rf"<{holder}( [^>]*)?>", rf"\g<0><{spelled}>{OTHER}</{spelled}>"
            )
            ways[f"instead {holder}/{spelled}"] = _with(
                rf"(<{name}>){OURS}(</{name}>)|<{holder}>", rf"<{holder}><{spelled}>{OTHER}</{spelled}>"
            )
    return ways


def _with(pattern: str, replacement: str) -> t.Callable[[str], str]:
    return lambda body: re.sub(pattern, replacement, body)


@pytest.mark.parametrize("wanted", PASSES)
@pytest.mark.parametrize("method", PASSING, ids=id_of)
@pytest.mark.parametrize("first", [1, 2, 3])
def test_an_answer_about_somebody_else_leads_to_no_write_and_to_no_success(
    wanted: str, method: Method, first: int
) -> None:
    site, desired = PASSES[wanted]
    for way, change in changes_of(method, desired).items():
        api = FakeApi({5: dataclasses.replace(site)})
        foreign = Foreign(api, method, first, change)
        client, wire = wired_client(foreign)
        (outcome,) = run(AddonResource(client), [desired], check_mode=False)
        assert api.bought[5] <= 1, way
        assert wire.written.count(method.name) <= 2, way
        if not foreign.given:
            assert outcome.error is None, way
        elif method.effect.name == "READ":
            assert foreign.written_after == [], way
            assert outcome.error is not None, way
            assert outcome.error.kind == "bad_response", way
        else:
            # The state that is read afterwards counts.
            shown = (api.sites[5].plan, api.sites[5].origins[0], api.sites[5].manager)
            assert outcome.error is None or outcome.error.kind == "outcome_unknown", way
            assert outcome.error is not None or shown != (site.plan, site.origins[0], site.manager), way
