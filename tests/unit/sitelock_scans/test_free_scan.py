# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The free scan of many domains."""

from __future__ import annotations

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.reference import GET_SITELOCK_IPS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import SCAN_DOMAIN
from ansible_collections.hosting.websec.plugins.modules import sitelock_free_scan_info
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection
from ansible_collections.hosting.websec.tests.unit.sitelock_scans.tasks import Tasks


@pytest.fixture(name="scan")
def _scan(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return Tasks(sitelock_free_scan_info, monkeypatch, scan_timeout=60)


# The example of the page, which is cut off after its first link.
EXAMPLE = """<scanDomain>
        <pages>
            <page url="http://www.example.com/" malware="no" />
            <page url="http://www.example.com/th1s_1s_a_4o4.html" malware="yes">
            <malware_data>
                <malware source="sitelock_sig">
                <malware_info>SiteLock-JS-SEOSPAM</malware_info>
                </malware>
            </malware_data>
            <link url="http://www.example.com/th1s_1s_a_4o4.html" malware="yes" malware_source="sitelock_sig" type="internal" source="html">
            <malware_data>
                <malware source="sitelock_sig">
                <malware_info>SiteLock-JS</malware_info>
                </malware>
            </malware_data>
            </link>
            </page>
        </pages>
    </scanDomain>"""  # noqa: E501  # word for word
CLEAN = '<scanDomain><pages><page url="http://www.clean.example/" malware="no"/></pages></scanDomain>'


def vendor(_method: str, element: etree._Element) -> str | Reply:
    return {"example.com": EXAMPLE, "broken.example": Reply(fault="close")}.get(element.findtext("domain") or "", CLEAN)


def test_the_example_is_read(scan: Tasks) -> None:
    result = scan(vendor, check_mode=False, domains=["example.com"])
    assert scan.sent == ["<scanDomain><domain>example.com</domain></scanDomain>"]
    (row,) = result["domains"]
    assert (row["scanned"], row["malware"], row["failed"]) == (True, True, False)
    assert row["malware_names"] == ["SiteLock-JS", "SiteLock-JS-SEOSPAM"]
    assert row["malware_urls"] == ["http://www.example.com/th1s_1s_a_4o4.html"]
    assert row["pages"][0] == {"url": "http://www.example.com/", "malware": False, "malware_names": []}
    assert row["answer"]["pages"]["page"][1]["link"]["@malware_source"] == "sitelock_sig"
    assert result["changed"] is False


def test_many_domains_each_once_and_one_that_fails_costs_no_other_one(scan: Tasks) -> None:
    domains = ["Clean.example", "broken.example", "not a domain", "example.com", "clean.example"]
    result = scan(vendor, check_mode=False, domains=domains, retries=3)
    assert [(row["domain"], row["malware"], row["failed"]) for row in result["domains"]] == [
        ("clean.example", False, False),
        ("broken.example", None, True),
        ("not a domain", None, True),
        ("example.com", True, False),
        ("clean.example", False, False),
    ]
    assert len(scan.sent) == 3
    assert result["domains"][1]["error"]["hint"].startswith("Run again to scan it once more.")


@pytest.mark.parametrize(
    ("pages", "malware"),
    [
        ("", None),
        ('<page url="x"/>', None),
        ('<page url="x" malware="maybe"/><page url="y" malware="no"/>', None),
        ('<page url="x" malware="maybe"/><page url="y" malware="YES"/>', True),
    ],
)
def test_no_malware_is_only_what_each_page_says(scan: Tasks, pages: str, malware: bool | None) -> None:
    answer = f"<scanDomain><pages>{pages}</pages></scanDomain>"
    (row,) = scan(lambda *_: answer, check_mode=False, domains=["a.example"])["domains"]
    assert (row["failed"], row["malware"]) == (False, malware)


def test_check_mode_scans_nothing(scan: Tasks) -> None:
    result = scan(vendor, check_mode=True, domains=["example.com", "not a domain"])
    first, second = result["domains"]
    assert (first["scanned"], first["malware"], first["failed"], scan.sent) == (False, None, False, [])
    assert second["failed"]


def test_the_scan_has_a_time_limit_of_its_own(scan: Tasks, monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[object] = []
    create = SiteLockClient.from_options
    monkeypatch.setattr(
        SiteLockClient,
        "from_options",
        classmethod(lambda _cls, options, **more: (limits.append(options["timeout"]), create(options, **more))[1]),
    )
    scan(vendor, check_mode=False, domains=["a.example"], timeout=5, scan_timeout=60)
    assert limits == [60]
    with pytest.raises(BadInputError, match="scan_timeout is 0"):
        scan(vendor, check_mode=False, domains=["a.example"], scan_timeout=0)


def test_the_vendor_has_another_host_for_it_and_a_relay_gets_all_calls() -> None:
    own = "https://relay.example/v1/partner"
    for url, host in (("https://api.sitelock.com/v1/partner", "https://scan.sitelock.com/v1/partner/"), (own, own)):
        with SiteLockClient.from_options(connection(url), read_only=True) as client:
            assert client._http_of(SCAN_DOMAIN)._url == host
    options = {**connection(own), "scan_url": "https://scan.relay.example/scan/"}
    with SiteLockClient.from_options(options, read_only=True) as client:
        assert client._http_of(SCAN_DOMAIN)._url == "https://scan.relay.example/scan"
        assert client._http_of(GET_SITELOCK_IPS)._url == own
    with pytest.raises(BadInputError, match="scan_url is plain http"):
        SiteLockClient.from_options({**options, "scan_url": "http://scan.relay.example/"}, read_only=True)
