# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times in the formats of users and state records."""

from __future__ import annotations

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.clock import parse_time
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import NOON


def test_it_is_utc() -> None:
    assert parse_time("2026-11-21T12:00:00Z") == NOON


def test_now() -> None:
    assert parse_time(None).tzinfo is not None


@pytest.mark.parametrize("text", ["yesterday", "2026-11-21", "2026-11-21 12:00:00"])
def test_no_time(text: str) -> None:
    with pytest.raises(BadInputError, match="is not a time such as"):
        parse_time(text)
