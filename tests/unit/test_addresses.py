# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All code that accepts addresses: hostile texts are refused, or the output is the parsed value."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from pathlib import Path

import dns.rdatatype
import pytest
import yaml

from ansible_collections.hosting.websec.plugins.filter.waf_sites import waf_sites
from ansible_collections.hosting.websec.plugins.module_utils._addresses import (
    find_address,
    is_host_name,
    parse_address,
    parse_network,
    parse_range,
    too_wide,
    unmapped,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import parse_endpoint, server_settings
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import parse_value
from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver
from ansible_collections.hosting.websec.plugins.module_utils._preflight.sites import parse_sites
from ansible_collections.hosting.websec.plugins.module_utils._record_values import is_value
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import addon_options, desired_addon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.networks import all_networks, classes_of
from ansible_collections.hosting.websec.plugins.module_utils._web.plan import web_files
from ansible_collections.hosting.websec.tests.unit.web.test_files_of_nginx_and_apache import APACHE, HOST, NGINX

COLLECTION = Path(__file__).resolve().parents[2]

BASES = ("192.0.2.7", "2001:db8::7")
FRAGMENTS = [
    "%eth0",
    "%x;\nevil on",
    "%25lo",
    "\nevil on;",
    "\r\nEvil On",
    "; evil on;",
    '"',
    "'",
    "\\",
    "{ }",
    "${document_root}",
    "#",
    "\0",
    " ",
    "\t",
    "\u2028",
    "\x85",
    "\ud800",
    "²",
    "٣",
    "１",  # this tests a full-width digit
    "/../x",
    "/24/24",
    "/²",
    "@",
    "[",
    "]",
]


def hostile() -> list[str]:
    """Texts that are nearly addresses: each fragment at the start, in the middle and at the end of each address."""
    made = [f"{base[:at]}{fragment}{base[at:]}" for base in BASES for fragment in FRAGMENTS for at in (0, 4, len(base))]
    return [
        *made,
        "010.0.0.1",
        "10.0.0.01",
        "0x7f.0.0.1",
        "0x7f000001",
        "::ffff:010.0.0.1",
        "1.2.3",
        "2130706433",
        "::1::",
    ]


def option(**given: t.Any) -> dict[str, t.Any]:
    """The options of the preflight that matter, each with its default."""
    defaults = {
        "issuers": ["globalsign.com"],
        "verification_prefix": "x",
        "wildcard_certificate": False,
        "cdn_suffixes": [],
        "cdn_addresses": [],
        "max_ttl": 1,
        "expected_servers": [],
    }
    return {**defaults, **given}


def web(server: str, line: str, **settings: t.Any) -> list[str]:
    """The values after the first word of lines that begin with ``line``, in the files for a web server."""
    variables = {**(NGINX if server == "nginx" else APACHE), **settings}
    made = web_files([{"domain": "a.example"}], server, "Debian", variables, HOST)
    lines = [each for file in made["files"] for each in file.get("content", "").split("\n")]
    return [each.partition(" ")[2].rstrip(";").strip('"') for each in lines if each.startswith(line)]


def own_servers(server: str, line: str, address: str) -> list[str]:
    variables = NGINX if server == "nginx" else APACHE
    entry = {"domain": "a.example", "servers": {"primary": address, "secondary": address}}
    made = web_files([entry], server, "Debian", variables, HOST)
    lines = [each for file in made["files"] for each in file.get("content", "").split("\n")]
    return [each.partition(" ")[2].rstrip(";").strip('"') for each in lines if each.startswith(line)]


def bracketed(text: str) -> str:
    return f"[{text}]" if ":" in text else text


def site_entry(**given: t.Any) -> dict[str, t.Any]:
    (entry,) = waf_sites([{"domain": "a.example", "site_id": 1, "zone": "a.example", **given}])
    if entry["error"]:
        raise WebsecError(entry["error"]["message"])
    return entry


def restored(text: str) -> list[str]:
    kind = "AAAA" if ":" in text else "A"
    sets = site_entry(restore={"@": {kind: [text]}})["restore"]["a.example"]
    return [str(value) for value in sets[kind]["values"]]


def record(text: str) -> list[str]:
    return [parse_value(dns.rdatatype.AAAA if ":" in text else dns.rdatatype.A, text).to_text()]


def origin(text: str) -> list[str]:
    given = {name: spec.get("default") for name, spec in addon_options().options.items()}
    return [str(desired_addon({**given, "site_id": 1, "account_id": 1, "waf_origin": text}).waf_origin)]


def resolver(text: str) -> list[str]:
    with PublicResolver(text, 53, 1, 1) as made:
        return [str(each) for each in t.cast("t.Any", made)._resolver.nameservers]


def dns_server(text: str) -> list[str]:
    found = server_settings({"server": text, "port": 53, "timeout": 1, "key_name": None}).endpoint
    return [found.host]


TAKERS: dict[str, t.Callable[[str], list[str]]] = {
    "botguard_nginx_real_ip.networks": lambda text: web(
        "nginx", "set_real_ip_from", real_ip={"networks": [text], "header": "X-Real-IP"}
    ),
    "botguard_apache_real_ip.networks": lambda text: web(
        "apache", "RemoteIPTrustedProxy", real_ip={"networks": [text], "header": "X-Real-IP"}
    ),
    "botguard_nginx_primary_server": lambda text: web("nginx", "botguard_primary", primary_server=bracketed(text)),
    "botguard_nginx_secondary_server": lambda text: web("nginx", "botguard_second", secondary_server=bracketed(text)),
    "botguard_apache_primary_server": lambda text: web("apache", "GuardFirst", primary_server=bracketed(text)),
    "botguard_apache_secondary_server": lambda text: web("apache", "GuardSecond", secondary_server=bracketed(text)),
    "botguard_nginx_websites.servers": lambda text: own_servers("nginx", "botguard_primary", bracketed(text)),
    "botguard_apache_websites.servers": lambda text: own_servers("apache", "GuardFirst", bracketed(text)),
    "getSiteLockIPs": lambda text: all_networks(classes_of({"class": [{"@type": "waf", "ip": text}]})),
    "getSiteLockIPs, range": lambda text: all_networks(
        classes_of({"class": [{"@type": "waf", "ip": {"start": text, "end": text}}]})
    ),
    "sitelock_waf_addons.sites.waf_origin": origin,
    "site file: waf_origin": lambda text: [str(site_entry(waf_origin=text)["waf_origin"])],
    "site file: waf_origin with origin_name": lambda text: [
        value
        for values in site_entry(waf_origin=text, origin_name="origin")["origin_addresses"].values()
        for value in values
    ],
    "site file: restore": restored,
    "dns_new_a": lambda text: [text] if is_value("A", text) or is_value("AAAA", text) else [],
    "record sets: values": record,
    "sitelock_waf_preflight.sites.waf_origin": lambda text: [
        str(parse_sites([{"domain": "a.example", "waf_origin": text}])[0].origin)
    ],
    "sitelock_waf_preflight.cdn_addresses": lambda text: [
        str(each) for each in policy(option(cdn_addresses=[text])).cdn_networks
    ],
    "sitelock_waf_preflight.expected_servers": lambda text: [
        str(each) for each in policy(option(expected_servers=[text])).expected_servers
    ],
    "sitelock_waf_preflight.resolver": resolver,
    "rfc2136.server": dns_server,
    "rfc2136.propagation_servers": lambda text: [parse_endpoint(bracketed(text), "propagation_servers").host],
}

# Options that accept host names may output them: their characters are harmless, and no others are allowed.
HARMLESS = re.compile(r"[A-Za-z0-9_.:/\[\]-]*", re.ASCII)


def taken(taker: str, text: str) -> list[str]:
    """The outputs; none: the value was refused."""
    try:
        return TAKERS[taker](text)
    except WebsecError:
        return []


@pytest.mark.parametrize("taker", TAKERS)
class TestEverythingThatTakesAnAddress:
    @pytest.mark.parametrize("base", BASES)
    def test_an_address_comes_out(self, taker: str, base: str) -> None:
        (out,) = set(taken(taker, base))
        assert ipaddress.ip_network(out.strip("[]")) == ipaddress.ip_network(base)

    def test_hostile_texts_do_not(self, taker: str) -> None:
        for text in hostile():
            for out in taken(taker, text):
                assert HARMLESS.fullmatch(out.strip(".")), (text, out)
                address = out.strip("[]")
                if find_address(address):
                    assert str(ipaddress.ip_address(address)) == address, (text, out)
                    assert not re.search(r"(?:^|\.)0\d", text), (text, out)

    def test_a_mapped_address_is_spelled_in_one_way(self, taker: str) -> None:
        for out in taken(taker, "::ffff:192.0.2.7"):
            found = ipaddress.ip_network(out.strip("[]"))
            assert found in (ipaddress.ip_network("192.0.2.7"), ipaddress.ip_network("::ffff:192.0.2.7"))


TAKES_ADDRESSES = re.compile(r"(?:^|_)(?:servers?|networks?|address(?:es)?|resolver|origin)$")
POSTAL = {"botguard_user.address", "botguard_users.users.address", "botguard_websites.users.address"}


def options_of(prefix: str, found: dict[str, t.Any] | None) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    for name, spec in (found or {}).items():
        # The variables of a role have its name as their prefix.
        own = f"{prefix}.{name.removeprefix(prefix + '_')}"
        yield own, spec
        yield from options_of(own, spec.get("options") or spec.get("suboptions"))


def documented() -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """The options of all modules and the variables of all roles but the sandbox, with their specs."""
    for path in sorted((COLLECTION / "plugins" / "modules").glob("*.py")):
        found = re.search(r'^DOCUMENTATION = r"""(.*?)"""', path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        assert found, path
        yield from options_of(path.stem, yaml.safe_load(found[1]).get("options"))
    for path in sorted((COLLECTION / "roles").glob("*/meta/argument_specs.yml")):
        if path.parts[-3] != "sandbox":
            for spec in yaml.safe_load(path.read_text("utf-8"))["argument_specs"].values():
                yield from options_of(path.parts[-3], spec.get("options"))


def test_every_option_that_takes_an_address_is_tried() -> None:
    tried = {re.split(r"[.: ]+", taker)[-1].removeprefix("botguard_nginx_") for taker in TAKERS}
    for name, spec in documented():
        leaf = name.rpartition(".")[2]
        text = "str" in (spec.get("type"), spec.get("elements")) and "choices" not in spec
        if text and TAKES_ADDRESSES.search(leaf) and name not in POSTAL:
            assert leaf in tried or name in tried, name


def test_only_one_module_parses_addresses() -> None:
    using = {
        path.name
        for path in (COLLECTION / "plugins").rglob("*.py")
        if re.search(r"^\s*(?:import ipaddress|from ipaddress)|inet_aton|inet_pton", path.read_text("utf-8"), re.M)
    }
    assert using == {"_addresses.py"}


class TestNetworks:
    @pytest.mark.parametrize(
        ("text", "network"),
        [
            ("192.0.2.9", "192.0.2.9/32"),
            ("192.0.2.9/24", "192.0.2.0/24"),
            ("192.0.2.0/255.255.255.0", "192.0.2.0/24"),
            ("2001:DB8:0:0::/32", "2001:db8::/32"),
            ("::ffff:192.0.2.0/120", "192.0.2.0/24"),
            ("::ffff:192.0.2.9", "192.0.2.9/32"),
        ],
    )
    def test_one_spelling(self, text: str, network: str) -> None:
        assert str(parse_network(text)) == network

    @pytest.mark.parametrize(
        ("networks", "wide"),
        [
            (["0.0.0.0/0"], "IPv4"),
            (["::/0"], "IPv4"),
            (["::ffff:0:0/96"], "IPv4"),
            (["::/16"], "IPv4"),
            (["0.0.0.0/1", "128.0.0.0/1"], "IPv4"),
            (["0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/3"], "IPv4"),
            (["::/1", "8000::/1"], "IPv4"),
            (["2000::/3"], "IPv6"),
            (["2000::/4", "3000::/4"], "IPv6"),
            ([f"{start:x}::/8" for start in range(0x2000, 0x4000, 0x100)], "IPv6"),
            (["10.0.0.0/8", "172.16.0.0/12", "fc00::/7", "2001:db8::/32"], ""),
            (["0.0.0.0/2", "0.0.0.0/2", "10.0.0.0/8"], ""),
            ([], ""),
        ],
    )
    def test_everyone(self, networks: list[str], wide: str) -> None:
        problem = too_wide(map(parse_network, networks))
        assert (wide in problem) if wide else not problem

    def test_ranges(self) -> None:
        assert [str(each) for each in parse_range("192.0.2.0", "::ffff:192.0.2.3")] == ["192.0.2.0/30"]
        for first, last in (("192.0.2.9", "192.0.2.1"), ("192.0.2.1", "2001:db8::1"), ("192.0.2.1%x", "192.0.2.2")):
            with pytest.raises(ValueError, match=r"\S"):
                parse_range(first, last)


@pytest.mark.parametrize(
    ("text", "reason"), [("fe80::1%eth0", "zone index"), ("010.0.0.1", "leading zero"), ("1.2.3.4\n", "only digits")]
)
def test_a_refusal_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_address(text)


def test_mapped_addresses() -> None:
    assert str(unmapped(parse_address("::ffff:192.0.2.7"))) == "192.0.2.7"
    assert str(unmapped(parse_address("2001:db8::7"))) == "2001:db8::7"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("srv-1.botguard.example", True),
        ("_x.example.", True),
        ("localhost", True),
        ("a..b", False),
        ("-a.example", False),
        ("a.example..", False),
        ("1.2.3.256", False),
        ("127.1", False),
        ("0x7f", False),
        ("a" * 64, False),
        (".".join(["a" * 63] * 4), False),
        ("", False),
        ("a.example\n", False),
        ("é.example", False),
    ],
)
def test_host_names(text: str, name: bool) -> None:
    assert is_host_name(text) is name
