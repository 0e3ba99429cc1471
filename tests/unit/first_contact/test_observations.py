# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The trouble of one observation never costs the others theirs, and only words of its own are believed."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    BadResponseError,
    UnavailableError,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.limits import limited
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.names import names_in, reportable
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    MIXED,
    NOT_SEEN,
    REASONS,
    NotSeenError,
    Observation,
    observe,
    one_word,
    reason_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.report import Tally, as_markdown, as_report
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS


def failing(error: Exception) -> t.Callable[[object], str]:
    def look(_responses: object) -> str:
        raise error

    return look


def test_every_trouble_is_a_row_of_its_own() -> None:
    looks: list[t.Callable[[object], str]] = [
        lambda _responses: "yes",
        failing(NotSeenError("not_given")),
        failing(AuthError("the password hunter2 is wrong")),
        failing(ValueError("hunter2")),
        lambda _responses: "hunter2",
        lambda _responses: MIXED,
        lambda _responses: "no",
    ]
    rows = observe([Observation(str(number), "?", ("yes", "no"), look) for number, look in enumerate(looks)], None)
    assert [(row.outcome, row.reason) for row in rows] == [
        ("yes", ""),
        (NOT_SEEN, "not_given"),
        (NOT_SEEN, "credentials_refused"),
        (NOT_SEEN, "unexpected"),
        (NOT_SEEN, "unexpected"),
        (MIXED, ""),
        ("no", ""),
    ]
    assert "hunter2" not in repr(rows)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeferredError("Not started: this pass reached its time limit."), "time_limit"),
        (DeferredError("Not started", UnavailableError("no")), "no_answer"),
        (BadResponseError("?"), "bad_response"),
    ],
)
def test_why_nothing_was_seen(error: t.Any, reason: str) -> None:
    assert reason_of(error) == reason
    assert reason in REASONS


def test_responses_that_differ_are_mixed() -> None:
    assert one_word(["a", None, "a"]) == "a"
    assert one_word(["a", "b"]) == MIXED
    with pytest.raises(NotSeenError):
        one_word([None])


def test_a_name_is_reported_only_if_all_its_words_are_technical() -> None:
    names = [
        "accountInformation",
        "next_renewal_at",
        "SSLHost",
        "smartwaysltd",
        "plan_hunter",
        "site_5678",
        "shop.example",
    ]
    assert reportable([*names, "", "_", "a" * 41, "site" * 11, "_".join(["site"] * 7), "sité"]) == (
        ["SSLHost", "accountInformation", "next_renewal_at"],
        len(names) - 3 + 6,
    )


def test_the_names_of_the_documents_are_reported() -> None:
    """Beside them, a new name is one worth to be seen; C(mark) can be a person."""
    documented = ["minify_javascript", "remote_file_inclusion", "use_true_shield", "cache300x", "address1", "clientIPs"]
    assert reportable(documented)[1] == 0
    hidden = [method.name for method in METHODS if reportable([method.name])[1]]
    assert hidden == ["markEmailsSent"]


@pytest.mark.parametrize("seconds", [0, -1])
def test_there_is_always_a_limit(seconds: int) -> None:
    with pytest.raises(BadInputError, match="time_limit"):
        limited({"time_limit": seconds})
    assert limited({"time_limit": 5}).seconds_left() <= 5


@given(st.text(max_size=30))
def test_any_name_is_told_or_counted(name: str) -> None:
    told, others = reportable([name])
    assert len(told) + others == 1
    assert told in ([], [name])
    assert not told or name.replace("_", "").isascii()


def test_the_page_says_what_the_data_says() -> None:
    rows = observe([Observation("form", "which form", ("a",), lambda _responses: "a")], None)
    rows += observe([Observation("other", "which other", ("a",), failing(NotSeenError()))], None)
    tally = Tally()
    tally.add("answered", {"@id": "5678", "site": [{"name": "shop.example", "shop.example": "x"}]})
    report = as_report("SiteLock", rows, {"getStatus": tally})
    assert (report["seen"], report["not_seen"]) == (1, 1)
    assert report["calls"] == [
        {
            "method": "getStatus",
            "outcomes": {"answered": 1},
            "element_names": ["id", "name", "site"],
            "other_element_names": 1,
        }
    ]
    page = as_markdown(report)
    assert "| `form` | which form | **a** |" in page
    assert "| `other` | which other | not seen: the responses have nothing that shows it |" in page
    assert "| `getStatus` | 1 answered | id name site (and 1 that are not shown) |" in page
    assert "5678" not in page
    assert "example" not in page


def test_names_are_those_of_elements_and_attributes() -> None:
    assert set(names_in({"@a": "x", "#text": "y", "b": [{"c": "z"}]})) == {"a", "b", "c"}
