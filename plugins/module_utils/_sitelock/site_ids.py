# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The site ids in the options of a task."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._texts import repeats


def refuse_twice(site_ids: t.Iterable[int]) -> None:
    """Refuse a list with a duplicate site: its two entries could contradict each other."""
    twice = repeats(site_ids)
    if twice:
        raise BadInputError(f"A site is listed more than once: {twice}.", hint="List each site once.")
