# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of the files of a fleet: every problem of every entry, where it is, and nothing that a run accepts."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._botguard.hosting import read_entries as read_websites
from ansible_collections.hosting.websec.plugins.module_utils._entries_file import read_entries_file
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_accounts.entry_checks import screened
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files import reading
from ansible_collections.hosting.websec.plugins.plugin_utils._fleet_files.check import (
    FleetFile,
    Report,
    check_files,
    problem_line,
)

NOW = datetime.datetime(2026, 11, 29, 12, tzinfo=datetime.timezone.utc)

Checker = t.Callable[..., Report]


@pytest.fixture(name="check")
def _check(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Checker:
    """Checks files with these texts, by their names."""
    monkeypatch.chdir(tmp_path)

    def check(texts: dict[str, str], **variables: str) -> Report:
        for name, text in texts.items():
            pathlib.Path(name).write_text(text, encoding="utf-8")
        return check_files([FleetFile(name, variables.get(name.partition(".")[0])) for name in texts], NOW)

    return check


def places(report: Report) -> list[tuple[str, int | None, t.Any, str]]:
    return [(row["file"], row["line"], row["entry"], row["key"]) for row in report.problems]


def lines(report: Report) -> str:
    return "\n".join(map(problem_line, report.problems))


GOOD = {
    "sites.yml": """\
sitelock_waf_sites:
  - domain: shop.example
    site_id: 442989
    subscription: "8765"
    waf_origin: 192.0.2.10
    policy: [base, shop]
    renewal_date: 2027-01-01
    restore: {"@": {A: [192.0.2.9], ttl: 300}, www: {CNAME: shop.example}}
  - {domain: blog.other.example, zone: other.example, aliases: [www], origin_name: www-origin, waf_origin: 192.0.2.1}
""",
    "policies.yml": """\
sitelock_waf_policies:
  base: {rules: {ddos: on, sql_injection: block_request}, ip_block: {exact: [203.0.113.0/24]}}
  shop: {ip_block: {present: [198.51.100.7]}, geo_block: {exact: {countries: ["NO"], continents: []}}}
sitelock_waf_certificates:
  Shop.example.: {certificate_file: /not/here.pem, private_key_file: /not/here.key}
""",
    "customers.yml": """\
sitelock_accounts:
  - {login: jane.doe, email: jane@shop.example, name: Jane, password: !vault "$ANSIBLE_VAULT;1.1;AES256 00",
     sites: [{domain: shop.example, subscription: 8765, addons: [{subscription: 5, count: 2}]}]}
""",
    "products.yml": """\
sitelock_products:
  - {site_id: 442989, domain: shop.example, scan_frequency: daily, smart: {frequency: daily, exclude_dirs: []}}
""",
    "websites.yml": """\
botguard_websites:
  - {domain: shop.example, state: online, user_email: jane@shop.example, web_host: web1}
""",
}


def test_files_without_problems(check: Checker) -> None:
    report = check(GOOD)
    assert lines(report) == ""
    assert report.checked == {
        "sitelock_waf_sites": 2,
        "sitelock_waf_policies": 2,
        "sitelock_waf_certificates": 1,
        "sitelock_accounts": 1,
        "sitelock_products": 1,
        "botguard_websites": 1,
    }


def test_every_problem_of_every_entry_of_a_site_file(check: Checker) -> None:
    report = check(
        {
            "sites.yml": """\
sitelock_waf_sites:
  - domain: a.example
    subscripton: "8765"
    ttl: x
    ssl: "yes"
    waf_origin: http://a
  - {domain: not a domain, ttl: 0}
  - just text
  - {ttl: 300}
  - domain: b.example
    aliases: [5]
"""
        }
    )
    assert places(report) == [
        ("sites.yml", 3, 1, "subscripton"),
        ("sites.yml", 4, 1, "ttl"),
        ("sites.yml", 5, 1, "ssl"),
        ("sites.yml", 6, 1, "waf_origin"),
        ("sites.yml", 7, 2, "domain"),
        ("sites.yml", 7, 2, "ttl"),
        ("sites.yml", 8, 3, ""),
        ("sites.yml", 9, 4, ""),
        ("sites.yml", 11, 5, "aliases"),
    ]
    assert (
        "sites.yml:3: entry 1: a.example: unknown keys in the entry: subscripton (did you mean subscription?)"
        in lines(report)
    )


def test_every_problem_of_a_policy(check: Checker) -> None:
    report = check(
        {
            "policies.yml": """\
sitelock_waf_policies:
  shop:
    ip_blok: {}
    rules:
      ddos: b lock
      sql_injection: 5 5
    ip_block:
      exact:
        - 192.0.2.1
        - 1.2.3.4.5
        - 7
    cdn: {cache300x: maybe, minify_js: true}
    bypass: {}
    exceptions: {ddos: {exact: [{ips: [x]}, {}]}}
  other: nothing
  broken: {ip_block: {exact: [192.0.2.1], present: [192.0.2.2]}, certificate: {certificat_file: x}}
"""
        }
    )
    assert places(report) == [
        ("policies.yml", 3, "shop", "ip_blok"),
        ("policies.yml", 5, "shop", "rules.ddos"),
        ("policies.yml", 6, "shop", "rules.sql_injection"),
        ("policies.yml", 10, "shop", "ip_block.exact[1]"),
        ("policies.yml", 11, "shop", "ip_block.exact[2]"),
        ("policies.yml", 12, "shop", "cdn.minify_js"),
        ("policies.yml", 12, "shop", "cdn.cache300x"),
        ("policies.yml", 13, "shop", "bypass"),
        ("policies.yml", 14, "shop", "exceptions.ddos.exact[0].ips[0]"),
        ("policies.yml", 15, "other", ""),
        ("policies.yml", 16, "broken", "ip_block"),
        ("policies.yml", 16, "broken", "certificate.certificat_file"),
    ]


def test_every_problem_of_an_account(check: Checker) -> None:
    report = check(
        {
            "customers.yml": """\
sitelock_accounts:
  - login: jane
    emial: jane@a.example
    country: de
    sites:
      - {domain: a.example, subscription: 5, bundle: 6, amount: "5,0"}
      - {domain: nothing}
      - {domain: b.example, addons: [{subscription: 5, count: 0}, {subscription: 5}]}
  - {}
  - {login: longenough, state: gone, force: maybe, sites: [{}]}
"""
        }
    )
    of_the_first = [
        ("customers.yml", 2, 1, "login"),
        ("customers.yml", 4, 1, "country"),
        ("customers.yml", 6, 1, "sites[0].amount"),
        ("customers.yml", 6, 1, "sites[0].bundle"),
        ("customers.yml", 7, 1, "sites[1].domain"),
        ("customers.yml", 8, 1, "sites[2].addons[0].count"),
        ("customers.yml", 8, 1, "sites[2].addons"),
    ]
    # An unknown key costs no other problem its report. A value of another type is told first, as a run does.
    assert places(report) == [
        of_the_first[0],
        ("customers.yml", 3, 1, "emial"),
        *of_the_first[1:],
        ("customers.yml", 9, 2, ""),
        ("customers.yml", 10, 3, "state"),
        ("customers.yml", 10, 3, "force"),
        ("customers.yml", 10, 3, "sites[0].domain"),
    ]
    fixed = pathlib.Path("customers.yml").read_text(encoding="utf-8").replace("emial", "email")
    assert places(check({"customers.yml": fixed}))[:7] == of_the_first
    # That nothing identifies the account follows from the key that is misspelt.
    slip = check({"customers.yml": "sitelock_accounts: [{logn: customer1}]"})
    assert places(slip) == [("customers.yml", 1, 1, "logn")]


def test_every_problem_of_products_and_websites(check: Checker) -> None:
    report = check(
        {
            "products.yml": """\
sitelock_products:
  - {site_id: 5, smart: {docrot: /x, frequency: dayly, port: 99999}, scan_frequency: dayly}
  - {smart: {frequency: daily}}
  - {site_id: 7, domain: a.example}
  - {site_id: 8, domain: a.example}
""",
            "websites.yml": """\
botguard_websites:
  - {domain: a.example, state: on, user_email: 5, user: 4.5}
  - {domain: a.example}
  - {domain: b_c}
""",
        }
    )
    assert places(report) == [
        ("products.yml", 2, 1, "smart.docrot"),
        ("products.yml", 2, 1, "smart.frequency"),
        ("products.yml", 2, 1, "smart.port"),
        ("products.yml", 2, 1, "scan_frequency.frequency"),
        ("products.yml", 3, 2, ""),
        ("products.yml", 4, 3, "domain"),
        ("products.yml", 5, 4, "domain"),
        ("websites.yml", 1, None, "domain"),
        ("websites.yml", 2, 1, "state"),
        ("websites.yml", 2, 1, "user_email"),
        ("websites.yml", 2, 1, "user"),
        ("websites.yml", 4, 3, "domain"),
    ]


def test_what_several_entries_claim(check: Checker) -> None:
    report = check(
        {
            "sites.yml": """\
sitelock_waf_sites:
  - {domain: a.example, site_id: 1}
  - {domain: A.example., site_id: 2}
  - {domain: c.example, site_id: 1, ttl: x}
  - {domain: d.example, aliases: [x]}
  - {domain: x.d.example}
""",
            "customers.yml": """\
sitelock_accounts:
  - {login: customer1, sites: [{domain: a.example}]}
  - {login: Customer1, sites: [{domain: b.example}]}
  - {login: customer3, sites: [{domain: b.example}]}
""",
        }
    )
    assert places(report) == [
        ("customers.yml", 2, 1, "login"),
        ("customers.yml", 3, 2, "login"),
        ("customers.yml", 3, 2, "sites"),
        ("customers.yml", 4, 3, "sites"),
        ("sites.yml", 2, 1, "site_id"),
        ("sites.yml", 2, 1, "domain"),
        ("sites.yml", 3, 2, "domain"),
        ("sites.yml", 4, 3, "ttl"),
        ("sites.yml", 4, 3, "site_id"),
        ("sites.yml", 5, 4, "aliases"),
        ("sites.yml", 6, 5, "aliases"),
    ]


IN_TWO_FILES = {
    "domain": (
        "sitelock_waf_sites: [{domain: Bücher.example}]",
        "sitelock_waf_sites: [{domain: xn--bcher-kva.example.}]",
    ),
    "site_id": (
        "sitelock_waf_sites: [{domain: a.example, site_id: 5}]",
        'sitelock_waf_sites: [{domain: b.example, site_id: "5"}]',
    ),
    "aliases": (
        "sitelock_waf_sites: [{domain: a.example, aliases: [WWW]}]",
        "sitelock_waf_sites: [{domain: b.a.example, zone: a.example, aliases: [www.a.example]}]",
    ),
    "login": ("sitelock_accounts: [{login: customer1}]", "sitelock_accounts: [{login: Customer1}]"),
    "sites": (
        "sitelock_accounts: [{login: customer1, sites: [{domain: a.example}]}]",
        "sitelock_accounts: [{login: customer2, sites: [{domain: A.example}]}]",
    ),
    "domain ": ("sitelock_products: [{domain: a.example}]", "sitelock_products: [{domain: A.example}]"),
    "domain  ": ("botguard_websites: [{domain: a.example}]", "botguard_websites: [{domain: A.example}]"),
    "email": ("botguard_websites_users: [{email: a@b.example}]", "botguard_websites_users: [{email: A@b.example}]"),
    "": ("sitelock_waf_policies: {shop: {}}", "sitelock_waf_policies: {shop: {rules: {ddos: auto}}}"),
    " ": ("sitelock_waf_certificates: {a.example: {}}", "sitelock_waf_certificates: {A.example.: {}}"),
}


@pytest.mark.parametrize("key", IN_TWO_FILES)
def test_what_entries_of_two_files_claim(check: Checker, key: str) -> None:
    first, second = IN_TWO_FILES[key]
    report = check({"first.yml": first, "second.yml": second})
    found = [row for row in report.problems if "is also in" in row["message"]]
    assert [(row["file"], row["line"], row["key"]) for row in found] == [
        ("first.yml", 1, key.strip()),
        ("second.yml", 1, key.strip()),
    ]
    assert found[0]["message"].endswith("is also in second.yml:1.")
    if key.strip() == "domain":
        assert found[0]["message"].startswith("the domain ")
    # A file is no other one because it is named twice.
    assert not [row for row in check_files([FleetFile("first.yml")] * 2, NOW).problems if "also" in row["message"]]


def test_a_template_in_two_files_claims_nothing(check: Checker) -> None:
    texts = {
        f"{name}.yml": f'sitelock_accounts: [{{login: customer-{name}, name: "{{{{ owner }}}}"}}]' for name in "ab"
    }
    report = check(texts)
    assert lines(report) == ""
    assert "sitelock_accounts is in a.yml and b.yml. For a host Ansible takes only one of them." in report.notes


def test_many_entries_for_one_domain_are_few_in_a_message(check: Checker) -> None:
    report = check({"sites.yml": "sitelock_waf_sites:\n" + "  - {domain: a.example}\n" * 200})
    assert len(report.problems) == 200
    assert "20 (a.example) and 180 more of the site file claim it" in report.problems[0]["message"]


def test_every_problem_of_sub_accounts(check: Checker) -> None:
    report = check(
        {
            "users.yml": """\
botguard_websites_users:
  - {email: jane@a.example, frist_name: Jane, country: DEU}
  - {email: nobody, lang: [de]}
  - {first_name: Jane}
  - just text
  - {email: Jane@a.example, company: 5}
"""
        }
    )
    assert places(report) == [
        ("users.yml", 1, None, "email"),
        ("users.yml", 2, 1, "frist_name"),
        ("users.yml", 2, 1, "country"),
        ("users.yml", 3, 2, "lang"),
        ("users.yml", 3, 2, "email"),
        ("users.yml", 4, 3, ""),
        ("users.yml", 5, 4, ""),
    ]
    assert "frist_name (did you mean first_name?)" in lines(report)
    assert "unknown variable botguard_users (did you mean botguard_websites_users?)" not in lines(report)


def test_names_of_policies(check: Checker) -> None:
    sites = "sitelock_waf_sites: [{domain: a.example, policy: shopp}, {domain: b.example, policy: [base, shop]}]"
    alone = check({"sites.yml": sites})
    assert not alone.problems
    assert alone.notes == ["sites.yml: no file has sitelock_waf_policies, so the names of policies were not checked."]
    # Each is right by itself.
    policies = """\
sitelock_waf_policies:
  base: {bypass: {status: "on", until: 2026-12-24T18:00:00Z}}
  shop: {bypass: {status: "off"}}
"""
    both = check({"sites.yml": sites, "policies.yml": policies})
    assert [(row["entry"], row["key"]) for row in both.problems] == [(1, "policy"), (2, "policy")]
    assert "there is no policy shopp (did you mean shop?)" in lines(both)
    assert "until is given with status off" in lines(both)


def test_a_certificate_of_no_site(check: Checker) -> None:
    report = check(
        {
            "sites.yml": "sitelock_waf_sites: [{domain: a.example}]",
            "certificates.yml": "sitelock_waf_certificates:\n  b.example: {private_key_fil: /x}",
        }
    )
    assert places(report) == [
        ("certificates.yml", 2, "b.example", "private_key_fil"),
        ("certificates.yml", 2, "b.example", ""),
    ]


def test_keys_that_are_there_twice(check: Checker) -> None:
    report = check(
        {
            "sites.yml": """\
sitelock_waf_sites:
  - domain: a.example
    subscription: "1"
    subscription: "2"
other: 1
other: 2
""",
            "sites.json": '{"sitelock_waf_sites": [{"domain": "b.example", "ttl": 1, "ttl": 2}]}',
        }
    )
    assert places(report) == [
        ("sites.json", None, None, "ttl"),
        ("sites.yml", 4, 1, "subscription"),
        ("sites.yml", 6, None, "other"),
    ]
    assert "It is also in line 3." in lines(report)


def test_a_merge_key_is_no_duplicate(check: Checker) -> None:
    assert not check(
        {"sites.yml": "base: &b {ttl: 60}\nsitelock_waf_sites:\n  - {<<: *b, domain: a.example, ttl: 300}\n"}
    ).problems


BAD_FILES = {
    "is empty": ("", None),
    "is empty ": ("---\n# nothing\n", None),
    "is encrypted with Ansible Vault, and no password opens it": ("$ANSIBLE_VAULT;1.1;AES256\n3132\n", None),
    "is not valid YAML: did not find expected": ("sitelock_waf_sites:\n  - {domain: a.example\n  - x: [\n", 3),
    "is not valid YAML: could not determine a constructor": ("sitelock_waf_sites:\n  - !python/name:os.system x\n", 2),
    "is not valid YAML: day is out of range": ("sitelock_waf_sites:\n  - {renewal_date: 2026-02-30}", 2),
    "is not valid YAML: a number has too many digits": (f"sitelock_waf_sites:\n  - ttl: {'9' * 5000}\n", 2),
    "It is a tab. Indent with spaces.": ("sitelock_waf_sites:\n\t- {domain: a.example}\n", 2),
    "It is a tab. Indent with spaces. ": ("# ü\nsitelock_waf_sites:\n  - domain: a.example\n\tttl: 5\n", 4),
    "expected a single document in the stream, but found another document": ("x: 1\n---\nx: 2\n", 2),
    "is not text in UTF-8": ("x: 1\ns\0i\0t\0e\0", 2),
    "its YAML anchors repeat more than 5,000,000 values": (
        "a0: &a0 {k: v}\n"
        + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 20)}]}}\n" for n in range(1, 9))
        + "sitelock_waf_sites: [{domain: a.example, policy: *a8}]\n",
        5,
    ),
    "is not a mapping of variables": ("- {domain: a.example}\n", None),
    "is not a mapping of variables ": ("just text", None),
    "has none of the variables": ("x: 1\n", None),
    "unknown variable sitelock_waf_site (did you mean sitelock_waf_sites?)": ("x: 1\nsitelock_waf_site: []\n", 2),
    "sitelock_waf_sites has no value; write [] if it is meant so": ("sitelock_waf_sites:\n", 1),
    "sitelock_waf_sites must be a list": ("sitelock_waf_sites: {a.example: {}}\n", 1),
    "sitelock_waf_policies must be a mapping": ("sitelock_waf_policies: []\n", 1),
    "nested too deeply": ("[" * 100_000, 1),
}


@pytest.mark.parametrize("told", BAD_FILES)
def test_a_file_that_cannot_be_checked(check: Checker, told: str) -> None:
    text, line = BAD_FILES[told]
    report = check({"sites.yml": text, "fine.yml": "sitelock_waf_sites: [{domain: a.example}]"})
    assert [(row["file"], row["line"]) for row in report.problems] == [("sites.yml", line)]
    assert told.strip() in lines(report)
    # The other file is checked all the same.
    assert report.checked == {"sitelock_waf_sites": 1}


def test_what_is_no_file(check: Checker, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "latin.yml").write_bytes(b"x: 1\ny: \xff\n")
    (tmp_path / "large.yml").write_bytes(b"#" * 2000)
    (tmp_path / "broken.json").write_text('{"a": 1}\n}')
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    names = ["pipe.yml", "latin.yml", "large.yml", "broken.json", "missing.yml", "."]
    assert {
        row["file"]: (row["line"], row["message"]) for row in check_files(list(map(FleetFile, names)), NOW).problems
    } == {
        "pipe.yml": (None, "it is not a file."),
        "latin.yml": (2, "it is not text in UTF-8."),
        "large.yml": (None, "it is larger than 0 MiB."),
        "broken.json": (2, "it is not valid JSON: Extra data."),
        "missing.yml": (None, "it cannot be read: No such file or directory."),
        ".": (None, "it is not a file."),
    }


def test_a_number_of_thousands_of_digits_in_json(check: Checker) -> None:
    report = check(
        {
            "sites.json": '{"sitelock_waf_sites": [{"domain": "a.example", "ttl": ' + "9" * 5000 + "}]}",
            "fine.yml": "sitelock_waf_sites: [{domain: b.example}]",
        }
    )
    assert lines(report) == "sites.json: it is not valid JSON: a number has too many digits."
    assert report.checked == {"sitelock_waf_sites": 1}


LISTS = {
    # No template is rendered in it, so this is no domain.
    "'{{ name }}' is not a domain name": "- domain: '{{ name }}'\n",
    "!vault is known only in files of variables": "- {domain: a.example, ttl: !vault x}\n",
    "!unsafe is known only in files of variables": "- {domain: !unsafe a.example}\n",
    "does not contain a list of entries. Write a list, or a mapping with the list as sitelock_waf_sites": "sites: []\n",
    "A run cannot read it either: it reads this file without a password": "$ANSIBLE_VAULT;1.1;AES256\n3132\n",
}


@pytest.mark.parametrize("told", LISTS)
def test_a_plain_list_is_read_as_a_run_reads_it(check: Checker, told: str) -> None:
    pathlib.Path("list.yml").write_text(LISTS[told], encoding="utf-8")
    file = FleetFile("list.yml", "sitelock_waf_sites", may_be_encrypted=False)
    report = check_files([file], NOW)
    assert told in lines(report)
    assert report.notes == []
    if "$ANSIBLE_VAULT" not in LISTS[told]:
        entries = read_site_file("list.yml") if "list of entries" not in told and "!" not in told else None
        if entries is not None:
            assert prepare(entries, [], Defaults(), need_site_id=False)[0]["error"] is not None
            return
    with pytest.raises(BadInputError):
        read_site_file("list.yml")


def read_site_file(path: str) -> list[t.Any]:
    """As the module does."""
    return read_entries_file(path, "sites_file", "sitelock_waf_sites")


def test_a_list_of_products_is_no_mapping(check: Checker) -> None:
    report = check({"products.yml": "sitelock_products: [{site_id: 5}]"}, products="sitelock_products")
    assert "a run takes only a plain list of entries from such a file" in lines(report)


@pytest.mark.parametrize("text", ['[{"domain": "a.example"}]', "- domain: a.example\r\n"])
def test_a_byte_order_mark_is_no_problem(check: Checker, text: str) -> None:
    name = "list.json" if text.startswith("[") else "list.yml"
    pathlib.Path(name).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read_site_file(name) == [{"domain": "a.example"}]
    report = check_files([FleetFile(name, "sitelock_waf_sites")], NOW)
    assert (lines(report), report.checked) == ("", {"sitelock_waf_sites": 1})


def test_a_plain_list_needs_its_variable(check: Checker) -> None:
    text = '[{"domain": "a.example", "ttl": "x"}]'
    report = check({"fleet.json": text}, fleet="sitelock_waf_sites")
    assert places(report) == [("fleet.json", None, 1, "ttl")]
    assert problem_line(report.problems[0]).startswith("fleet.json: entry 1: a.example: ttl is 'x'")


def test_templates_are_unknown_values_and_are_not_rendered(check: Checker) -> None:
    report = check(
        {
            "sites.yml": """\
sitelock_waf_sites:
  - {domain: "{{ lookup('pipe', 'touch rendered') }}", ttl: x}
  - {domain: a.example, ttl: "{{ ttl }}", ssl: "{{ ssl }}", subscripton: "{{ plan }}"}
  - {domain: b.example, policy: "{{ policy }}", aliases: ["{{ alias }}", 5]}
  - "{{ site }}"
sitelock_accounts: "{{ customers }}"
sitelock_waf_policies:
  shop: {ip_block: "{{ blocked }}", cdn: {cache300x: "{% if x %}"}, rules: {ddos: "b lock"}}
"""
        }
    )
    assert places(report) == [
        ("sites.yml", 2, 1, "ttl"),
        ("sites.yml", 3, 2, "subscripton"),
        ("sites.yml", 8, "shop", "rules.ddos"),
    ]
    assert (
        report.notes
        == [
            "sites.yml: sitelock_accounts is a template or encrypted. It was not checked.",
            "sites.yml: 1 entry of sitelock_waf_policies has templates or encrypted values, which were not checked.",
            "sites.yml: 4 entries of sitelock_waf_sites have templates or encrypted values, which were not checked.",
        ]
        or len(report.notes) == 3
    )
    assert not pathlib.Path("rendered").exists()


def test_secrets_are_not_shown(check: Checker) -> None:
    report = check(
        {
            "secret.yml": """\
sitelock_accounts:
  - {login: customer1, password: [hunter2hunter2], pasword: hunter2hunter2}
sitelock_products:
  - {site_id: 5, smart: {frequency: daily, ftp_pw: 20220202202, passwort: hunter2hunter2}}
sitelock_waf_certificates:
  a.example: {private_key: hunter2hunter2, privat_key: hunter2hunter2}
  b.example: hunter2hunter2
"""
        }
    )
    assert len(report.problems) == 6
    assert "hunter2" not in json.dumps(report.problems)
    assert "20220202202" not in json.dumps(report.problems)


def test_a_file_that_contains_itself(check: Checker) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh")
    )
    report = check(
        {
            "sites.yml": f"{bomb}sitelock_waf_sites: [{{domain: a.example, aliases: *h}}]\n",
            "loop.yml": "sitelock_waf_sites: [&x {domain: a.example, restore: *x}]\n",
        }
    )
    assert [row["file"] for row in report.problems] == ["loop.yml", "sites.yml"]
    assert "Check the YAML anchors" in lines(report)


# ---- one rule in one place: what a run refuses, and what it accepts


@pytest.mark.parametrize(
    "entry",
    [
        {"domain": "a.example", "ttl": "x"},
        {"domain": "a.example", "zone": "b.example"},
        {"domain": "a.example", "zone": "a.example", "apex": False},
        {"domain": "a.example", "waf_force_ssl": True},
        {"domain": "a.example", "zone": "a.example", "restore": {"www": {"A": ["x"]}}},
        {"domain": "a.example", "origin_name": "www-origin", "waf_origin": "b.example", "zone": "a.example"},
    ],
)
def test_the_first_problem_of_a_site_is_the_error_of_a_run(check: Checker, entry: dict[str, t.Any]) -> None:
    (row,) = prepare([entry], [], Defaults(), need_site_id=False)
    assert row["error"] is not None
    found = check({"sites.json": json.dumps({"sitelock_waf_sites": [entry]})}).problems
    assert found[0]["message"] == row["error"]["message"]
    assert found[0]["hint"] == row["error"]["hint"]


def test_the_first_problem_of_an_account_is_the_error_of_a_run(check: Checker) -> None:
    entry = {"login": "customer1", "sites": [{"domain": "a.example", "stat": 1, "force": "x"}]}
    _entries, errors = screened([entry])
    found = check({"accounts.json": json.dumps({"sitelock_accounts": [entry]})}).problems
    assert [row["message"] for row in found][:1] == [errors["1"]["message"]]
    assert len(found) == 2


def test_the_problems_of_websites_are_the_error_of_a_run(check: Checker) -> None:
    entries = [{"domain": "a.example", "stat": "x"}, {"domain": "b.example", "state": 5}]
    with pytest.raises(BadInputError) as refused:
        read_websites(entries)
    found = check({"websites.json": json.dumps({"botguard_websites": entries})}).problems
    assert " ".join(row["message"] for row in found) == refused.value.message


def test_a_site_without_a_zone_may_be_at_an_apex_or_not(check: Checker) -> None:
    report = check(
        {
            "sites.yml": """\
sitelock_waf_sites:
  - {domain: shop.example.co.uk, restore: {www: {CNAME: x.example}}, aliases: [www.example.co.uk, www]}
  - {domain: blog.example.com}
  - {domain: www.blog.example.com}
"""
        }
    )
    assert lines(report) == ""
