# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The things that the stand-in knows about: plain records, stored as JSON."""

from __future__ import annotations

import dataclasses
import typing

WAF = "WAF"

State = typing.Literal["pending-retry", "pending-domain-validation", "pending-dns", "ready"]


@dataclasses.dataclass
class Plan:
    """A product of the partner's price list. C(level) and C(free) matter for Firewall & CDN only."""

    id: str
    name: str = ""
    level: typing.Literal["basic", "professional", "premium", "enterprise"] = "professional"
    free: bool = False
    product_category: str = WAF
    price: str = "10.00"
    several_origins: bool = True


@dataclasses.dataclass
class Account:
    """A customer of the partner."""

    id: str
    name: str = ""
    login: str = ""
    reseller_account_id: str = ""
    status: typing.Literal["active", "inactive"] = "active"


@dataclasses.dataclass
class Firewall:
    """The life of Firewall & CDN on one site. Times are seconds of the stand-in's clock."""

    state: State
    provisioned_at: float
    ssl: bool
    skip_certificate: bool = False
    dns_manager: str = "customer"
    origins: list[str] = dataclasses.field(default_factory=list)
    new_a: list[str] = dataclasses.field(default_factory=list)
    new_cname: str = ""
    txt_value: str = ""
    txt_issued_at: float = 0.0
    txt_seen: typing.Literal["none", "other", "match"] = "none"
    validation_started_at: float | None = None
    validated_at: float | None = None
    routed_at: float | None = None
    original_a: list[str] = dataclasses.field(default_factory=list)
    original_cname: str = ""


@dataclasses.dataclass
class Site:
    """
    A site of an account.

    C(retry_attempts) is the number of the retry that succeeds (0: provisioning succeeds at once);
    C(error) makes an ordered firewall report the state C(error); C(own_certificate) stands for an uploaded one.
    """

    site_id: str
    account_id: str
    domain: str
    ssl: bool = False
    subdomain: bool = False
    origin: list[str] = dataclasses.field(default_factory=list)
    retry_attempts: int = 0
    error: bool = False
    own_certificate: bool = False
    status: typing.Literal["active", "inactive"] = "active"
    firewall: Firewall | None = None

    @property
    def name(self) -> str:
        """The DNS name that the site is known by: the API takes C(www.) and the bare domain for the same site."""
        return self.domain if self.subdomain else bare(self.domain)


@dataclasses.dataclass
class Subscription:
    """One instance of a plan that is billed until C(ended_at)."""

    subscription_id: str
    plan_id: str
    account_id: str
    site_id: str = ""
    category: str = WAF
    amount: str = "10.00"
    frequency: str = "1"
    next_renewal_at: str = ""
    started_at: float = 0.0
    ended_at: float | None = None


@dataclasses.dataclass
class Website:
    """A website at BotGuard."""

    id: str
    domain: str
    status: str = "online"
    user: str = ""


@dataclasses.dataclass
class User:
    """A sub-account at BotGuard."""

    id: str
    email: str
    api_key: str
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    country: str = ""
    address: str = ""
    lang: str = "en"


def bare(domain: str) -> str:
    """C(domain) in lower case without a leading C(www.)."""
    domain = domain.lower()
    return domain[4:] if domain.startswith("www.") and domain.count(".") > 1 else domain


def site_from_stored(stored: dict[str, typing.Any]) -> Site:
    """The site whose C(dataclasses.asdict) is C(stored)."""
    firewall = stored.pop("firewall", None)
    return Site(**stored, firewall=Firewall(**firewall) if firewall else None)
