# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import DesiredAddon
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addons import (
    addon_options,
    desired_addon,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site_ids import refuse_twice


def options(**given: t.Any) -> dict[str, t.Any]:
    """The options of one site as a module has them."""
    defaults = {name: option.get("default") for name, option in addon_options().options.items()}
    assert given.keys() <= defaults.keys()
    return {**defaults, "site_id": 5, **given}


def test_options_that_are_not_given_leave_a_property_as_it_is() -> None:
    assert desired_addon(options()) == DesiredAddon(5)


def test_all_options_are_taken() -> None:
    given: dict[str, t.Any] = {
        "account_id": 570,
        "state": "present",
        "subscription": "8765",
        "renewal_date": "2027-02-28",
        "waf_origin": "www-origin.example.com",
        "waf_force_ssl": True,
        "waf_dns_manager": "partner",
        "waf_skip_network_certificate": True,
        "force": True,
    }
    assert desired_addon(options(**given)) == DesiredAddon(site_id=5, **given)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ({"subscription": " 8765\n"}, {"subscription": "8765"}),
        ({"waf_origin": "WWW.Example.com."}, {"waf_origin": "www.example.com"}),
        ({"waf_origin": " 10.0.0.1 "}, {"waf_origin": "10.0.0.1"}),
        ({"waf_origin": "2001:DB8:0::1"}, {"waf_origin": "2001:db8::1"}),
        ({"waf_origin": "_origin.example.com"}, {"waf_origin": "_origin.example.com"}),
        ({"waf_origin": "localhost"}, {"waf_origin": "localhost"}),
        ({"state": "absent", "waf_force_ssl": True}, {"state": "absent", "waf_force_ssl": True}),
    ],
)
def test_spellings_are_made_one(given: dict[str, t.Any], taken: dict[str, t.Any]) -> None:
    assert desired_addon(options(**given)) == DesiredAddon(5, **taken)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"site_id": 0}, "site_id is 0; it must be the positive number"),
        ({"site_id": -5}, "Site -5: site_id is -5"),
        ({"account_id": 0}, "account_id is 0"),
        ({"subscription": ""}, "subscription is empty"),
        ({"subscription": "  "}, "subscription is empty"),
        ({"renewal_date": ""}, "renewal_date is ''"),
        ({"renewal_date": "01.02.2027"}, "must be a date, YYYY-MM-DD"),
        ({"renewal_date": "2027-02-29"}, "renewal_date is '2027-02-29'"),
        ({"renewal_date": "20270228"}, "must be a date, YYYY-MM-DD"),
        ({"renewal_date": "２０２７-０２-２８"}, "must be a date, YYYY-MM-DD"),
        ({"renewal_date": "2027-02-28T00:00"}, "must be a date, YYYY-MM-DD"),
        ({"waf_origin": ""}, "waf_origin is ''"),
        ({"waf_origin": "."}, "waf_origin is '.'"),
        ({"waf_origin": "a..b"}, "waf_origin is 'a..b'"),
        ({"waf_origin": "-a.example.com"}, "must be an IP address or a host name"),
        ({"waf_origin": "10.10.10"}, "must be an IP address or a host name"),
        ({"waf_origin": "10.10.10.256"}, "must be an IP address or a host name"),
        ({"waf_origin": "2001:db8:::1"}, "must be an IP address or a host name"),
        ({"waf_origin": "https://example.com"}, "must be an IP address or a host name"),
        ({"waf_origin": "example.com:8443"}, "must be an IP address or a host name"),
        ({"waf_origin": "10.0.0.1,10.0.0.2"}, "must be an IP address or a host name"),
        ({"waf_origin": f"{'a' * 64}.example.com"}, "must be an IP address or a host name"),
        ({"waf_force_ssl": True}, "waf_force_ssl requires waf_origin"),
    ],
)
def test_what_cannot_be_is_refused_with_the_name_of_the_site(given: dict[str, t.Any], told: str) -> None:
    with pytest.raises(BadInputError) as refused:
        desired_addon(options(**given))
    assert refused.value.message.startswith(f"Site {given.get('site_id', 5)}: ")
    assert told in refused.value.message


def test_sites_that_are_listed_twice_are_refused_and_named() -> None:
    refuse_twice([1, 2, 3])
    refuse_twice([])
    with pytest.raises(BadInputError, match=r"more than once: 7 in the entries 1, 5 and 6; 2 in the entries 2 and 4\."):
        refuse_twice([7, 2, 1, 2, 7, 7])
