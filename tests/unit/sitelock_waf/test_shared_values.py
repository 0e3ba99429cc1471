# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites with their TXT values in one set: the row of a site reports the change of its own value."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.records import (
    is_own_change,
    publish_verification,
    remove_verification,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.results import result
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import ZONE, entry

ISSUER = "globalsign-domain-verification="
SPF = "v=spf1 -all"
OURS, OTHER, STALE = f"{ISSUER}ours", f"{ISSUER}other", f"{ISSUER}stale"
PUBLISH, REMOVE = publish_verification(entry(), ZONE, OURS), remove_verification(entry(), ZONE, OURS)


def changed(before: t.Sequence[str] | None, after: t.Sequence[str]) -> dict[str, t.Any]:
    there = None if before is None else {"ttl": 300, "values": list(before)}
    return {**result(ZONE, "TXT"), "before": there, "values": list(after)}


@pytest.mark.parametrize(
    ("record", "before", "after", "own"),
    [
        (REMOVE, [SPF, OURS], [SPF], True),
        (REMOVE, [OURS], [], True),
        (REMOVE, [SPF, OTHER], [SPF], False),
        (REMOVE, [SPF, OURS, STALE], [SPF, OURS], False),
        (REMOVE, [SPF, OURS], [SPF, OURS, OTHER], False),
        (PUBLISH, None, [OURS], True),
        (PUBLISH, [SPF], [SPF, OURS], True),
        (PUBLISH, [SPF, STALE], [SPF, STALE, OURS], True),
        (PUBLISH, [SPF, OURS, STALE], [SPF, OURS], True),
        (PUBLISH, [OURS], [OURS, SPF], False),
        (PUBLISH, [OURS, SPF], [OURS], False),
    ],
)
def test_what_happened_to_the_value_of_a_site(
    record: dict[str, t.Any], before: list[str] | None, after: list[str], own: bool
) -> None:
    assert is_own_change(record, changed(before, after)) is own
    assert not is_own_change(record, {**changed(before, after), "changed": False})


def test_a_change_that_could_not_be_read_is_told() -> None:
    assert is_own_change(REMOVE, changed([OURS], [OURS]))
