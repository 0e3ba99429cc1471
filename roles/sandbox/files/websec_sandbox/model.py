# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The things that the sandbox knows about: plain records, stored as JSON."""

from __future__ import annotations

import dataclasses
import typing

from .policy import Policy
from .site_products import SiteProducts

WAF = "WAF"

Kind = typing.Literal["plan", "bundle", "addon"]
State = typing.Literal["pending-retry", "pending-domain-validation", "pending-dns", "ready"]


@dataclasses.dataclass
class Plan:
    """
    A product of the partner's price list. C(level) and C(free) matter for Firewall & CDN only.

    C(type) and C(product_category) follow from each other where one is not given. C(includes) are the plans of a
    bundle by id, C(scans) the scans of a scan plan: by name their C(options) and C(feature_type).
    C(frequency) is the billing period in months. C(waf_rules) are the choices that a firewall of this plan offers for a
    rule (none: the rule is not offered), C(cache_modes) those of its cache; all where nothing is given. The rest are
    attributes of getPlanList.
    """

    id: str
    name: str = ""
    level: typing.Literal["basic", "professional", "premium", "enterprise"] = "professional"
    free: bool = False
    product_category: str = ""
    price: str = "10.00"
    several_origins: bool = True
    type: Kind | typing.Literal[""] = ""
    includes: list[str] = dataclasses.field(default_factory=list)
    scans: dict[str, dict[str, typing.Any]] = dataclasses.field(default_factory=dict)
    waf_rules: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    cache_modes: list[str] = dataclasses.field(default_factory=list)
    frequency: str = "1"
    product_description: str = ""
    auto_renewal: str = "yes"
    full_refund_days: str = "30"
    in_partner_checkout_flow: str = "1"
    invoice: str = "0"
    partner_rev_share: str = "0"
    refundable_renewals: str = "0"

    def __post_init__(self) -> None:
        """Fill in the type or the category."""
        if not self.product_category:
            self.product_category = {"plan": "SCAN", "bundle": "BUNDLE"}.get(self.type, WAF)
        if not self.type:
            self.type = "plan" if self.product_category == "SCAN" else "addon"


@dataclasses.dataclass
class Account:
    """
    A customer of the partner.

    C(details) are the other customer data of provisionAccount by their names. Of the password only a digest is kept.
    """

    id: str
    name: str = ""
    login: str = ""
    reseller_account_id: str = ""
    status: typing.Literal["active", "inactive"] = "active"
    email: str = ""
    details: dict[str, str] = dataclasses.field(default_factory=dict)
    password_sha256: str = ""
    tos_accepted_at: str = ""
    tos_version_id: str = ""
    deleted_at: float | None = None


@dataclasses.dataclass
class Stranger:
    """An account with one site that belongs to another partner: it takes its login and its domain."""

    id: str
    site_id: str = ""
    login: str = ""
    domain: str = ""


@dataclasses.dataclass
class Domain:
    """What a site will be like that provisionAccount makes of this domain; the fields are those of a site."""

    domain: str
    ssl: bool = False
    subdomain: bool = False
    origin: list[str] = dataclasses.field(default_factory=list)
    retry_attempts: int = 0
    error: bool = False
    own_certificate: bool = False


@dataclasses.dataclass
class Firewall:
    """The life of Firewall & CDN on one site. Times are seconds of the sandbox's clock."""

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
    network_cert_type: str = ""
    # None: as a new one.
    policy: Policy | None = None


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
    domain_email: str = ""
    trusted_domain: str = ""
    deleted_at: float | None = None
    firewall: Firewall | None = None
    # None: as a new one.
    products: SiteProducts | None = None

    @property
    def name(self) -> str:
        """The DNS name that the site is known by: the API takes C(www.) and the bare domain for the same site."""
        return self.domain if self.subdomain else bare(self.domain)


@dataclasses.dataclass
class Subscription:
    """
    One instance of a plan that is billed until C(ended_at).

    C(bundle_id) is the instance of a bundle that this one is part of: then it costs nothing, and ends with it.
    C(billed_by_vendor): the customer bought it from SiteLock, the partner cannot change it.
    """

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
    kind: Kind = "addon"
    bundle_id: str = ""
    billed_by_vendor: bool = False


@dataclasses.dataclass
class Email:
    """
    An e-mail that waits for a white-label partner; C(id) is its queue id, C(email_id) says what it is about.

    C(marked) is how often it was marked as sent, also in vain.
    """

    id: str
    queued_at: float
    account_id: str = ""
    site_id: str = ""
    email_address: str = ""
    domain: str = ""
    email_id: str = "20"
    replacements: dict[str, typing.Any] = dataclasses.field(default_factory=dict)
    sent_at: float | None = None
    marked: int = 0


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
    if firewall and firewall.get("policy"):
        firewall["policy"] = Policy(**firewall["policy"])
    products = stored.pop("products", None)
    return Site(
        **stored,
        firewall=Firewall(**firewall) if firewall else None,
        products=SiteProducts(**products) if products else None,
    )
