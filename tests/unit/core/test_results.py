# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils import _errors, _libraries
from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect, WriteRefusedError, guard
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    RejectedError,
    UnavailableError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._results import (
    bulk_result,
    failure,
    run_task,
    sentence,
)

# ---- errors

KINDS = (
    "auth not_allowed not_found rejected unavailable timeout bad_response outcome_unknown bad_input limit bug "
    "missing_library"
)
OURS = ("error", "reported")
"""Kinds that no user sees: the one of the base class, and those that are converted to another kind."""


def test_each_kind_has_one_class() -> None:
    classes = [entry for entry in vars(_errors).values() if isinstance(entry, type) and issubclass(entry, WebsecError)]
    assert sorted(entry.kind for entry in classes if "kind" in vars(entry)) == sorted([*KINDS.split(), *OURS])


@pytest.mark.parametrize("kind", ["rejected", "unavailable", "error", "unheard_of"])
def test_an_error_that_was_told_is_told_again(kind: str) -> None:
    told = {"kind": kind, "code": "AEX", "message": "No.", "hint": "Ask.", "http_status": 500}
    assert _errors.ReportedError(told).as_dict(site_id=5) == {**told, "site_id": 5}
    again = _errors.of_kind(kind)("No.", hint="Ask.", code="AEX")
    assert (str(again), again.code) == ("No.", "AEX")


def test_an_error_has_the_fields_that_a_playbook_can_test() -> None:
    error = RejectedError("No.", hint="Ask.", code="AEX", extended_code="3003", http_status=200)
    assert error.as_dict(site_id=5) == {
        "kind": "rejected",
        "code": "AEX",
        "extended_code": "3003",
        "message": "No.",
        "hint": "Ask.",
        "http_status": 200,
        "site_id": 5,
    }
    assert str(error) == "No."
    assert not error.may_have_happened


def test_every_text_of_an_error_can_be_redacted() -> None:
    error = AuthError("a x", hint="b x", code="c x", extended_code="d x")
    assert error.redacted(lambda text: text.replace("x", "***")) is error
    assert (error.message, error.hint, error.code, error.extended_code) == ("a ***", "b ***", "c ***", "d ***")
    assert (str(error), repr(error)) == ("a ***", "AuthError('a ***')")
    assert WebsecError("a").redacted(str.upper).as_dict()["code"] is None


# ---- effects


@pytest.mark.parametrize("effect", Effect)
def test_a_read_only_client_may_read_and_nothing_else(effect: Effect) -> None:
    guard(effect, "doIt", read_only=False)
    if effect is Effect.READ:
        guard(effect, "doIt", read_only=True)
    else:
        with pytest.raises(WriteRefusedError, match="doIt has the effect"):
            guard(effect, "doIt", read_only=True)


def test_a_refused_write_is_a_mistake_and_no_failure_of_an_item() -> None:
    assert not issubclass(WriteRefusedError, WebsecError)


# ---- results


def test_a_failed_task_says_what_to_do_in_its_message() -> None:
    assert failure(UnavailableError("Down.", hint="Wait.", http_status=503), site_id=5) == {
        "failed": True,
        "msg": "Down. Wait.",
        "error": {
            "kind": "unavailable",
            "code": None,
            "extended_code": None,
            "message": "Down.",
            "hint": "Wait.",
            "http_status": 503,
            "site_id": 5,
        },
    }
    assert sentence({"message": "Down.", "hint": ""}) == "Down."


def test_a_task_returns_its_result_or_its_failure() -> None:
    def fails() -> t.NoReturn:
        raise UnavailableError("Down.")

    assert run_task(lambda: {"changed": True}) == {"changed": True}
    assert run_task(fails)["error"]["kind"] == "unavailable"


def test_an_unexpected_exception_is_told_with_its_place_and_without_its_text() -> None:
    def task() -> dict[str, t.Any]:
        raise ZeroDivisionError("password=s3cret")

    result = run_task(task)
    assert (result["failed"], result["error"]["kind"]) == (True, "bug")
    assert "ZeroDivisionError" in result["msg"]
    assert "s3cret" not in str(result)


def entry(site_id: int, *, changed: bool = False, failed: bool = False) -> dict[str, t.Any]:
    error = RejectedError(f"Site {site_id} said no.", hint="Ask.").as_dict(site_id=site_id) if failed else None
    return {"site_id": site_id, "changed": changed, "failed": failed, "error": error}


@pytest.mark.parametrize("on_error", ["fail", "report"])
def test_a_fleet_without_failures_is_changed_when_any_entry_is(on_error: str) -> None:
    entries = [entry(1), entry(2, changed=True)]
    assert bulk_result("sites", entries, key="site_id", on_error=on_error, diff={}) == {
        "sites": entries,
        "changed": True,
        "diff": {},
    }
    assert bulk_result("sites", [], key="site_id", on_error=on_error) == {"sites": [], "changed": False}


def test_a_fleet_fails_when_any_entry_failed_and_its_message_names_them() -> None:
    entries = [entry(1, failed=True), entry(2, changed=True), entry(3, failed=True)]
    result = bulk_result("sites", entries, key="site_id", on_error="fail")
    assert (result["failed"], result["changed"], result["sites"]) == (True, True, entries)
    assert result["msg"].startswith("2 of 3 sites failed. ")
    assert "Site 1 said no. Ask." in result["msg"]
    assert "Site 3 said no. Ask." in result["msg"]
    assert "Site 2" not in result["msg"]


def test_an_item_whose_error_begins_with_its_name_is_named_once() -> None:
    named = {**entry(1, failed=True), "domain": "a.example"}
    named["error"] = {**named["error"], "message": "a.example: the entry has no site_id."}
    nameless = {**entry(2, failed=True), "domain": None}
    result = bulk_result("sites", [named, nameless], key="domain", on_error="fail")
    assert result["msg"] == "2 of 2 sites failed. a.example: the entry has no site_id. Ask.; Site 2 said no. Ask."


def test_a_fleet_whose_failures_are_reported_does_not_fail() -> None:
    result = bulk_result("sites", [entry(1, failed=True)], key="site_id", on_error="report")
    assert "failed" not in result
    assert "msg" not in result
    assert result["sites"][0]["failed"]


# ---- libraries that are missing


def run_without(package: str, code: str) -> str:
    """The output of C(code) where C(package) cannot be imported."""
    blocker = f"""
        import sys

        class Blocker:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == {package!r}:
                    raise ImportError("blocked")

        sys.meta_path.insert(0, Blocker())
    """
    root = Path(_libraries.__file__).parents[5]
    path = f"import sys; sys.path.insert(0, {str(root)!r})\n"
    script = textwrap.dedent(blocker) + path + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("module", "package"), [("requests", "requests"), ("lxml", "lxml")])
def test_a_missing_library_is_named_and_nothing_else_breaks(module: str, package: str) -> None:
    shown = run_without(
        module,
        """
        import json
        import ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons
        from ansible_collections.hosting.websec.plugins.module_utils._results import run_task

        print(json.dumps(run_task(lambda: {"changed": False})))
        """,
    )
    result = json.loads(shown)
    assert result["failed"]
    assert result["error"]["kind"] == "missing_library"
    assert result["error"]["message"] == f"The Python libraries {package} are not installed for {sys.executable}."
    assert result["error"]["hint"] == f"Install them there: {sys.executable} -m pip install {package}"
