# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules that list pending messages and mark those that were sent, against a scripted server."""

from __future__ import annotations

import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.pending_emails import flat_texts
from ansible_collections.hosting.websec.plugins.modules import sitelock_emails_sent, sitelock_pending_emails_info
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

Result = dict[str, t.Any]

PENDING = """<getPendingEmails><status>success</status><emails>
    <email><email_address>owner@shop.example</email_address><domain>shop.example</domain><email_id>20</email_id>
        <queue_id>123</queue_id><queue_time>2012-01-15 05:00:00</queue_time><account_id>234</account_id>
        <replacements><first_name>J&#xfc;rgen</first_name><email>owner@shop.example</email>
            <specific><scan><name>Malware</name></scan></specific></replacements></email>
    <email><queue_id>456</queue_id><account_id>234</account_id><replacements/></email>
    </emails></getPendingEmails>"""


def sent(request: Received) -> str:
    return etree.tostring(etree.fromstring(request.body)[1]).decode()


def listed(replies: list[Reply], **given: t.Any) -> tuple[Result, list[str]]:
    """The result of the module that lists, and what was sent."""
    with ScriptedServer(replies) as server:
        options = {**connection(server.url), "after": None, "before": None, "account_id": None, **given}
        return sitelock_pending_emails_info.run(options), [sent(request) for request in server.requests]


def mark(
    replies: list[Reply], queue_ids: t.Sequence[object], *, check_mode: bool = False, **given: t.Any
) -> tuple[Result, list[str]]:
    """The result of the module that marks, and what was sent."""
    with ScriptedServer(replies) as server:
        own = {"queue_ids": queue_ids, "concurrency": 1, "on_error": "report"}
        options = {**connection(server.url), **own, **given}
        result = sitelock_emails_sent.run(options, RunContext(), check_mode=check_mode)
        return result, [sent(request) for request in server.requests]


def marked(status: str, **reasons: str) -> Reply:
    """A response of markEmailsSent. :param reasons: by queue id, with an underscore before it."""
    errors = "".join(
        f"<error><queue_id>{name[1:]}</queue_id><reason>{reason}</reason></error>" for name, reason in reasons.items()
    )
    inner = f"<status>{status}</status>{f'<errors>{errors}</errors>' if errors else ''}"
    return Reply(document(f"<markEmailsSent>{inner}</markEmailsSent>"))


# ---- sitelock_pending_emails_info


def test_the_documented_request_and_every_documented_field() -> None:
    times = {"before": "2012-01-15 06:00:00", "after": "2011-12-25 18:00:00"}
    result, requests = listed([Reply(document(PENDING))], account_id="234", **times)
    assert requests == [
        (
            "<getPendingEmails><before>2012-01-15 06:00:00</before><after>2011-12-25 18:00:00</after>"
            "<account>234</account></getPendingEmails>"
        )
    ]
    first, second = result["emails"]
    assert first == {
        "queue_id": "123",
        "email_address": "owner@shop.example",
        "domain": "shop.example",
        "account_id": 234,
        "email_id": "20",
        "queue_time": "2012-01-15 05:00:00",
        "replacements": {
            "first_name": "Jürgen",
            "email": "owner@shop.example",
            "specific": {"scan": {"name": "Malware"}},
        },
    }
    assert (second["queue_id"], second["email_address"], second["replacements"]) == ("456", None, {})
    assert result["changed"] is False


@pytest.mark.parametrize("emails", ["", "<emails/>"])
def test_nothing_is_pending(emails: str) -> None:
    body = document(f"<getPendingEmails><status>success</status>{emails}</getPendingEmails>")
    result, requests = listed([Reply(body)])
    assert (result["emails"], requests) == ([], ["<getPendingEmails/>"])


def test_the_error_of_the_api_is_told() -> None:
    body = document("<getPendingEmails><status>failed</status><error>Not white-labeled</error></getPendingEmails>")
    with pytest.raises(RejectedError, match="getPendingEmails: Not white-labeled"):
        listed([Reply(body)])


@pytest.mark.parametrize("name", ["before", "after"])
@pytest.mark.parametrize(
    "value", ["", "2012-1-5 06:00:00", "2012-02-30 06:00:00", "2012-01-15T06:00:00", "2012-01-15", "x" * 5000]
)
def test_a_wrong_time_is_refused_before_the_api_could_ignore_it(name: str, value: str) -> None:
    with pytest.raises(BadInputError, match=f"{name} is .{{1,70}}; it must be a time such as"):
        listed([], **{name: value})


def test_texts_by_name_the_outer_one_first() -> None:
    data = {"name": "outer", "user": {"name": "inner", "@city": "Bonn"}, "link": ["a", {"url": "b"}, {"url": "c"}]}
    assert flat_texts(data) == {"name": "outer", "city": "Bonn", "url": "b"}
    assert flat_texts("a text") == {}


@pytest.mark.parametrize(
    "entry",
    [
        {"name": "city", "value": "Bonn"},
        {"@name": "city", "#text": "Bonn"},
        {"@name": "city", "@value": "Bonn"},
        {"name": "city", "@value": "Bonn"},
    ],
)
def test_texts_in_pairs(entry: dict[str, t.Any]) -> None:
    assert flat_texts({"replacement": entry}) == {"city": "Bonn"}
    assert flat_texts({"replacement": [entry, {"name": "x", "value": ""}]}) == {"city": "Bonn", "x": ""}
    assert flat_texts({"user": {"name": "Jane", "value": "1", "city": "Ulm"}}) == {
        "name": "Jane",
        "value": "1",
        "city": "Ulm",
    }


# ---- sitelock_emails_sent


def test_the_documented_request_of_a_mark() -> None:
    result, requests = mark([marked("success")], [123, " 456 "])
    assert requests == ["<markEmailsSent><queue_id>123</queue_id><queue_id>456</queue_id></markEmailsSent>"]
    assert [(row["queue_id"], row["changed"], row["failed"]) for row in result["emails"]] == [
        ("123", True, False),
        ("456", True, False),
    ]
    assert result["changed"]


@pytest.mark.parametrize("status", ["mixed", "failed"])
def test_what_is_marked_already_is_no_error_and_no_change(status: str) -> None:
    result, _requests = mark([marked(status, _1="AMS: already marked", _2="AMS: already marked")], ["1", "2"])
    assert [(row["changed"], row["failed"]) for row in result["emails"]] == [(False, False), (False, False)]
    assert not result["changed"]


def test_each_message_of_a_mixed_answer_has_its_own_outcome() -> None:
    result, _requests = mark([marked("mixed", _2="QNF: no such message", _3="AMS: already")], ["1", "2", "3"])
    one, two, three = result["emails"]
    assert [row["changed"] for row in (one, two, three)] == [True, False, False]
    assert [row["failed"] for row in (one, two, three)] == [False, True, False]
    assert (two["error"]["kind"], two["error"]["queue_id"]) == ("rejected", "2")
    assert "QNF: no such message" in two["error"]["message"]


def test_a_failure_without_a_reason_is_one_of_every_message() -> None:
    result, _requests = mark([marked("failed", _1="XYZ: no")], ["1", "2"])
    assert [row["failed"] for row in result["emails"]] == [True, True]
    assert "refused without a message" in result["emails"][1]["error"]["message"]


@pytest.mark.parametrize("reply", [marked("mixed"), marked("fine"), marked("")])
def test_an_answer_that_says_nothing_about_the_messages_marks_none(reply: Reply) -> None:
    result, requests = mark([reply, reply], ["1"])
    assert (result["emails"][0]["changed"], result["emails"][0]["error"]["kind"]) == (False, "bad_response")
    # A mark that may have been set can be set again without harm.
    assert len(requests) == 2


@pytest.mark.parametrize("lost", [Reply(fault="close"), Reply(b"", 503), Reply(b"<html>")])
def test_a_call_whose_answer_is_lost_is_sent_once_more(lost: Reply) -> None:
    result, requests = mark([lost, marked("failed", _1="AMS: already")], ["1"])
    assert (len(requests), result["emails"][0]["failed"], result["emails"][0]["changed"]) == (2, False, False)
    result, requests = mark([lost, lost], ["1"])
    assert (len(requests), result["emails"][0]["failed"]) == (2, True)


def test_a_message_that_the_api_refuses_to_read_costs_the_others_nothing() -> None:
    whole = Reply(document("<markEmailsSent><error>Could not parse XML request</error></markEmailsSent>"), 500)
    result, requests = mark([whole, marked("success"), whole, marked("success")], ["1", "2", "3"])
    assert [row["changed"] for row in result["emails"]] == [True, False, True]
    assert (len(requests), result["emails"][1]["error"]["kind"]) == (4, "rejected")


def test_an_answer_about_a_foreign_message_is_discarded() -> None:
    foreign = marked("mixed", _9="AMS: already")
    result, _requests = mark([foreign, foreign], ["1"])
    assert result["emails"][0]["error"]["kind"] == "bad_response"
    assert "'9'" in result["emails"][0]["error"]["message"]


def test_a_hundred_messages_a_call() -> None:
    result, requests = mark([marked("success")] * 3, range(1, 202))
    assert [request.count("<queue_id>") for request in requests] == [100, 100, 1]
    assert all(row["changed"] for row in result["emails"])


def test_check_mode_reads_what_is_pending_however_old_and_marks_nothing() -> None:
    result, requests = mark([Reply(document(PENDING))], ["123", "789"], check_mode=True)
    assert requests == ["<getPendingEmails><after>2000-01-01 00:00:00</after></getPendingEmails>"]
    assert [row["changed"] for row in result["emails"]] == [True, False]


@pytest.mark.parametrize("value", [True, 1.5, "", " ", "1 2", "1\n2", "\u0661", "x" * 201, None, ["1"]])
def test_what_is_no_id_fails_alone(value: object) -> None:
    result, requests = mark([marked("success")], [value, "1"])
    assert (result["emails"][0]["error"]["kind"], result["emails"][1]["changed"]) == ("bad_input", True)
    assert len(requests) == 1


def test_a_message_that_is_listed_twice_is_refused() -> None:
    with pytest.raises(BadInputError, match="1 in the entries 1 and 3"):
        mark([], ["1", "2", 1])
