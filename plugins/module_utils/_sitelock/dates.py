# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The range of dates in the options of a task."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import calendar_date


def refuse_dates(params: t.Mapping[str, t.Any]) -> None:
    """:raises BadInputError: C(start_date) and C(end_date) are not both dates in this order, or both missing."""
    given = [params["start_date"], params["end_date"]]
    if given == [None, None]:
        return
    dates = [calendar_date(each) for each in given]
    if None in dates:
        raise BadInputError(
            f"start_date is {given[0]} and end_date is {given[1]}; both must be dates in the form YYYY-MM-DD.",
            hint="Set both, or neither for the last one only.",
        )
    if given[0] > given[1]:
        raise BadInputError(f"start_date {given[0]} is after end_date {given[1]}.")
