# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Times of reports."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.times import duration, moment, readable
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import NOW


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-11-03T14:00:00Z", "2026-11-03T14:00:00Z"),
        ("2026-11-03T14:00:00.123456+00:00", "2026-11-03T14:00:00Z"),
        ("2026-11-03T15:30:00+01:30", "2026-11-03T14:00:00Z"),
        ("2026-11-03 14:00:00", "2026-11-03T14:00:00Z"),
        ("2026-11-03", "2026-11-03T00:00:00Z"),
        (" 2026-11-03T14:00:00z ", "2026-11-03T14:00:00Z"),
    ],
)
def test_iso_8601_is_read(text: str, time: str) -> None:
    read = moment(text)
    assert read is not None
    assert utc_text(read) == time


@pytest.mark.parametrize(
    "text", [None, "", "yesterday", 0, 17, "2026-13-01", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", {}]
)
def test_anything_else_is_no_time(text: object) -> None:
    assert moment(text) is None


@given(st.datetimes())
def test_what_is_written_is_read_again(time: datetime.datetime) -> None:
    zoned = time.replace(tzinfo=datetime.timezone.utc, microsecond=0)
    assert moment(utc_text(zoned)) == zoned


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (-1, ""),
        (0, "0 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (36 * 3600, "36 h"),
        (2 * 86400 - 1, "47 h"),
        (2 * 86400, "2 d"),
        (2 * 86400 + 3 * 3600, "2 d 3 h"),
        (14 * 86400 + 3 * 3600, "14 d"),
        (400 * 86400, "400 d"),
    ],
)
def test_how_long_it_lasts(seconds: int, told: str) -> None:
    assert duration(NOW - datetime.timedelta(seconds=seconds), NOW) == told


def test_for_people() -> None:
    assert readable(NOW) == "2026-11-03 14:00"
