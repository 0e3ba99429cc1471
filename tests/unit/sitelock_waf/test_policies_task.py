# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole task of the module sitelock_waf_policies: the API together with the state records."""

from __future__ import annotations

import contextlib
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import policies
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.certificate_records import CertificateRecords
from ansible_collections.hosting.websec.plugins.module_utils._state_record import StateRecord, from_values, to_text
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.edge_vendor import EdgeVendor, Site
from ansible_collections.hosting.websec.tests.unit.sitelock_policy.vendor import NOW
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.test_certificate_records import Zones

Result = dict[str, t.Any]


class Task:
    """The module over one site without SSL, and a zone with its state record.

    :param record: in DNS before the run.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, record: StateRecord) -> None:
        self.context = RunContext()
        self.vendor = EdgeVendor(s1=Site(ssl=False, detected=False))
        self.vendor.domains["shop.example"] = 1
        self.zones = Zones(shop=to_text(record))
        self.warnings: list[str] = []
        change = self.zones.change

        def changing(records: t.Sequence[Result]) -> Result:
            self.context.check()
            return change(records)

        monkeypatch.setattr(self.zones, "change", changing)
        records = CertificateRecords(t.cast("t.Any", self.zones), warn=self.warnings.append)
        monkeypatch.setattr(policies, "_records", lambda *_given, **_named: records)
        monkeypatch.setattr(
            policies.SiteLockClient, "from_options", lambda *_given, **_named: contextlib.nullcontext(self.vendor)
        )

    def run(self, entry: Result) -> Result:
        """The row of the site."""
        params = {
            "sites": [{"domain": "shop.example", **entry}],
            "policies": {},
            "site_ids": {},
            "states": {},
            "only_ready": False,
            "max_changes": None,
            "concurrency": 1,
            "on_error": "report",
        }
        result = policies.run_policies(
            params, check_mode=False, warn=self.warnings.append, context=self.context, now=NOW
        )
        return t.cast("Result", result["sites"][0])

    @property
    def written(self) -> list[StateRecord | None]:
        """The state records that were written."""
        return [from_values("shop.example", 1, change["values"]) for change in self.zones.changes]


@pytest.mark.parametrize("site", [1, 5])
def test_the_record_of_another_site_is_neither_believed_nor_changed(monkeypatch: pytest.MonkeyPatch, site: int) -> None:
    task = Task(monkeypatch, StateRecord(site))
    row = task.run({"ssl": {"enabled": True}})
    assert (row["site_id"], row["error"], task.vendor.writes()) == (1, None, ["enableWafSSL"])
    assert task.written == ([StateRecord(1, ssl="enableWafSSL")] if site == 1 else [])
    assert any("belongs to site 5, but the entry has site 1" in warning for warning in task.warnings) == (site == 5)


def test_what_was_sent_is_written_down_although_the_task_was_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Task(monkeypatch, StateRecord(1))
    call = task.vendor.call

    def stopping(method: Method, parameters: t.Mapping[str, t.Any]) -> Result:
        answer = call(method, parameters)
        if task.vendor.writes():
            task.context.stop("stopped by SIGINT")
        return answer

    monkeypatch.setattr(task.vendor, "call", stopping)
    row = task.run({"ssl": {"enabled": True}})
    assert (row["deferred"], row["error"], task.vendor.writes()) == (True, None, ["enableWafSSL"])
    assert task.written == [StateRecord(1, ssl="enableWafSSL")]
