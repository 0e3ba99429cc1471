# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The free scan: its own host, any domain, and a response that waits for the clock."""

from __future__ import annotations

import http.client
import json
import threading
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.conftest import PASSWORD, USER, escape
from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
URL = "http://plain.example/x.php"
LOGIN = f"<authentication><user>{USER}</user><password>{escape(PASSWORD)}</password></authentication>"


def document(domain: str, method: str = "scanDomain") -> bytes:
    asked = f"<{method}><domain>{domain}</domain></{method}>"
    return f"<SiteLockOnlineRequest>{LOGIN}{asked}</SiteLockOnlineRequest>".encode()


def scan(sandbox: Sandbox, domain: str) -> t.Any:
    [element] = sandbox.send("POST", "/scan/v1/partner/", document(domain)).xml
    return element


@pytest.mark.parametrize(("form", "below", "beside"), [("below_page", "{}", ""), ("beside_page", "", "{}")])
def test_setting_place_of_malware(sandbox: Sandbox, form: str, below: str, beside: str) -> None:
    sandbox.admin("POST", "settings", free_scan_form=form)
    finding = {"code": "malware_scan", "url": URL, "source": "x.php", "info": "SL-PHP-INJECTOR"}
    sandbox.admin("POST", "products", site_id="2", findings=[finding])
    data = '<malware_data><malware source="x.php"><malware_info>SL-PHP-INJECTOR</malware_info></malware></malware_data>'
    assert same(
        scan(sandbox, "www.plain.example"),
        f"""<scanDomain>
            <pages>
                <page url="http://www.plain.example/" malware="no"/>
                <page url="{URL}" malware="yes">{below.format(data)}</page>
            </pages>{beside.format(data)}
        </scanDomain>""",
    )


def test_any_domain_can_be_scanned(sandbox: Sandbox) -> None:
    page = '<page url="http://somebody-else.example/" malware="no"/>'
    assert same(scan(sandbox, "somebody-else.example"), f"<scanDomain><pages>{page}</pages></scanDomain>")
    assert scan(sandbox, "http://plain.example").findtext("error") == "Invalid domain"


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("error", "<scanDomain><error>Domain could not be scanned</error><status>error</status></scanDomain>"),
        ("empty", "<scanDomain><pages/></scanDomain>"),
    ],
)
def test_setting_response_for_an_unreachable_domain(sandbox: Sandbox, form: str, answer: str) -> None:
    sandbox.admin("POST", "settings", free_scan_failure=form)
    assert same(scan(sandbox, "nowhere.invalid"), answer)


def test_each_host_accepts_only_its_methods(sandbox: Sandbox) -> None:
    [element] = sandbox.call("<scanDomain><domain>plain.example</domain></scanDomain>").xml
    assert refusal(element) == PARSE_ERROR
    answer = sandbox.send("POST", "/scan/v1/partner/", document("plain.example", "checkDomain"))
    assert refusal(answer.xml[0]) == PARSE_ERROR
    assert sandbox.send("GET", "/scan/v1/partner/").status == 405
    assert [one["outcome"] for one in sandbox.journal()] == ["refused: this method is at another host"] * 2


def test_the_response_waits_for_the_clock(sandbox: Sandbox) -> None:
    """If the clock had no effect, the connection would time out."""
    sandbox.admin("POST", "settings", free_scan_delay=3600)
    answers: list[bytes] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=60)
        connection.request("POST", "/scan/v1/partner/", document("plain.example"))
        answers.append(connection.getresponse().read())
        connection.close()

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join(0.05)
    assert answers == []
    # It may only just have started to wait, so the clock advances until the response is there.
    while asking.is_alive():
        sandbox.admin("POST", "clock", advance=3601)
        asking.join(0.05)
    assert b'malware="no"' in answers[0]
    assert sandbox.journal()[-1]["domain"] == "plain.example"


def test_a_lost_response_and_a_busy_host(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "faults", kind="http_503", method="scanDomain")
    sandbox.admin("POST", "faults", kind="lost_answer", method="scanDomain")
    assert sandbox.send("POST", "/scan/v1/partner/", document("plain.example")).status == 503
    with pytest.raises((http.client.HTTPException, OSError)):
        scan(sandbox, "plain.example")
    assert json.dumps(sandbox.journal()).count("scanDomain") == 2
