# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.filter.botguard_report import FilterModule
from ansible_collections.hosting.websec.plugins.modules import botguard_websites
from ansible_collections.hosting.websec.tests.unit.botguard.account import (
    Account,
    Fault,
    module_options,
    refusal,
    serving,
)


def test_a_row_tells_what_was_done_for_a_website_and_nothing_else() -> None:
    account = Account({"late.example": "online"})
    account.faults = [Fault("GET /website/broken.example", refusal(500, "Internal error"))]
    entries = [{"domain": "late.example", "state": "paused"}, {"domain": "broken.example", "state": "online"}]
    websites = [{**entry, "user": None} for entry in entries]
    with serving(account) as (url, _requests):
        options = module_options(url, websites=websites, concurrency=1, on_error="report")
        result = botguard_websites.run(options, False)
    late, broken = FilterModule().filters()["botguard_report"](result["websites"])
    assert late == {
        "domain": "late.example",
        "status_before": "online",
        "actions": ["PUT /website/late.example"],
        "status": "paused",
        "changed": True,
        "error": None,
        "deferred_reason": None,
    }
    assert broken["error"]["kind"] == "unavailable"
    assert (broken["status_before"], broken["actions"], broken["changed"]) == (None, [], False)
