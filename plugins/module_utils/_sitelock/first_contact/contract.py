# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a first contact may ask about: sites of the partner's own, and what can be seen with more than that."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._ids import ID, number_id
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site_ids import refuse_twice

BACKUP, BUNDLE, CERTIFICATE, EXCEPTIONS, PLAN, SSH_KEY, SUBDOMAIN = HAS = (
    "backup",
    "bundle",
    "certificate",
    "exceptions",
    "plan",
    "ssh_key",
    "subdomain",
)
"""What a site may have. Only where it has this, its absence from a response says something."""

MOST_SITES = 10
"""A few sites show as much as thousands do."""
_LONGEST_TEXT = 200


@dataclasses.dataclass(frozen=True)
class Site:
    """One site. :param has: some of C(HAS)."""

    site_id: int
    has: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Contract:
    """The things to ask about. See the options of the module."""

    sites: tuple[Site, ...]
    account_id: int | None = None
    ended_account_id: int | None = None
    ended_login: str | None = None
    foreign_domain: str | None = None
    brand: str | None = None
    try_unknown: bool = True
    try_wrong_credentials: bool = False
    try_login_link: bool = False
    report: str | None = None
    report_period: str | None = None

    def any_has(self, what: str) -> bool:
        """Whether a site has this."""
        return any(what in site.has for site in self.sites)


OPTIONS: dict[str, dict[str, t.Any]] = {
    "sites": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "site_id": {**ID, "required": True},
            "has": {"type": "list", "elements": "str", "choices": list(HAS), "default": []},
        },
    },
    "account_id": ID,
    "ended_account_id": ID,
    "ended_login": {"type": "str"},
    "foreign_domain": {"type": "str"},
    "brand": {"type": "str"},
    "try_unknown": {"type": "bool", "default": True},
    "try_wrong_credentials": {"type": "bool", "default": False},
    "try_login_link": {"type": "bool", "default": False},
    "report": {"type": "str"},
    "report_period": {"type": "str"},
}
"""The options of a module that it is read from."""


def contract_of(options: t.Mapping[str, t.Any]) -> Contract:
    """From the options of the module.

    :raises BadInputError: an option is wrong; nothing was sent.
    """
    sites = tuple(
        Site(number_id(entry["site_id"], "site_id"), frozenset(entry["has"] or ())) for entry in options["sites"]
    )
    refuse_twice(site.site_id for site in sites)
    if not 1 <= len(sites) <= MOST_SITES:
        raise BadInputError(
            f"sites must be between 1 and {MOST_SITES} different sites.",
            hint="Give one or two sites of your own.",
        )
    return Contract(
        sites,
        account_id=_number(options, "account_id"),
        ended_account_id=_number(options, "ended_account_id"),
        ended_login=_text(options, "ended_login"),
        foreign_domain=None if options["foreign_domain"] is None else normalise_domain(options["foreign_domain"]),
        brand=_text(options, "brand"),
        try_unknown=options["try_unknown"],
        try_wrong_credentials=options["try_wrong_credentials"],
        try_login_link=options["try_login_link"],
        report=options["report"],
        report_period=options["report_period"],
    )


def _text(options: t.Mapping[str, t.Any], name: str) -> str | None:
    """Checked before anything is sent: the row would say that the API refused the call."""
    text: str | None = options[name]
    if text is not None and (not text.strip() or len(text) > _LONGEST_TEXT or not text.isprintable()):
        raise BadInputError(
            f"{name} must be a line of 1 to {_LONGEST_TEXT} characters.", hint="Omit it if you have none."
        )
    return text


def _number(options: t.Mapping[str, t.Any], name: str) -> int | None:
    return None if options[name] is None else number_id(options[name], name)
