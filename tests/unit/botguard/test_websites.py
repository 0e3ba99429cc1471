# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the current to the desired state: the calls, their order, and their results."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._botguard.websites import (
    DesiredWebsite,
    Outcome,
    converge,
    desired_websites,
)
from ansible_collections.hosting.websec.plugins.module_utils._effects import WriteRefusedError
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, LimitError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._limits import Limits
from ansible_collections.hosting.websec.tests.unit.botguard.account import (
    HTML,
    Account,
    Fault,
    answer,
    client_of,
    refusal,
)

SITE = "example.com"
GET, PUT, DELETE = f"GET /website/{SITE}", f"PUT /website/{SITE}", f"DELETE /website/{SITE}"
POST, LIST = "POST /website", "GET /website"

STATES = ["online", "paused", "absent"]
NOT_FOUND_FORMS = {
    "http_404_error": refusal(404, "Website not found"),
    "http_200_error": refusal(200, "Website not found"),
    "http_400_error": refusal(400, "Website not found"),
    "http_404_message": answer(404, {"message": "Not Found"}),
    "null": answer(200, None),
    "empty_body": answer(200, b""),
    "empty_list": answer(200, []),
}
BY_LIST = [name for name in NOT_FOUND_FORMS if name != "http_404_error"]
NO_ANSWER = {"lost": None, "http_500": answer(500, b"oops"), "html": HTML, "cut": answer(200, b'{"status": "onl')}


def bring(account: Account, state: str, *, user: int | None = None, check_mode: bool = False) -> Outcome:
    """One website to ``state``."""
    desired = [DesiredWebsite(SITE, state, user)]
    (outcome,) = converge(client_of(account, read_only=check_mode), desired, check_mode=check_mode)
    return outcome


@pytest.mark.parametrize(
    ("there", "state", "calls"),
    [
        (None, "online", [GET, GET, POST, GET]),
        (None, "paused", [GET, GET, POST, GET, PUT, GET]),
        (None, "absent", [GET]),
        ("online", "online", [GET]),
        ("online", "paused", [GET, PUT, GET]),
        ("online", "absent", [GET, DELETE, GET]),
        ("paused", "online", [GET, PUT, GET]),
        ("paused", "paused", [GET]),
        ("paused", "absent", [GET, DELETE, GET]),
        ("setup", "online", [GET, PUT, GET]),
    ],
)
def test_it_reads_first_and_writes_only_what_differs(there: str | None, state: str, calls: list[str]) -> None:
    account = Account({SITE: there} if there else {})
    outcome = bring(account, state)
    assert account.calls == calls
    assert account.websites == ({} if state == "absent" else {SITE: state})
    assert outcome.error is None
    assert outcome.sent == account.writes
    assert outcome.changed == bool(account.writes)
    assert bring(account, state).sent == []


@pytest.mark.parametrize("there", [None, "online", "paused"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("form", NOT_FOUND_FORMS)
def test_check_mode_only_reads_and_foretells_the_writes(there: str | None, state: str, form: str) -> None:
    websites = {SITE: there} if there else {}
    account = Account(websites, not_found=NOT_FOUND_FORMS[form])
    foretold = bring(account, state, check_mode=True)
    assert account.writes == []
    assert account.websites == websites
    real = bring(Account(websites, not_found=NOT_FOUND_FORMS[form]), state)
    assert (foretold.sent, foretold.changed) == (real.sent, real.changed)


def test_a_client_for_check_mode_cannot_write() -> None:
    client = client_of(Account({SITE: "online"}), read_only=True)
    with pytest.raises(WriteRefusedError):
        client.create("new.example", None)
    with pytest.raises(WriteRefusedError):
        client.set_status(SITE, "paused")
    with pytest.raises(WriteRefusedError):
        client.delete(SITE)


def test_the_sub_account_goes_with_the_registration_only() -> None:
    account = Account()
    bring(account, "paused", user=4711)
    assert account.forms == [{"domain": SITE, "user": "4711"}, {"status": "paused"}]
    account = Account()
    bring(account, "online")
    assert account.forms == [{"domain": SITE}]


@pytest.mark.parametrize(
    ("new_status", "state", "writes"),
    [
        ("online", "online", [POST]),
        ("setup", "online", [POST, PUT]),
        ("paused", "online", [POST, PUT]),
        ("paused", "paused", [POST]),
        ("setup", "paused", [POST, PUT]),
    ],
)
def test_a_new_website_is_changed_only_if_it_came_up_in_another_state(
    new_status: str, state: str, writes: list[str]
) -> None:
    account = Account()
    account.new_status = new_status
    outcome = bring(account, state)
    assert account.writes == writes
    assert account.websites == {SITE: state}
    assert outcome.error is None
    assert not outcome.unsettled


@pytest.mark.parametrize("form", BY_LIST)
@pytest.mark.parametrize(
    ("there", "state", "calls"),
    [
        (None, "online", [GET, LIST, GET, POST, GET]),
        (None, "absent", [GET, LIST]),
        ("online", "absent", [GET, DELETE, GET, LIST]),
    ],
)
def test_without_a_clear_not_found_the_list_is_the_proof(
    form: str, there: str | None, state: str, calls: list[str]
) -> None:
    account = Account({"other.example": "online", **({SITE: there} if there else {})}, not_found=NOT_FOUND_FORMS[form])
    outcome = bring(account, state)
    assert account.calls == calls
    assert outcome.error is None
    assert (SITE in account.websites) == (state != "absent")


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("form", BY_LIST)
@pytest.mark.parametrize("spelling", [SITE, "EXAMPLE.com.", "Example.COM"])
def test_a_website_that_the_list_holds_is_not_absent(state: str, form: str, spelling: str) -> None:
    account = Account({spelling: "online"})
    account.faults = [Fault(GET, NOT_FOUND_FORMS[form], times=9)]
    outcome = bring(account, state)
    assert outcome.error is not None
    assert outcome.error.kind in ("rejected", "bad_response")
    assert account.writes == []


def test_a_name_in_the_list_that_is_no_domain_is_no_obstacle() -> None:
    account = Account({"_internal": "online", "b\u00fccher.example": "online"}, not_found=answer(200, None))
    assert bring(account, "online").error is None


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal(401, "Invalid API key"), "auth"),
        (refusal(403, "Forbidden"), "not_allowed"),
        (HttpResponse(403, "text/html", b"<h1>Forbidden</h1>"), "not_allowed"),
        (refusal(429, "Slow down"), "unavailable"),
        (refusal(500, "Internal error"), "unavailable"),
        (HttpResponse(503, "text/html", b"<h1>Back soon</h1>"), "unavailable"),
        (HTML, "bad_response"),
        (HttpResponse(404, "text/html", b"<h1>Not Found</h1>"), "bad_response"),
        (HttpResponse(404, "", b""), "bad_response"),
        (HttpResponse(302, "", b""), "bad_response"),
        (answer(200, b'{"domain": "example.com", "sta'), "bad_response"),
        (answer(200, [{"domain": SITE, "status": "online"}]), "bad_response"),
        (answer(200, "online"), "bad_response"),
        (answer(200, {"domain": SITE}), "bad_response"),
        (answer(200, {"domain": SITE, "status": None}), "bad_response"),
        (answer(200, {"domain": SITE, "status": ""}), "bad_response"),
        (answer(200, {"domain": SITE, "status": 1}), "bad_response"),
        (answer(200, {"domain": SITE, "status": "absent"}), "bad_response"),
        (answer(200, {"message": "Not found"}), "bad_response"),
        (None, "unavailable"),
    ],
)
def test_everything_but_a_clear_answer_is_an_error_and_never_a_reason_to_write(
    state: str, reply: HttpResponse | None, kind: str
) -> None:
    account = Account({SITE: "online"})
    account.faults = [Fault(GET, reply, times=9)]
    outcome = bring(account, state)
    assert outcome.error is not None
    assert outcome.error.kind == kind
    assert SITE in outcome.error.message
    assert outcome.changed is False
    assert account.calls == [GET]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(200, None), "bad_response"),
        (answer(200, b""), "bad_response"),
        (answer(200, {}), "bad_response"),
        (answer(200, ["example.com"]), "bad_response"),
        (answer(200, [{"name": "example.net"}]), "bad_response"),
        (answer(200, [None]), "bad_response"),
        (answer(200, b'[{"domain": "example.net"}, '), "bad_response"),
        (HTML, "bad_response"),
        (refusal(200, "Invalid API key"), "rejected"),
        (refusal(401, "Invalid API key"), "auth"),
        (refusal(404, "No such operation"), "not_found"),
        (refusal(500, "Internal error"), "unavailable"),
        (None, "unavailable"),
    ],
)
def test_a_list_that_cannot_be_trusted_proves_nothing(state: str, reply: HttpResponse | None, kind: str) -> None:
    account = Account(not_found=refusal(200, "Invalid API key or website not found"))
    account.faults = [Fault(LIST, reply, times=9)]
    outcome = bring(account, state)
    assert outcome.error is not None
    assert outcome.error.kind == kind
    assert account.calls == [GET, LIST]


def test_a_refused_registration_is_reported_in_the_words_of_the_vendor() -> None:
    account = Account()
    account.faults = [Fault(POST, refusal(400, "Unknown user"))]
    outcome = bring(account, "online", user=1)
    assert outcome.error is not None
    assert outcome.error.kind == "rejected"
    assert outcome.error.message == f"POST /website for {SITE}: the BotGuard API answered: Unknown user (HTTP 400)."
    assert outcome.changed is False
    assert account.writes == [POST]


@pytest.mark.parametrize("reply", [answer(200, None), answer(204, b""), answer(200, {"id": 1}), answer(201, [])])
@pytest.mark.parametrize(
    ("there", "state", "call"), [(None, "online", POST), ("online", "paused", PUT), ("online", "absent", DELETE)]
)
def test_the_answer_to_a_write_may_be_empty(reply: HttpResponse, there: str | None, state: str, call: str) -> None:
    account = Account({SITE: there} if there else {})
    account.faults = [Fault(call, reply, has_effect=True)]
    outcome = bring(account, state)
    assert outcome.error is None
    assert outcome.changed
    assert account.writes == [call]


@pytest.mark.parametrize(
    ("there", "state", "call"), [(None, "online", POST), ("online", "paused", PUT), ("online", "absent", DELETE)]
)
def test_a_write_that_was_accepted_without_effect_is_not_called_a_success(
    there: str | None, state: str, call: str
) -> None:
    account = Account({SITE: there} if there else {})
    account.faults = [Fault(call, answer(200, {"id": 1}))]
    outcome = bring(account, state)
    assert outcome.error is not None
    assert outcome.error.kind == "outcome_unknown"
    assert f"{call} was accepted for {SITE}" in outcome.error.message
    assert account.writes == [call]


@pytest.mark.parametrize("reply", NO_ANSWER)
class TestLostAnswers:
    @pytest.mark.parametrize(
        ("there", "state", "calls"),
        [
            (None, "online", [GET, GET, POST, GET, GET]),
            (None, "paused", [GET, GET, POST, GET, PUT, GET]),
            ("online", "paused", [GET, PUT, GET, GET]),
            ("online", "absent", [GET, DELETE, GET, GET]),
        ],
    )
    def test_a_write_that_had_its_effect_is_not_sent_again(
        self, reply: str, there: str | None, state: str, calls: list[str]
    ) -> None:
        account = Account({SITE: there} if there else {})
        write = next(call for call in calls if call not in (GET, LIST))
        account.faults = [Fault(write, NO_ANSWER[reply], has_effect=True)]
        outcome = bring(account, state)
        assert account.calls == calls
        assert outcome.error is None
        assert outcome.changed
        assert account.websites == ({} if state == "absent" else {SITE: state})

    @pytest.mark.parametrize("state", ["online", "paused"])
    def test_a_registration_without_effect_is_not_sent_again_either(self, reply: str, state: str) -> None:
        account = Account()
        account.faults = [Fault(POST, NO_ANSWER[reply])]
        outcome = bring(account, state)
        assert account.writes == [POST]
        assert outcome.error is not None
        assert outcome.error.kind == "outcome_unknown"
        assert SITE in outcome.error.message
        assert bring(account, state).error is None
        assert account.websites == {SITE: state}

    @pytest.mark.parametrize(("state", "call"), [("paused", PUT), ("absent", DELETE)])
    def test_a_change_without_effect_is_sent_once_more(self, reply: str, state: str, call: str) -> None:
        account = Account({SITE: "online"})
        account.faults = [Fault(call, NO_ANSWER[reply])]
        outcome = bring(account, state)
        assert account.writes == [call, call]
        assert outcome.sent == [call, call]
        assert outcome.error is None
        assert account.websites == ({} if state == "absent" else {SITE: state})

    @pytest.mark.parametrize(("state", "call"), [("paused", PUT), ("absent", DELETE)])
    def test_a_change_that_stays_unanswered_ends_as_unknown(self, reply: str, state: str, call: str) -> None:
        account = Account({SITE: "online"})
        account.faults = [Fault(call, NO_ANSWER[reply], times=9)]
        outcome = bring(account, state)
        assert account.writes == [call, call]
        assert outcome.error is not None
        assert outcome.error.kind == "outcome_unknown"

    @pytest.mark.parametrize("form", BY_LIST)
    def test_a_lost_removal_is_confirmed_by_a_list_that_is_newer_than_it(self, reply: str, form: str) -> None:
        account = Account({SITE: "online", "gone.example": "online"}, not_found=NOT_FOUND_FORMS[form])
        account.faults = [Fault(DELETE, NO_ANSWER[reply], has_effect=True)]
        assert bring(account, "absent").error is None
        assert account.calls == [GET, DELETE, GET, LIST, GET]


def test_a_website_that_somebody_else_removed_meanwhile_is_removed() -> None:
    account = Account({SITE: "online"})
    account.faults = [Fault(DELETE, refusal(404, "Website not found"), has_effect=True)]
    outcome = bring(account, "absent")
    assert outcome.error is None
    assert account.writes == [DELETE]


def test_a_removal_that_is_refused_is_an_error() -> None:
    account = Account({SITE: "online"})
    account.faults = [Fault(DELETE, refusal(409, "Website is locked"))]
    outcome = bring(account, "absent")
    assert outcome.error is not None
    assert outcome.error.kind == "rejected"
    assert "Website is locked" in outcome.error.message


def test_a_website_that_vanishes_during_a_lost_change_is_not_called_a_success() -> None:
    account = Account({SITE: "online"})
    account.faults = [Fault(PUT)]
    account.faults.append(Fault(GET, account._do("GET", f"/website/{SITE}", {})))
    del account.websites[SITE]
    outcome = bring(account, "paused")
    assert outcome.error is not None
    assert account.writes == [PUT]


class TestFleet:
    def desired(self) -> list[DesiredWebsite]:
        """Three of each kind: new, absent, to be removed, to be paused, unchanged."""
        wanted = []
        for number in range(3):
            wanted += [
                DesiredWebsite(f"new{number}.example", "online"),
                DesiredWebsite(f"never{number}.example", "absent"),
                DesiredWebsite(f"old{number}.example", "absent"),
                DesiredWebsite(f"late{number}.example", "paused"),
                DesiredWebsite(f"fine{number}.example", "online"),
            ]
        return wanted

    def account(self, form: str) -> Account:
        names = [f"{name}{number}.example" for name in ("old", "late", "fine") for number in range(3)]
        return Account(dict.fromkeys(names, "online"), not_found=NOT_FOUND_FORMS[form])

    @pytest.mark.parametrize("concurrency", [1, 4, 32])
    @pytest.mark.parametrize("form", NOT_FOUND_FORMS)
    def test_the_calls_are_those_of_the_documentation(self, form: str, concurrency: int) -> None:
        account = self.account(form)
        outcomes = converge(client_of(account), self.desired(), check_mode=False, concurrency=concurrency)
        assert [outcome.desired for outcome in outcomes] == self.desired()
        assert [outcome.error for outcome in outcomes] == [None] * 15
        reads = [call for call in account.calls if call.startswith("GET ") and call != LIST]
        assert len(account.writes) == 9
        assert len(reads) == 15 + 9 + 3
        assert account.calls.count(LIST) == (0 if form == "http_404_error" else 2)

        account.calls.clear()
        again = converge(client_of(account), self.desired(), check_mode=False, concurrency=concurrency)
        assert not any(outcome.changed or outcome.error for outcome in again)
        assert len(account.calls) == 15 + (0 if form == "http_404_error" else 1)

    def test_one_website_does_not_stop_the_others(self) -> None:
        account = self.account("http_404_error")
        account.faults = [
            Fault("GET /website/new1.example", refusal(500, "Internal error"), times=9),
            Fault("DELETE /website/old1.example", refusal(409, "Website is locked")),
            Fault("PUT /website/late1.example", times=9),
        ]
        outcomes = converge(client_of(account), self.desired(), check_mode=False, concurrency=4)
        failed = {outcome.desired.domain: outcome.error.kind for outcome in outcomes if outcome.error}
        assert failed == {
            "new1.example": "unavailable",
            "old1.example": "rejected",
            "late1.example": "outcome_unknown",
        }
        assert account.websites["new2.example"] == "online"
        assert "old2.example" not in account.websites
        assert account.websites["late2.example"] == "paused"

    def test_nothing_to_do_is_no_call(self) -> None:
        account = Account()
        assert converge(client_of(account), [], check_mode=False) == []
        assert account.calls == []

    @pytest.mark.parametrize("concurrency", [0, -1])
    def test_a_concurrency_that_makes_no_sense_is_refused(self, concurrency: int) -> None:
        account = Account()
        with pytest.raises(BadInputError, match="concurrency"):
            converge(client_of(account), self.desired(), check_mode=False, concurrency=concurrency)
        assert account.calls == []


class TestInput:
    def test_domains_get_one_spelling(self) -> None:
        entries: list[dict[str, t.Any]] = [
            {"domain": " Example.COM. ", "state": "online", "user": None},
            {"domain": "b\u00fccher.example", "state": "absent", "user": 7},
        ]
        assert desired_websites(entries) == [
            DesiredWebsite("example.com", "online"),
            DesiredWebsite("xn--bcher-kva.example", "absent", 7),
        ]

    @pytest.mark.parametrize("twice", ["EXAMPLE.com", "example.com.", " example.com"])
    def test_a_website_that_is_listed_twice_is_refused(self, twice: str) -> None:
        entries = [{"domain": name, "state": "online", "user": None} for name in (SITE, "other.example", twice)]
        with pytest.raises(BadInputError) as refused:
            desired_websites(entries)
        assert refused.value.message == "Listed more than once: example.com in the entries 1 and 3."

    def test_all_bad_entries_are_named_at_once(self) -> None:
        entries: list[dict[str, t.Any]] = [
            {"domain": "http://example.com/", "state": "online", "user": None},
            {"domain": "fine.example", "state": "online", "user": 0},
            {"domain": "", "state": "online", "user": None},
        ]
        with pytest.raises(BadInputError) as refused:
            desired_websites(entries)
        assert "'http://example.com/' is not a domain name" in refused.value.message
        assert "fine.example: user is 0" in refused.value.message
        assert "'' is not a domain name: it is empty" in refused.value.message


READS = st.sampled_from([GET, LIST])
UNCLEAR = [*NO_ANSWER.values(), refusal(200, "No"), answer(200, None)]
READ_FAULTS = st.builds(Fault, call=READS, reply=st.sampled_from(UNCLEAR), times=st.integers(1, 3))
WRITE_FAULTS = st.builds(
    Fault,
    call=st.sampled_from([POST, PUT, DELETE]),
    reply=st.sampled_from([*UNCLEAR, refusal(404, "No")]),
    has_effect=st.booleans(),
    times=st.integers(1, 3),
)


@given(
    there=st.sampled_from([None, "online", "paused"]),
    state=st.sampled_from(STATES),
    form=st.sampled_from(sorted(NOT_FOUND_FORMS)),
    new_status=st.sampled_from(["online", "paused", "setup"]),
    faults=st.lists(READ_FAULTS | WRITE_FAULTS, max_size=5),
)
def test_whatever_fails_nothing_is_registered_twice_and_a_quiet_pass_gets_there(
    there: str | None, state: str, form: str, new_status: str, faults: list[Fault]
) -> None:
    account = Account({SITE: there} if there else {}, not_found=NOT_FOUND_FORMS[form])
    account.new_status = new_status
    account.faults = faults
    outcome = bring(account, state)
    assert account.writes.count(POST) <= 1
    assert outcome.sent == account.writes
    if outcome.error is None:
        assert account.websites.get(SITE, "absent") == state

    account.faults = []
    assert bring(account, state).error is None
    assert account.websites.get(SITE, "absent") == state
    account.calls.clear()
    assert bring(account, state).changed is False
    assert account.writes == []


class Raced(Account):
    """Somebody else registers the website, with this status, right after the first read."""

    def __init__(self, status: str) -> None:
        super().__init__()
        self._status = status

    def take(self, method: str, path: str, *more: t.Any) -> HttpResponse | None:
        reply = super().take(method, path, *more)
        if self.calls == [GET]:
            self.websites[SITE] = self._status
        return reply


@pytest.mark.parametrize("status", ["online", "paused"])
@pytest.mark.parametrize("state", ["online", "paused"])
def test_what_somebody_else_registers_between_look_and_order_is_brought_to_its_state(status: str, state: str) -> None:
    account = Raced(status)
    outcome = bring(account, state)
    assert (outcome.error, account.websites) == (None, {SITE: state})
    assert account.writes == ([] if status == state else [PUT])


@pytest.mark.parametrize("check_mode", [True, False])
def test_above_a_limit_nothing_is_sent(check_mode: bool) -> None:
    account = Account({"d.example": "online"})
    desired = [DesiredWebsite(f"{name}.example", "online") for name in "abc"] + [DesiredWebsite("d.example", "absent")]
    for limits, text in (
        (
            Limits(orders=2),
            "max_orders allows 2, but this run would order or change the plan of 3: a.example, b.example",
        ),
        (Limits(removals=0), "max_removals allows 0, but this run would end the service of 1: d.example"),
    ):
        with pytest.raises(LimitError, match=text):
            converge(client_of(account, read_only=check_mode), desired, check_mode=check_mode, limits=limits)
    assert account.writes == []


@pytest.mark.parametrize("status", [401, 403])
def test_a_wrong_key_is_not_sent_for_each_website(status: int) -> None:
    account = Account()
    desired = [DesiredWebsite(f"w{number}.example", "online") for number in range(100)]
    account.faults = [Fault(f"GET /website/{each.domain}", refusal(status, "Unauthorized")) for each in desired]
    account.faults.append(Fault(LIST, refusal(status, "Unauthorized"), times=100))
    outcomes = converge(client_of(account), desired, check_mode=False, concurrency=4)
    assert len(account.calls) <= 3 + 4 + 1
    assert sum(outcome.error is not None for outcome in outcomes) <= 3 + 4
    assert all(outcome.error is not None or outcome.deferred_cause is not None for outcome in outcomes)
