# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of connection options in every module."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils import basic
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import (
    check_url,
    screen_connection,
    shown_url,
)
from ansible_collections.hosting.websec.tests.unit.recording.directory import recorded
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.test_ids import MODULES, minimal, result_of, spec_of

CALLERS = [
    "botguard_first_contact_info",
    "botguard_user",
    "botguard_users",
    "botguard_website",
    "botguard_websites",
    "sitelock_accounts",
    "sitelock_accounts_info",
    "sitelock_anp_status",
    "sitelock_backup",
    "sitelock_backups_info",
    "sitelock_bulk_report",
    "sitelock_call",
    "sitelock_domains_info",
    "sitelock_emails_sent",
    "sitelock_first_contact_info",
    "sitelock_free_scan_info",
    "sitelock_ips_info",
    "sitelock_mail",
    "sitelock_password_reset",
    "sitelock_pending_emails_info",
    "sitelock_plans_info",
    "sitelock_products",
    "sitelock_products_info",
    "sitelock_reference_info",
    "sitelock_scan",
    "sitelock_scans_info",
    "sitelock_smart_patch_run",
    "sitelock_sso_link",
    "sitelock_waf_addon",
    "sitelock_waf_addons",
    "sitelock_waf_cache_purge",
    "sitelock_waf_policies",
    "sitelock_waf_policies_info",
    "sitelock_waf_sites",
    "sitelock_waf_statistics_info",
]
ADDRESSES = [
    "https://me:hunter2@api.example/v1",
    "https://hunter2@api.example",
    "https://me:hunter2@api.example@other.example",
    "https://me:pa/hunter2@api.example",
    "https://me:1/hunter2@api.example",
    "https://me:pa?hunter2@api.example",
    "https://me:pa#hunter2@api.example",
    "https://me:[hunter2@api.example",
    "https://me:hunter2\n@api.example",
    "//me:hunter2@api.example",
    "me:hunter2@api.example",
    "api.example?key=hunter2",
    "https://api.example?key=hunter2",
    "https://api.example/#hunter2",
    "https://[api.example?hunter2#hunter2",
]


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SITELOCK_API_URL", "BOTGUARD_API_URL", "SITELOCK_VALIDATE_CERTS", "BOTGUARD_VALIDATE_CERTS"):
        monkeypatch.delenv(name, raising=False)


def options_for(name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, t.Any]:
    """The required options of a module, with one entry in its list."""
    spec = spec_of(name, monkeypatch)
    if name == "sitelock_waf_sites":
        # The DNS server is not queried for an invalid entry.
        return {**minimal(spec, (), None), "sites": [{"domain": "a.example"}], "dns": {"server": "127.0.0.1"}}
    if name == "sitelock_call":
        return {**minimal(spec, (), None), "method": "getPlanList"}
    if name == "botguard_first_contact_info":
        return {**minimal(spec, (), None), "websites": ["a.example"]}
    lists = [option for option, details in spec.items() if details.get("options")]
    return minimal(spec, (lists[0], "domain"), "a.example") if lists else minimal(spec, (), None)


def test_these_modules_call_an_api(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [name for name in MODULES if "api_url" in spec_of(name, monkeypatch)] == CALLERS


@pytest.mark.parametrize("from_environment", [False, True])
@pytest.mark.parametrize("name", CALLERS)
def test_no_module_shows_what_should_not_be_in_an_address(
    name: str, from_environment: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """C(-vvv) shows the options of a task as the module returns them."""
    for address in ADDRESSES:
        options = options_for(name, monkeypatch)
        del options["api_url"]
        if from_environment:
            monkeypatch.setenv(f"{name.split('_', maxsplit=1)[0].upper()}_API_URL", address)
        else:
            options["api_url"] = address
        result = result_of(name, options, monkeypatch, capsys)
        assert result["error"]["kind"] == "bad_input"
        assert "api_url" in result["error"]["message"]
        assert "api_url" in result["invocation"]["module_args"]
        assert "hunter2" not in json.dumps(result)


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize(("validate_certs", "warnings"), [(True, 0), (False, 1)])
def test_a_certificate_that_nobody_checks_is_told_once(
    name: str,
    validate_certs: bool,
    warnings: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    connection = {"api_url": "https://127.0.0.1:9", "validate_certs": validate_certs}
    options = {**options_for(name, monkeypatch), **connection}
    told: list[str] = []
    monkeypatch.setattr(basic.AnsibleModule, "warn", lambda _module, text, **_more: told.append(text))
    assert result_of(name, options, monkeypatch, capsys)["failed"]
    assert len([text for text in told if text.startswith("validate_certs is false: ")]) == warnings


def test_plain_http_has_no_certificate() -> None:
    def warn(text: str) -> t.NoReturn:
        pytest.fail(text)

    screen_connection({"api_url": "http://127.0.0.1:8080", "validate_certs": False}, warn)


@given(st.text(max_size=30) | st.from_regex(r"(https?://)?[a-z@:/?#\[\]\\.]{1,30}"))
def test_what_is_shown_is_refused_like_what_is_hidden_and_the_rest_stays(url: str) -> None:
    if is_taken(url):
        assert shown_url(url) == url
    else:
        assert not is_taken(shown_url(url))


def is_taken(url: str) -> bool:
    try:
        check_url(url, "api_url")
    except BadInputError:
        return False
    return True


_SITES: dict[str, t.Any] = {"sites": [{"site_id": 5, "domain": "a.example"}]}
NEEDED: dict[str, dict[str, t.Any]] = {
    "sitelock_backup": _SITES,
    "sitelock_backups_info": _SITES,
    "sitelock_bulk_report": {"period": "2026-11-29"},
    "sitelock_domains_info": {"domains": ["a.example"]},
    "sitelock_free_scan_info": {"domains": ["a.example"]},
    "sitelock_password_reset": {"user": "jane@a.example"},
    "sitelock_products": {"sites": [{"site_id": 5, "domain": "a.example", "smart_patch": {"auto_fix_app": "warn"}}]},
    "sitelock_products_info": _SITES,
    "sitelock_scan": _SITES,
    "sitelock_scans_info": _SITES,
    "sitelock_smart_patch_run": _SITES,
    "sitelock_waf_cache_purge": _SITES,
    "sitelock_waf_policies": {
        "policies": {"base": {"rules": {"ddos": "auto"}}},
        "sites": [{"site_id": 5, "domain": "a.example", "policy": "base"}],
    },
    "sitelock_waf_policies_info": _SITES,
    "sitelock_waf_statistics_info": {**_SITES, "visits": True},
}
"""What a module needs beside its required options, so that it calls the API."""

WITHOUT_READS = {
    *("sitelock_backup", "sitelock_bulk_report", "sitelock_free_scan_info", "sitelock_password_reset"),
    *("sitelock_scan", "sitelock_smart_patch_run", "sitelock_waf_cache_purge"),
}
"""Modules that call nothing in check mode."""

DNS_FIRST = "sitelock_waf_sites"
"""It reads its state records before it calls the API, and here no name server answers: see test_reconcile.py."""


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("from_environment", [False, True])
@pytest.mark.parametrize("name", [name for name in CALLERS if name != DNS_FIRST])
def test_every_module_records_its_answers(
    name: str,
    from_environment: bool,
    check_mode: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of an API that refuses everything, with the name of a customer in its answer."""
    folder = tmp_path / "answers"
    options = {**options_for(name, monkeypatch), **NEEDED.get(name, {}), "_ansible_check_mode": check_mode}
    if name == "sitelock_mail":
        options.update(journal=str(tmp_path / "journal"), templates=str(tmp_path))
    if name == "sitelock_bulk_report":
        options["dest"] = str(tmp_path / "report.csv")
    if from_environment:
        monkeypatch.setenv(f"{name.split('_', maxsplit=1)[0].upper()}_RECORD_ANSWERS", str(folder))
    else:
        options["record_answers"] = str(folder)
    body = b"<html>jane</html>" if name.startswith("sitelock") else b'{"status": "error", "message": "jane"}'
    with ScriptedServer([Reply(body, 403, {"Content-Type": "text/jane"})]) as server:
        options["api_url"] = server.url
        result_of(name, options, monkeypatch, capsys)
        sent = len(server.requests)
    assert len(recorded(folder)) == sent
    assert bool(sent) or (check_mode and name in WITHOUT_READS)
    assert "jane" not in "".join(file.name + file.read_text() for file in folder.glob("*"))
