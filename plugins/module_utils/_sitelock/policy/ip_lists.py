# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(ip_block) and C(ip_allow): addresses that the firewall always refuses, and those that it always lets through.

Sources: C(getWafIPBlacklist), C(addWafBlacklistIPs), C(removeWafBlacklistIPs), and the same of the white list. The
addresses of SiteLock's own scanners are always in the white list: adding one is ignored, and removing one is left out
of the request without a word. C(getSiteLockIPs) says which they are.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._schemas import TEXT, array, lists
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    GET_SITELOCK_IPS,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    ADD_WAF_BLACKLIST_IPS,
    ADD_WAF_WHITELIST_IPS,
    GET_WAF_IP_BLACKLIST,
    GET_WAF_IP_WHITELIST,
    REMOVE_WAF_BLACKLIST_IPS,
    REMOVE_WAF_WHITELIST_IPS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import (
    SCANNERS,
    all_networks,
    classes_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.addresses import (
    AddressRange,
    given_addresses,
    is_everybody,
    parse_addresses,
    told_addresses,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.element_lists import (
    ElementListSection,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader


def _elements(getter: Method) -> t.Callable[[Data], list[AddressRange]]:
    # Not the addresses in the exceptions, which the answer about the black list has, too.
    return lambda data: told_addresses(texts(data.get("ips")), getter.name)


def _parameters(addresses: t.Sequence[AddressRange]) -> Data:
    return {"ips": {"ip": [each.text for each in addresses]}}


def _texts(addresses: t.Sequence[AddressRange]) -> list[str]:
    return [each.text for each in addresses]


def _scanners(data: Data) -> list[AddressRange]:
    # Other classes, such as C(waf) and C(api), are no scanners: who wants them in the list has to get them there.
    classes = [each for each in classes_of(data) if each.type.lower() == SCANNERS]
    return [parse_addresses(each) for each in all_networks(classes)]


def _is_scanner(reader: SectionReader) -> t.Callable[[AddressRange], bool]:
    networks = reader.shared(GET_SITELOCK_IPS, _scanners)
    return lambda address: address.is_within(networks)


IP_BLOCK = ElementListSection(
    "ip_block",
    lists(array(TEXT)),
    GET_WAF_IP_BLACKLIST,
    ADD_WAF_BLACKLIST_IPS,
    REMOVE_WAF_BLACKLIST_IPS,
    given_addresses,
    "ips",
    _elements(GET_WAF_IP_BLACKLIST),
    added=_parameters,
    removed=_parameters,
    dumped=_texts,
    too_much=lambda addresses: "it would refuse nearly all visitors" if is_everybody(addresses) else "",
)
IP_ALLOW = ElementListSection(
    "ip_allow",
    lists(array(TEXT)),
    GET_WAF_IP_WHITELIST,
    ADD_WAF_WHITELIST_IPS,
    REMOVE_WAF_WHITELIST_IPS,
    given_addresses,
    "ips",
    _elements(GET_WAF_IP_WHITELIST),
    added=_parameters,
    removed=_parameters,
    dumped=_texts,
    kept=_is_scanner,
    too_much=lambda addresses: "it would let nearly all visitors past the firewall" if is_everybody(addresses) else "",
)
