# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The black list and the white list of addresses."""

from __future__ import annotations

from ..policy import Policy
from ..settings import Settings
from . import answer, waf_exceptions
from .answer import Answer, node
from .context import Context
from .grammar import Field, Group, Values
from .methods import method
from .protected import changing, listed, reading
from .spans import elements, refuse_invalid, span
from .vendor_addresses import SCANNERS

_IPS = Group("ips", children=(Field("ip", repeat=True),))


@method("getWafIPBlacklist", Field("site_id"))
def get_waf_ip_blacklist(context: Context, values: Values) -> Answer:
    """getWafIPBlacklist: with its exceptions."""
    with reading(context, values["site_id"]) as protected:
        return _black(context.settings, "getWafIPBlacklist", protected.policy, protected.policy.ip_block)


@method("addWafBlacklistIPs", Field("site_id"), _IPS, write=True)
def add_waf_blacklist_ips(context: Context, values: Values) -> Answer:
    """addWafBlacklistIPs: answers with the whole list."""
    wanted = _checked(values)
    with changing(context, values["site_id"]) as protected:
        protected.policy.ip_block = _joined(protected.policy.ip_block, wanted)
        return _black(context.settings, "addWafBlacklistIPs", protected.policy, protected.policy.ip_block)


@method("removeWafBlacklistIPs", Field("site_id"), _IPS, write=True)
def remove_waf_blacklist_ips(context: Context, values: Values) -> Answer:
    """removeWafBlacklistIPs: what is not in the list is no error."""
    wanted = _checked(values)
    with changing(context, values["site_id"]) as protected:
        protected.policy.ip_block, removed = _split(protected.policy.ip_block, wanted)
        told = removed if context.settings.removal_answer == "removed" else protected.policy.ip_block
        return _black(context.settings, "removeWafBlacklistIPs", protected.policy, told)


@method("getWafIPWhitelist", Field("site_id"))
def get_waf_ip_whitelist(context: Context, values: Values) -> Answer:
    """getWafIPWhitelist: has no exceptions, and always the scanners."""
    with reading(context, values["site_id"]) as protected:
        return _white(context.settings, "getWafIPWhitelist", SCANNERS + protected.policy.ip_allow)


@method("addWafWhitelistIPs", Field("site_id"), _IPS, write=True)
def add_waf_whitelist_ips(context: Context, values: Values) -> Answer:
    """addWafWhitelistIPs: scanners are ignored."""
    wanted = _without_scanners(_checked(values))
    with changing(context, values["site_id"]) as protected:
        protected.policy.ip_allow = _joined(protected.policy.ip_allow, wanted)
        return _white(context.settings, "addWafWhitelistIPs", SCANNERS + protected.policy.ip_allow)


@method("removeWafWhitelistIPs", Field("site_id"), _IPS, write=True)
def remove_waf_whitelist_ips(context: Context, values: Values) -> Answer:
    """removeWafWhitelistIPs: scanners are dropped from the request."""
    wanted = _without_scanners(_checked(values))
    with changing(context, values["site_id"]) as protected:
        protected.policy.ip_allow, removed = _split(protected.policy.ip_allow, wanted)
        told = removed if context.settings.removal_answer == "removed" else SCANNERS + protected.policy.ip_allow
        return _white(context.settings, "removeWafWhitelistIPs", told)


def _checked(values: Values) -> list[str]:
    ips: list[str] = values["ips"]["ip"]
    refuse_invalid(ips)
    return ips


def _without_scanners(ips: list[str]) -> list[str]:
    spans = {span(one) for one in SCANNERS}
    return [ip for ip in ips if span(ip) not in spans]


def _joined(ips: list[str], more: list[str]) -> list[str]:
    known = {span(ip): ip for ip in ips}
    for ip in more:
        known.setdefault(span(ip), ip)
    return list(known.values())


def _split(ips: list[str], without: list[str]) -> tuple[list[str], list[str]]:
    """What stays, and what goes."""
    gone = {span(ip) for ip in without}
    return [ip for ip in ips if span(ip) not in gone], [ip for ip in ips if span(ip) in gone]


def _black(settings: Settings, name: str, policy: Policy, ips: list[str]) -> Answer:
    exceptions = waf_exceptions.shown(settings, policy, "blacklisted_ips")
    return answer.ok(node(name, exceptions, listed(settings, "ips", elements(settings, ips))))


def _white(settings: Settings, name: str, ips: list[str]) -> Answer:
    return answer.ok(node(name, listed(settings, "ips", elements(settings, ips))))
