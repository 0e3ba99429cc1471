# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The health of sites as users give it to filters."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._report.health import BACKUP_DAYS, Health

_MOST_DAYS = 36500
_ROWS = {"scans": "sitelock_scans_info", "backups": "sitelock_backups_info"}


def given_health(given: t.Any) -> Health:
    """
    :param given: a mapping with the fields of ``Health``. An empty text is none: ansible-core before 2.19 makes one.
    :raises BadInputError: it is something else.
    """
    if not isinstance(given, t.Mapping):
        raise BadInputError("health is not a dictionary.")
    known = {name: None if value == "" else value for name, value in given.items()}
    unknown = sorted(map(str, known.keys() - {field.name for field in dataclasses.fields(Health)}))
    if unknown:
        raise BadInputError(f"health has unknown keys: {', '.join(unknown)}.")
    for name, module in _ROWS.items():
        if known.get(name) is not None and not are_rows(known[name]):
            raise BadInputError(f"health.{name} is not a list of rows of {module}.")
    products = known.get("products")
    if products is not None and not (isinstance(products, t.Mapping) and {"sites", "reads"} <= products.keys()):
        raise BadInputError("health.products is not the result of sitelock_products_info, with sites and reads.")
    smart = known.get("smart_subscriptions")
    if smart is not None and not isinstance(smart, (list, tuple)):
        raise BadInputError("health.smart_subscriptions is not a list of ids.")
    return Health(**t.cast("dict[str, t.Any]", {**known, "backup_days": _days(known.get("backup_days"))}))


def _days(given: t.Any) -> float:
    try:
        days = float(BACKUP_DAYS if given is None else given)
        if not 0 <= days <= _MOST_DAYS:
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise BadInputError(f"health.backup_days is {given!r}; it must be a number of days.") from None
    return days


def are_rows(value: object) -> bool:
    """Whether this is a list of rows."""
    return isinstance(value, (list, tuple)) and all(isinstance(row, t.Mapping) for row in value)
