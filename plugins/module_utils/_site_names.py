# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The DNS names of a site: defaults of C(apex) and C(aliases)."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain

DEFAULT_ALIASES = ("www",)
"""Default aliases of a site at an apex. Other sites have none."""


def is_apex(domain: str, zone: str, given: bool | None) -> bool:
    """Whether the domain gets A records instead of a CNAME.

    :param given: C(apex) of the entry.
    """
    return domain == zone if given is None else given


def alias_names(domain: str, apex: bool, given: t.Sequence[str] | None) -> list[str]:
    """The full names of the aliases.

    :param apex: from ``is_apex``.
    :param given: C(aliases) of the entry.
    :raises BadInputError: one of them is not a name.
    """
    aliases = (DEFAULT_ALIASES if apex else ()) if given is None else given
    return [full_name(alias, domain) for alias in aliases]


def full_name(name: str, domain: str) -> str:
    """A name with a dot is a full name, one without is a label below the domain, and C(@) is the domain.

    :raises BadInputError: it is not a name.
    """
    if name == "@":
        return domain
    return normalise_domain(name if "." in name else f"{name}.{domain}")
