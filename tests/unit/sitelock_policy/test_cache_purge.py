# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Purging the cache of sites, against a scripted server."""

from __future__ import annotations

import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.modules import sitelock_waf_cache_purge
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection

DONE = Reply(document("<purgeWafCache><status>ok</status></purgeWafCache>"))
REFUSED = Reply(document("<purgeWafCache><status>error</status><message>Not today</message></purgeWafCache>"))


def purge(
    replies: list[Reply], *numbers: int, check_mode: bool = False, **given: t.Any
) -> tuple[dict[str, t.Any], list[str]]:
    """The result, and what was sent."""
    own = {"sites": [{"site_id": number} for number in numbers], "site_ids": {}, "purge_pattern": None}
    with ScriptedServer(replies) as server:
        options = {**connection(server.url), "retries": 3, "concurrency": 1, "on_error": "report", **own, **given}
        result = sitelock_waf_cache_purge.run(options, RunContext(), check_mode=check_mode)
        return result, [etree.tostring(etree.fromstring(request.body)[1]).decode() for request in server.requests]


def test_the_documented_request() -> None:
    result, sent = purge([DONE, DONE], 5, 6, purge_pattern="^img$")
    assert [(row["site_id"], row["changed"], row["error"]) for row in result["sites"]] == [
        (5, True, None),
        (6, True, None),
    ]
    assert result["changed"]
    element = "<purgeWafCache><site_id>{}</site_id><purge_pattern>^img$</purge_pattern></purgeWafCache>"
    assert sent == [element.format(5), element.format(6)]
    _result, (whole,) = purge([DONE], 5)
    assert whole == "<purgeWafCache><site_id>5</site_id></purgeWafCache>"


def test_check_mode_sends_nothing_and_reports_a_change() -> None:
    result, sent = purge([], 5, check_mode=True)
    assert (result["sites"][0]["changed"], result["changed"], sent) == (True, True, [])


@pytest.mark.parametrize("reply", [Reply(fault="close"), Reply(b"", 503), Reply(b"<html>")])
def test_a_lost_answer_is_not_sent_again_and_the_other_sites_are_done(reply: Reply) -> None:
    result, sent = purge([reply, DONE], 5, 6)
    lost, done = result["sites"]
    assert len(sent) == 2
    assert (lost["failed"], lost["changed"], lost["error"]["kind"]) == (True, False, "outcome_unknown")
    assert "The cache may have been purged." in lost["error"]["message"]
    assert (done["failed"], done["changed"]) == (False, True)


def test_a_refusal_is_the_error_of_its_site() -> None:
    result, _sent = purge([REFUSED, DONE], 5, 6, on_error="fail")
    assert [row["changed"] for row in result["sites"]] == [False, True]
    assert (result["failed"], result["changed"]) == (True, True)
    assert "1 of 2 sites failed. Site 5: purgeWafCache: Not today." in result["msg"].replace("site_id 5", "Site 5")


def test_an_empty_pattern_does_not_purge_everything() -> None:
    with pytest.raises(BadInputError, match="purge_pattern is empty"):
        purge([], 5, purge_pattern=" ")
