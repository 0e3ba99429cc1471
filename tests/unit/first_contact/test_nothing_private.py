# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a server sends, the report has only words of this collection in it."""

from __future__ import annotations

import datetime
import json
import re
import typing as t
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._botguard import first_contact as botguard
from ansible_collections.hosting.websec.plugins.module_utils._botguard.client import BotGuardClient
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    MIXED,
    NOT_SEEN,
    REASONS,
    Observation,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.client import HttpClient
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._http.streams import Receiver
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import reports, sign_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.task import LOOKS, first_contact
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method

PRIVATE = ("Zq-hunter2", "zqshop.example", "8675309", "zqjane@zqshop.example", "192.0.2.77", "zqzq")
"""What an answer may have, and no report. The last one is like a name of an element."""
SIGNS = re.compile(r"zq|8675309|192\.0\.2", re.IGNORECASE)

NAMES = re.findall(
    r"\w+",
    """
    accountInformation account_id addon addons amount authentication authentication_methods auto_fix backup
    backup_db backup_files backup_id cache_mode cdnSettings cert_detected cert_from cert_installed class
    client_app client_apps clientApps code completed_at config continent continents count countries country
    dns_new_a dns_new_cname dns_record_type dns_record_value dns_ssl_verify domain email email_id emails
    err_code error error_str exception exceptions excluded_exts feature_type fixed frequency ftp_host geo id ip
    ips loginURL message name network_ssl_cert_exp_date next_renewal_at option options original_dns origins path
    pattern product queue_id queue_time replacement replacements scan scans setting shield site site_id sites
    specific sql_injection ssl sslhost start_date state status subscription traffic_routing type url urls user
    users value visit visits
    """,
)
TEXTS = [
    *PRIVATE,
    *[
        "0",
        "1",
        "20",
        "ok",
        "error",
        "ready",
        "active",
        "inactive",
        "network",
        "TXT",
        "scan",
        "plan",
        "bundle",
        "WAF",
        "disable",
        "on",
        "2026-11-29",
    ],
    "8675309,8675309",
    "zqzq;zqzq",
    "",
    " zqzq ",
    "WAF Addon Not Found",
    "https://zqshop.example/?code=8675309",
]

names = st.sampled_from([*NAMES, "zqzq", "site_zqzq", "zq-zq"])
texts = st.sampled_from(TEXTS)


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    """Some elements as XML."""
    found = ""
    for _each in range(draw(st.integers(0, 4))):
        name = draw(names)
        attributes = draw(st.dictionaries(names, texts, max_size=2))
        inner = draw(elements(depth - 1)) if depth and draw(st.booleans()) else escape(draw(texts))
        shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        found += f"<{name}{shown}>{inner}</{name}>"
    return found


@st.composite
def bodies(draw: st.DrawFn) -> tuple[int, str, bool]:
    """Status, content, and whether the content is below the element of the method."""
    return draw(st.sampled_from([200, 200, 200, 200, 500, 403, 404, 429])), draw(elements()), draw(st.booleans())


def refuse_words(report: dict[str, t.Any], words: t.Mapping[str, t.Collection[str]]) -> None:
    """The rows have nothing but words."""
    for row in report["rows"]:
        if row["outcome"] == NOT_SEEN:
            assert row["reason"] in REASONS
        else:
            assert row["outcome"] in {*words[row["id"]], MIXED}
            assert not row["reason"]


class FakeClient(SiteLockClient):
    """The client of the API, with answers that are made up."""

    answers: t.ClassVar[list[tuple[int, str, bool]]] = []
    number = 0

    def _next(self) -> tuple[int, str, bool]:
        type(self).number += 1
        return self.answers[self.number % len(self.answers)]

    def exchange_file(self, method: Method, parameters: t.Any, receiver: Receiver, **_request: t.Any) -> HttpResponse:
        """A file, or something in its place."""
        status, content, is_file = self._next()
        body = f"zqshop.example,{content}\n" if is_file else f"<zqzq>{content}</zqzq>"
        after = ("EOF", "8675309", "2", "zqzq zqzq", "zqzq")[self.number % 5]
        headers = {"X-Sitelock-Next-File-Id": after, "Content-Encoding": "zqzq" if self.number % 2 else ""}
        receiver.begin()
        if status == 200:
            receiver.write(body.encode())
        return HttpResponse(status, "text/zqzq", b"" if status == 200 else body.encode(), headers, packed=is_file)

    def exchange(self, method: Method, _parameters: t.Any) -> HttpResponse:
        status, content, below = self._next()
        inside = f"<{method.name}>{content}</{method.name}>" if below else content
        return HttpResponse(status, "text/xml", f"<SiteLockOnlineResponse>{inside}</SiteLockOnlineResponse>".encode())


OPTIONS: dict[str, t.Any] = {
    "api_url": "https://api.example/v1/partner",
    "api_username": "zqjane",
    "api_password": "Zq-hunter2",
    "sites": [
        {"site_id": 8675309, "has": ["plan", "exceptions", "bundle", "ssh_key"]},
        {"site_id": 86753091, "has": []},
    ],
    "account_id": 8675309,
    "ended_account_id": 86753092,
    "ended_login": "zqjane-doe",
    "foreign_domain": "zqshop.example",
    "brand": "zqzq",
    "try_unknown": True,
    "try_wrong_credentials": True,
    "try_login_link": True,
    "report": "zqzq",
    "report_period": "8675309",
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(answers=st.lists(bodies(), min_size=1, max_size=8))
def test_a_report_about_sitelock_has_nothing_of_the_answers(
    answers: list[tuple[int, str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    FakeClient.answers, FakeClient.number = answers, 0
    with monkeypatch.context() as patched:
        for module in ("task", "sign_in"):
            patched.setattr(
                f"ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.{module}.SiteLockClient",
                FakeClient,
            )
        result = first_contact(OPTIONS, RunContext(), datetime.date(2026, 11, 29))
    every: list[Observation[t.Any]] = [*LOOKS, *reports.OBSERVATIONS, *sign_in.OBSERVATIONS]
    refuse_words(result["report"], {each.id: each.words for each in every})
    assert not SIGNS.search(json.dumps(result["report"]))
    assert not SIGNS.search(result["markdown"])


values = st.recursive(
    texts | st.booleans() | st.none() | st.sampled_from([8675309, 20]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *[
                        "domain",
                        "email",
                        "id",
                        "servers",
                        "status",
                        "user",
                        "primary_server",
                        "api_key",
                        "name",
                        "zqzq",
                        "message",
                        "code",
                    ],
                    "192.0.2.77",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=st.lists(st.tuples(st.sampled_from([200, 200, 404, 400, 500]), values), min_size=1, max_size=5))
def test_a_report_about_botguard_has_nothing_of_the_answers(
    answers: list[tuple[int, t.Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    left = iter(answers * 9)

    def send(_http: HttpClient, *_more: t.Any, **_others: t.Any) -> HttpResponse:
        status, content = next(left)
        return HttpResponse(status, "application/json", json.dumps(content).encode())

    options = {"api_url": "https://api.example", "api_key": "Zq-hunter2", "websites": ["zqshop.example"]}
    with monkeypatch.context() as patched:
        patched.setattr(HttpClient, "send", send)
        result = botguard.first_contact({**options, "try_unknown": True}, RunContext())
    refuse_words(result["report"], {each.id: each.words for each in botguard.OBSERVATIONS})
    assert not SIGNS.search(json.dumps(result["report"]))
    assert not SIGNS.search(result["markdown"])


def test_the_client_of_botguard_refuses_every_write() -> None:
    options = {"api_url": "https://127.0.0.1:9", "api_key": "k3y"}
    with BotGuardClient.from_options(options, read_only=True) as client:
        for write in (
            lambda: client.create("shop.example", None),
            lambda: client.set_status("shop.example", "paused"),
            lambda: client.delete("shop.example"),
            lambda: client.create_user({"email": "jane@shop.example"}),
        ):
            with pytest.raises(RuntimeError, match="only reads"):
                write()


@pytest.mark.parametrize("secret", ["wrong", "account", "not seen", "getstatus_tail", "siteInformation", "es"])
def test_a_secret_that_is_a_word_of_the_report_is_refused_before_anything_is_sent(secret: str) -> None:
    """Ansible would write C(a ******** date) into the report."""
    with pytest.raises(BadInputError, match="Nothing was asked"):
        first_contact({**OPTIONS, "api_password": secret}, RunContext(), datetime.date(2026, 11, 29))
    options = {"api_url": "https://127.0.0.1:9", "api_key": "status", "websites": ["a.example"], "try_unknown": True}
    with pytest.raises(BadInputError, match="Nothing was asked"):
        botguard.first_contact(options, RunContext())
