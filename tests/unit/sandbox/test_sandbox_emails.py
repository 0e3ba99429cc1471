# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""E-mails of a white-label partner: pending ones, marked ones, and the forms of both."""

from __future__ import annotations

import json
import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import found, plain, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
NOT_SET_UP = "Account is not set up for e-mail white-labelling"


def call(sandbox: Sandbox, document: str) -> t.Any:
    [element] = sandbox.call(document).xml
    return element


def queue(sandbox: Sandbox, **email: t.Any) -> list[str]:
    ids: list[str] = sandbox.admin("POST", "emails", emails=[{"site_id": "2", **email}])["queue_ids"]
    return ids


def pending(sandbox: Sandbox, filters: str = "") -> list[str]:
    answer = call(sandbox, f"<getPendingEmails>{filters}</getPendingEmails>")
    assert answer.findtext("status") == "success"
    return found(answer, "emails/email/queue_id")


def mark(sandbox: Sandbox, *ids: str) -> t.Any:
    content = "".join(f"<queue_id>{one}</queue_id>" for one in ids)
    return call(sandbox, f"<markEmailsSent>{content}</markEmailsSent>")


@pytest.fixture
def waiting(sandbox: Sandbox) -> Sandbox:
    """A sandbox with one e-mail."""
    queue(sandbox, email_address="jane@plain.example", email_id=1, replacements={"url": "http://a.example/?b=1&c"})
    return sandbox


# What waits


@pytest.mark.parametrize(
    ("form", "replacements"),
    [
        (
            "elements",
            """<domain>plain.example</domain><email_address>jane@plain.example</email_address><site_id>2</site_id>
            <url>http://a.example/?b=1&amp;c</url>""",
        ),
        (
            "pairs",
            """<replacement><name>domain</name><value>plain.example</value></replacement>
            <replacement><name>email_address</name><value>jane@plain.example</value></replacement>
            <replacement><name>site_id</name><value>2</value></replacement>
            <replacement><name>url</name><value>http://a.example/?b=1&amp;c</value></replacement>""",
        ),
        (
            "attributes",
            """<replacement name="domain">plain.example</replacement>
            <replacement name="email_address">jane@plain.example</replacement>
            <replacement name="site_id">2</replacement>
            <replacement name="url">http://a.example/?b=1&amp;c</replacement>""",
        ),
        (
            "groups",
            """<fixed><domain>plain.example</domain><email_address>jane@plain.example</email_address>
            <site_id>2</site_id></fixed><specific><url>http://a.example/?b=1&amp;c</url></specific>""",
        ),
    ],
)
def test_setting_form_of_replacements(waiting: Sandbox, form: str, replacements: str) -> None:
    waiting.admin("POST", "settings", replacements_form=form)
    answer = call(waiting, "<getPendingEmails/>")
    assert same(
        answer,
        f"""<getPendingEmails><emails><email>
            <account_id>570</account_id><domain>plain.example</domain><email_address>jane@plain.example</email_address>
            <email_id>1</email_id><queue_id>700001</queue_id>
            <queue_time>{answer.findtext("emails/email/queue_time")}</queue_time>
            <replacements>{replacements}</replacements>
        </email></emails><status>success</status></getPendingEmails>""",
    )


@pytest.mark.parametrize(
    ("form", "emails"),
    [("queue_ids", "<emails><email>700001</email></emails>"), ("count", ""), ("full", None)],
)
def test_setting_content_of_the_simple_list(waiting: Sandbox, form: str, emails: str | None) -> None:
    waiting.admin("POST", "settings", simple_emails=form)
    if emails is None:
        emails = etree.tostring(call(waiting, "<getPendingEmails/>").find("emails")).decode()
    simple = f"<count>1</count>{emails}<status>success</status>"
    answer = call(waiting, "<getPendingEmailsSimple/>")
    assert same(answer, f"<getPendingEmailsSimple>{simple}</getPendingEmailsSimple>")


def test_the_filters(sandbox: Sandbox) -> None:
    [old] = queue(sandbox, hours_ago=48)
    [new] = queue(sandbox, hours_ago=1)
    [other] = queue(sandbox, site_id="3", hours_ago=2)
    assert pending(sandbox) == [old, other, new]
    assert pending(sandbox, "<account>571</account>") == [other]
    times = found(call(sandbox, "<getPendingEmails/>"), "emails/email/queue_time")
    assert pending(sandbox, f"<before>{times[1]}</before>") == [old]
    assert pending(sandbox, f"<after>{times[0]}</after><account>570</account>") == [new]
    assert pending(sandbox, "<after>2026-99-01 00:00:00</after><before>soon</before>") == [old, other, new]
    assert refusal(call(sandbox, "<getPendingEmails><since>x</since></getPendingEmails>")) == PARSE_ERROR


@pytest.mark.parametrize("form", ["ignore", "refuse"])
def test_setting_effect_of_an_invalid_date(waiting: Sandbox, form: str) -> None:
    waiting.admin("POST", "settings", invalid_dates=form)
    answer = call(waiting, "<getPendingEmails><after>soon</after></getPendingEmails>")
    assert (answer.findtext("status"), answer.findtext("error")) == (
        ("success", None) if form == "ignore" else ("failed", "Invalid date")
    )


@pytest.mark.parametrize(("form", "known"), [("all", 2), ("last_30_days", 1)])
def test_setting_age_of_emails_without_a_date(waiting: Sandbox, form: str, known: int) -> None:
    queue(waiting, hours_ago=31 * 24)
    waiting.admin("POST", "settings", pending_emails=form)
    assert len(pending(waiting)) == known
    assert len(pending(waiting, "<after>2000-01-01 00:00:00</after>")) == 2


@pytest.mark.parametrize(("form", "shown"), [("element", "<emails/>"), ("absent", "")])
def test_setting_form_of_an_empty_email_list(sandbox: Sandbox, form: str, shown: str) -> None:
    sandbox.admin("POST", "settings", empty_lists=form)
    answer = call(sandbox, "<getPendingEmails/>")
    assert same(answer, f"<getPendingEmails>{shown}<status>success</status></getPendingEmails>")
    [number] = queue(sandbox)
    assert (mark(sandbox, number).find("errors") is None) == (form == "absent")


# What was sent


def test_marked_emails_are_not_pending(sandbox: Sandbox) -> None:
    ids = queue(sandbox, count=3)
    assert same(mark(sandbox, *ids[:2]), "<markEmailsSent><errors/><status>success</status></markEmailsSent>")
    assert pending(sandbox) == ids[2:]
    told = sandbox.admin("GET", "emails")["emails"]
    assert [(one["marked"], one["sent_at"] is None) for one in told] == [(1, False), (1, False), (0, True)]


def test_each_queue_id_has_its_own_result(sandbox: Sandbox) -> None:
    first, second = queue(sandbox, count=2)
    mark(sandbox, first)
    problems = f"""<errors>
        <error><queue_id>{first}</queue_id><reason>AMS: E-mail was already marked as sent</reason></error>
        <error><queue_id>x</queue_id><reason>QNF: Queue id not found</reason></error>
    </errors>"""
    mixed = f"<markEmailsSent>{problems}<status>mixed</status></markEmailsSent>"
    assert same(mark(sandbox, first, second, "x"), mixed)
    assert pending(sandbox) == []
    failed = f"<markEmailsSent>{problems}<status>failed</status></markEmailsSent>"
    assert same(mark(sandbox, first, "x"), failed)


@pytest.mark.parametrize(
    ("form", "reason"), [("code_first", "QNF: Queue id not found"), ("code_last", "Queue id not found (QNF)")]
)
def test_setting_form_of_reasons(sandbox: Sandbox, form: str, reason: str) -> None:
    sandbox.admin("POST", "settings", reason_form=form)
    assert mark(sandbox, "x").findtext("errors/error/reason") == reason


def test_a_lost_response_has_marked_the_emails(sandbox: Sandbox) -> None:
    [number] = queue(sandbox)
    sandbox.admin("POST", "faults", kind="http_500_after", method="markEmailsSent")
    assert sandbox.call(f"<markEmailsSent><queue_id>{number}</queue_id></markEmailsSent>").status == 500
    assert pending(sandbox) == []


@pytest.mark.parametrize("method", ["getPendingEmails", "getPendingEmailsSimple", "markEmailsSent"])
def test_setting_partner_sends_emails(waiting: Sandbox, method: str) -> None:
    waiting.admin("POST", "settings", white_label_mail=False)
    content = "<queue_id>700001</queue_id>" if method == "markEmailsSent" else ""
    failed = f"<{method}><error>{NOT_SET_UP}</error><status>failed</status></{method}>"
    assert same(call(waiting, f"<{method}>{content}</{method}>"), failed)
    assert waiting.admin("GET", "emails")["emails"][0]["sent_at"] is None


# Fleet and state


def test_loading_a_fleet_twice_adds_its_emails_once(sandbox: Sandbox) -> None:
    email = {"queue_id": "q-1", "site_id": "2", "email_id": 20, "replacements": {"name": "Jane"}}
    assert sandbox.admin("POST", "fleet", emails=[email])["added"] == 1
    mark(sandbox, "q-1")
    assert sandbox.admin("POST", "fleet", emails=[email], only_new=True)["unchanged"] == 1
    assert sandbox.admin("POST", "fleet", emails=[{**email, "email_id": 1}])["changed"] == 1
    assert pending(sandbox) == []


def test_emails_survive_a_restart(make_sandbox: t.Callable[[], Sandbox], fleet: dict[str, t.Any]) -> None:
    sandbox = make_sandbox()
    sandbox.admin("POST", "fleet", **fleet)
    ids = queue(sandbox, count=2)
    mark(sandbox, ids[0])
    sandbox.close()
    again = make_sandbox()
    assert pending(again) == ids[1:]
    assert queue(again) == [str(int(ids[1]) + 1)]


@pytest.mark.parametrize(
    "email",
    [{"colour": 1}, {"replacements": {"a b": 1}}, {"replacements": 1}, {"count": 1_000_000}, {"hours_ago": "x"}],
)
def test_invalid_emails_are_refused(sandbox: Sandbox, email: dict[str, t.Any]) -> None:
    answer = sandbox.send("POST", "/admin/emails", json.dumps({"emails": [{"site_id": "2"}, email]}).encode())
    assert answer.status == 400
    assert pending(sandbox) == []


# Types and texts


def test_emails_have_a_message_type(waiting: Sandbox) -> None:
    types = call(waiting, "<getMessageTypes/>")
    codes = dict(zip(found(types, "messages/message/id"), found(types, "messages/message/code")))
    assert (codes["1"], codes["20"]) == ("MAL", "USR")


@pytest.mark.parametrize("language", ["German", "de", "de-DE", "2"])
def test_texts_in_other_languages(sandbox: Sandbox, language: str) -> None:
    answer = call(sandbox, f"<getTextReport><languages><lang>{language}</lang></languages></getTextReport>")
    [(tag, attributes, texts)] = [plain(one) for one in answer.find("languages")]
    assert (tag, attributes) == ("language", {"abbr": "de", "code": "de-DE", "id": "2", "local_name": "Deutsch"})
    assert len(texts) == 5
    assert len(call(sandbox, "<getTextReport/>").find("languages")) == 4
