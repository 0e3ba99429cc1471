# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sites of a hosting panel as one neutral record, whatever the panel.

A site is built from an allow-list of values: listings of panels contain passwords, so no record is ever copied.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import parse_address, unmapped
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor
from ansible_collections.hosting.websec.plugins.module_utils._texts import printable, shortened

TYPES = ("main", "addon", "sub", "alias")

MAX_TEXT = 255
"""Characters of a name of an account or package."""

_MAX_SHOWN = 60


@dataclasses.dataclass(frozen=True)
class PanelSite:
    """One domain of a hosting account.

    :param domain: in lower case, an internationalised one as punycode.
    :param domain_type: one of ``TYPES``.
    :param parent_domain: of the account, or of an alias; C(None) for a main domain, or where the panel does not say it.
    :param account: user name of the account; with Plesk the owner of the subscription.
    :param owner: the reseller of the account, as the panel calls it; empty where it does not say it.
    :param package: name of the hosting package or plan; empty if it has none.
    :param addresses: of the server, IPv4 first.
    """

    domain: str
    domain_type: str
    parent_domain: str | None
    account: str
    owner: str
    package: str
    suspended: bool
    addresses: tuple[str, ...]


@dataclasses.dataclass
class Listing:
    """What one server has: the sites of the wanted types, and what is left out.

    :param types: of ``TYPES``; domains of other types are not listed.
    :param problems: one text for each domain that is left out, with its name; see ``finish``.
    :param left_out: these domains with their reasons, as long as the listing is read.
    """

    types: t.Collection[str]
    sites: list[PanelSite] = dataclasses.field(default_factory=list)
    problems: list[str] = dataclasses.field(default_factory=list)
    left_out: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    def add(
        self,
        domain: object,
        domain_type: str,
        *,
        account: object,
        owner: object,
        package: object,
        suspended: bool,
        addresses: t.Iterable[object],
        parent_domain: object = None,
    ) -> None:
        """Add a domain, as the panel names it; one that no site can have becomes a problem."""
        if domain_type not in self.types:
            return
        try:
            site = PanelSite(
                domain=normalise_domain(_name(domain)),
                domain_type=domain_type,
                parent_domain=None if parent_domain in (None, "") else normalise_domain(_name(parent_domain)),
                account=text(account, "account"),
                owner=text(owner, "owner", empty=True),
                package=text(package, "package", empty=True),
                suspended=suspended,
                addresses=_addresses(addresses),
            )
        except BadInputError as refusal:
            self.leave_out(domain, refusal.message)
        except ValueError as problem:
            self.leave_out(domain, f"{problem}.")
        else:
            self.sites.append(site)

    def leave_out(self, domain: object, problem: str) -> None:
        """Note a domain that is not listed, with the reason as a sentence."""
        self.left_out.append((str(domain), problem))

    def finish(self, redact: Redactor) -> Listing:
        """Hide secrets that the server repeats, and write the ``problems``; to be called once, after all domains.

        A domain that contains a secret is left out.
        """
        texts = [each for pair in self.left_out for each in pair]
        texts += [each for site in self.sites for each in (site.domain, *_names(site))]
        if redact.suspects("\0".join(texts)):
            self._hide(redact)
        self.problems += [_told(domain, problem) for domain, problem in self.left_out]
        self.left_out.clear()
        return self

    def _hide(self, redact: Redactor) -> None:
        self.left_out = [(redact(domain), redact(problem)) for domain, problem in self.left_out]
        found, self.sites = self.sites, []
        for site in found:
            names = map(redact, (site.domain, *_names(site)))
            domain, parent, account, owner, package = names
            if (domain, parent) == (site.domain, site.parent_domain or ""):
                self.sites.append(dataclasses.replace(site, account=account, owner=owner, package=package))
            else:
                self.leave_out(domain, f"A domain of the account {account!r} contains the password or key.")


def _names(site: PanelSite) -> tuple[str, str, str, str]:
    return site.parent_domain or "", site.account, site.owner, site.package


def _told(domain: str, problem: str) -> str:
    """A domain that is left out, for a message: one short line."""
    name, told = shortened(domain, _MAX_SHOWN), shortened(printable(problem))
    return told if told.startswith(repr(name)) else f"{name!r}: {told}"


def text(value: object, what: str, *, empty: bool = False) -> str:
    """A name that a panel gives.

    :param empty: whether there may be none.
    :raises ValueError: it is no text, is empty, too long, or has a control character.
    """
    if value is None:
        value = ""
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise ValueError(f"its {what} is not a text")
    name = str(value).strip()
    if not name and not empty:
        raise ValueError(f"it has no {what}")
    if len(name) > MAX_TEXT or not name.isprintable():
        raise ValueError(f"its {what} is too long, or has a character that cannot be printed")
    return name


def flag(value: object, what: str) -> bool:
    """A flag that a panel gives as C(0), C(1) or C(yes), C(no), as a number or as a text.

    :raises ValueError: it is something else. Nothing is assumed: a wrong value would pause a site, or order for it.
    """
    known = {"0": False, "1": True, "no": False, "yes": True, "false": False, "true": True}
    found = known.get(str(value).strip().lower()) if isinstance(value, (str, int)) else None
    if found is None:
        raise ValueError(f"{what} is {shortened(repr(value), _MAX_SHOWN)}, neither yes nor no")
    return found


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("its name is not a text")
    return value


def _addresses(values: t.Iterable[object]) -> tuple[str, ...]:
    """:raises ValueError: one of them is not an IP address."""
    found = {unmapped(parse_address(str(value).strip())) for value in values if value not in (None, "")}
    return tuple(str(address) for address in sorted(found, key=lambda each: (each.version, int(each))))
