# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the methods about the activation of Firewall & CDN do."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import (
    Network,
    NetworkSet,
    find_address,
    parse_network,
)
from ansible_collections.hosting.websec.plugins.module_utils._cdn_names import CDN_SUFFIXES
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    YES_OR_NO,
    NotSeenError,
    Observation,
    one_word,
    yes_or_no,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import elements_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import calls, contract
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import Site
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import GET_WAF_IP_WHITELIST
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import (
    SCANNERS,
    all_networks,
    classes_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text, texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.addresses import told_addresses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import READY

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_GLOBALSIGN = "globalsign"
_CDN_ENDS = tuple(f".{suffix}" for suffix in CDN_SUFFIXES)

Data = t.Mapping[str, t.Any]
Look = t.Callable[[Responses], str]


def _of_sites(see: t.Callable[[Data, Site], str | None]) -> Look:
    """The word that the statuses of all sites have in common."""
    return lambda seen: one_word(see(data, site) for site, data in seen.data(calls.STATUS) if site is not None)


def _ready(see: t.Callable[[Data, Site], str | None]) -> Look:
    return _of_sites(lambda data, site: see(data, site) if text(data, "state") == READY else None)


def _is_full(data: Data) -> bool:
    return bool(texts(data.get("dns_new_a")) or texts(data.get("dns_new_cname")))


def _ssl_element(data: Data, _site: Site) -> str | None:
    ssl = child(data, "ssl")
    if "ssl" in data:
        nothing = text(ssl, "cert_detected") == "0" and text(ssl, "cert_installed") == "0"
        return "zeros" if nothing else None
    return "absent" if _is_full(data) else None


def _addresses_of_subdomain(data: Data, site: Site) -> str | None:
    if contract.SUBDOMAIN not in site.has or not _is_full(data):
        return None
    return yes_or_no(bool(texts(data.get("dns_new_a"))))


def _form_of_list(value: t.Any) -> str | None:
    """Of several texts in one element or in several."""
    if isinstance(value, list) and len(value) > 1:
        return "repeat"
    [one] = value if isinstance(value, list) and value else [value]
    return "comma" if isinstance(one, str) and "," in one else None


def _origins(seen: Responses) -> str:
    return one_word(_form_of_list(data.get("origins")) for _site, data in seen.data(calls.ORIGIN))


def _names_of_origins(seen: Responses) -> str:
    return one_word(
        "addresses" if find_address(origin) else "names"
        for _site, data in seen.data(calls.ORIGIN)
        for origin in texts(data.get("origins"))
    )


def _known_name(data: Data, _site: Site) -> str | None:
    """Whether the preflight would take the names of a site for those of the CDN."""
    names = [name.lower().removesuffix(".") for name in texts(data.get("dns_new_cname"))]
    if not names:
        return None
    return "known" if all(f".{name}".endswith(_CDN_ENDS) for name in names) else "other"


def _listed_addresses(seen: Responses) -> str:
    listed = NetworkSet(_vendor_networks(seen))
    return one_word(
        yes_or_no(parse_network(address) in listed)
        for _site, status in seen.data(calls.STATUS)
        for address in texts(status.get("dns_new_a"))
        if find_address(address)
    )


def _vendor_networks(seen: Responses, *types: str) -> list[Network]:
    """Those of getSiteLockIPs. :param types: of these classes; without any, of all.

    :raises NotSeenError: the response has none of them.
    """
    [(_none, data)] = seen.data(calls.ADDRESSES)
    classes = [each for each in classes_of(data) if not types or each.type.lower() in types]
    networks = [parse_network(each) for each in all_networks(classes)]
    if not networks:
        raise NotSeenError
    return networks


def _untidy(seen: Responses) -> str:
    responses = seen.of(calls.STATUS)
    if any(each.untidy for each in responses):
        return "yes"
    if any("dns_ssl_verify" in (each.data or {}) for each in responses):
        return "no"
    raise NotSeenError


def _record_type(data: Data, _site: Site) -> str | None:
    kind = text(child(data, "dns_ssl_verify"), "dns_record_type")
    return None if kind is None else {"TXT": "txt", "CNAME": "cname"}.get(kind.upper(), "other")


def _authority(data: Data, _site: Site) -> str | None:
    value = text(child(data, "dns_ssl_verify"), "dns_record_value")
    return None if value is None else _GLOBALSIGN if _GLOBALSIGN in value.lower() else "other"


def _certificate_from(data: Data, site: Site) -> str | None:
    source = text(child(data, "ssl"), "cert_from")
    if source is None or contract.CERTIFICATE not in site.has:
        return None
    return source if source in ("network", "custom") else "other"


def _expiry(data: Data, _site: Site) -> str | None:
    expiry = text(child(data, "ssl"), "network_ssl_cert_exp_date")
    return None if expiry is None else "date" if _DATE.fullmatch(expiry) else "other"


def _scanners(seen: Responses) -> str:
    scanners = _vendor_networks(seen, SCANNERS)
    return one_word(yes_or_no(_has_all(listed, scanners)) for _site, listed in seen.data(calls.IP_ALLOW))


def _has_all(listed: Data, networks: t.Iterable[Network]) -> bool:
    given = told_addresses(texts(listed.get("ips")), GET_WAF_IP_WHITELIST.name)
    allowed = NetworkSet(network for each in given for network in each.networks)
    return all(network in allowed for network in networks)


def _ranges(seen: Responses) -> str:
    return yes_or_no(any(network.num_addresses > 1 for network in _vendor_networks(seen)))


def _visits(seen: Responses) -> str:
    following = {site: _count(data) for site, data in seen.data(calls.NEXT_VISITS_PAGE)}
    return one_word(
        "full" if _count(data) >= calls.VISITS else "shorter" if following.get(site) else None
        for site, data in seen.data(calls.VISITS_PAGE)
    )


def _count(data: Data) -> int:
    return len(list(elements_in(data, "visit")))


def _spelling(seen: Responses) -> str:
    """Whether an element has the spelling of the request. Looks at what others have asked."""
    answered = [each for each in seen.every() if each.below is not None]
    return one_word("same" if each.method.name in each.document else "other" for each in answered)


OBSERVATIONS: tuple[Observation[Responses], ...] = (
    Observation(
        "nonssl_ssl_element", "the element ssl of a site without SSL", ("absent", "zeros"), _of_sites(_ssl_element)
    ),
    Observation(
        "ready_answer",
        "whether ready responses contain the addresses",
        ("short", "full"),
        _ready(lambda data, _site: "full" if _is_full(data) else "short"),
    ),
    Observation(
        "ready_traffic_routing",
        "whether ready responses contain traffic_routing",
        YES_OR_NO,
        _ready(lambda data, _site: yes_or_no("traffic_routing" in data)),
    ),
    Observation(
        "ready_original_dns",
        "whether ready responses contain original_dns",
        YES_OR_NO,
        _ready(lambda data, _site: yes_or_no("original_dns" in data)),
    ),
    Observation(
        "subdomain_a_records",
        "whether a subdomain gets addresses for A records",
        YES_OR_NO,
        _of_sites(_addresses_of_subdomain),
    ),
    Observation(
        "dns_new_a_form",
        "several addresses in dns_new_a",
        ("comma", "repeat"),
        _of_sites(lambda data, _site: _form_of_list(data.get("dns_new_a"))),
    ),
    Observation(
        "cdn_domain",
        "whether dns_new_cname is below a known domain of the CDN",
        ("known", "other"),
        _of_sites(_known_name),
    ),
    Observation("cdn_addresses", "whether getSiteLockIPs contains dns_new_a", YES_OR_NO, _listed_addresses),
    Observation("untidy_values", "white space around values", YES_OR_NO, _untidy),
    Observation(
        "validation_record", "type of the validation record", ("txt", "cname", "other"), _of_sites(_record_type)
    ),
    Observation(
        "certificate_authority",
        "which authority asks for the validation",
        (_GLOBALSIGN, "other"),
        _of_sites(_authority),
    ),
    Observation(
        "cert_from",
        "cert_from of a site with an uploaded certificate",
        ("network", "custom", "other"),
        _of_sites(_certificate_from),
    ),
    Observation("certificate_date", "form of network_ssl_cert_exp_date", ("date", "other"), _of_sites(_expiry)),
    Observation("origins_form", "several origins in getWafOrigin", ("comma", "repeat"), _origins),
    Observation(
        "origin_names", "whether getWafOrigin has names or addresses", ("names", "addresses"), _names_of_origins
    ),
    Observation(
        "allow_list_scanners", "whether the addresses of the class scan are in the allow list", YES_OR_NO, _scanners
    ),
    Observation("address_ranges", "whether getSiteLockIPs has networks or ranges", YES_OR_NO, _ranges),
    Observation("visits_page", "whether a page of visits may be shorter than asked for", ("full", "shorter"), _visits),
    Observation("method_spelling", "spelling of the method in the response", ("same", "other"), _spelling),
)
