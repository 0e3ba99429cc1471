# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The DNS names of a site: what C(apex) and C(aliases) are where its entry does not say it."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain

DEFAULT_ALIASES = ("www",)
"""Of a site with an apex. A site below its zone has none."""


def is_apex(domain: str, zone: str, given: bool | None) -> bool:
    """Whether the domain gets A records instead of a CNAME.

    :param given: C(apex) of the entry.
    """
    return domain == zone if given is None else given


def alias_names(domain: str, apex: bool, given: t.Sequence[str] | None) -> list[str]:
    """The full names of the aliases.

    :param apex: as ``is_apex`` says.
    :param given: C(aliases) of the entry.
    :raises BadInputError: one of them is no name.
    """
    aliases = (DEFAULT_ALIASES if apex else ()) if given is None else given
    return [full_name(alias, domain) for alias in aliases]


def full_name(name: str, domain: str) -> str:
    """A name with a dot is a full name, one without is a label below the domain, and C(@) is the domain.

    :raises BadInputError: it is no name.
    """
    if name == "@":
        return domain
    return normalise_domain(name if "." in name else f"{name}.{domain}")
