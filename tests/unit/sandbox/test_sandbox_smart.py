# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMART, SMART Patch and SMART Database."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import SITE, ask, found, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
ACCESS = "<ftp_host>ftp.plain.example</ftp_host><ftp_user>web</ftp_user><ftp_pw>first-password</ftp_pw>"
FTP_SETTINGS = f"<ftp_settings>{ACCESS}</ftp_settings>"


def configure(sandbox: Sandbox, content: str = ACCESS) -> None:
    assert ask(sandbox, "modifySMART", content).findtext("status") == "ok"


def error(answer: t.Any) -> str:
    return str(refusal(answer)[1])


# SMART


def test_smart_is_returned_as_written(sandbox: Sandbox) -> None:
    answer = ask(
        sandbox,
        "modifySMART",
        f"<docroot>/htdocs</docroot><exclude_dirs>/a</exclude_dirs><exclude_dirs>/b</exclude_dirs>"
        f"<exclude_exts>zip,gz</exclude_exts><exclude_files>x.php</exclude_files><frequency>weekly</frequency>{ACCESS}"
        "<ftp_timeout>3600</ftp_timeout><protocol>sftp</protocol><parallel>2</parallel><auto_fix>fix</auto_fix>",
    )
    assert same(answer, "<modifySMART><status>ok</status></modifySMART>")
    answer = ask(sandbox, "getSMART")
    made = answer.findtext("created_at")
    documented = f"""<getSMART>
        <id>300001</id><auto_fix>fix</auto_fix><created_at>{made}</created_at><docroot>/htdocs</docroot><error_str/>
        <exclude_dirs>/a</exclude_dirs><exclude_dirs>/b</exclude_dirs><exclude_exts>zip,gz</exclude_exts>
        <exclude_files>x.php</exclude_files><frequency>weekly</frequency><ftp_host>ftp.plain.example</ftp_host>
        <ftp_timeout>3600</ftp_timeout><ftp_user>web</ftp_user>"""
    inferred = "<parallel>2</parallel><port>22</port><protocol>sftp</protocol>"
    assert same(answer, f"{documented}{inferred}</getSMART>")
    sandbox.admin("POST", "settings", smart_elements="documented")
    assert same(ask(sandbox, "getSMART"), f"{documented}</getSMART>")
    assert refusal(ask(sandbox, "modifySMART", "<auto_fix>warn</auto_fix>")) == PARSE_ERROR


def test_passwords_are_stored_as_digests_and_never_shown(sandbox: Sandbox) -> None:
    configure(sandbox)
    shown = [sandbox.send("GET", f"/admin/{path}").body for path in ("state", "products", "journal")]
    shown.append(sandbox.call(f"<getSMART><site_id>{SITE}</site_id></getSMART>").body)
    assert not any(b"first-password" in one for one in shown)
    before = sandbox.admin("GET", f"products?site_id={SITE}")["smart"]["ftp_pw_sha256"]
    configure(sandbox, "<ftp_pw>another</ftp_pw>")
    after = sandbox.admin("GET", f"products?site_id={SITE}")["smart"]
    assert after["ftp_pw_sha256"] not in ("", before)
    assert after["ftp_host"] == "ftp.plain.example"


def test_every_call_generates_a_key(sandbox: Sandbox) -> None:
    configure(sandbox, "<ftp_host>h.example</ftp_host><ftp_user>web</ftp_user><gen_ssh_key>yes</gen_ssh_key>")
    first = ask(sandbox, "getSMART").findtext("ssh_pub_key")
    configure(sandbox, "<gen_ssh_key>no</gen_ssh_key>")
    assert ask(sandbox, "getSMART").findtext("ssh_pub_key") == first
    configure(sandbox, "<gen_ssh_key>yes</gen_ssh_key>")
    second = ask(sandbox, "getSMART").findtext("ssh_pub_key")
    assert (first or "").startswith("ssh-ed25519 ")
    assert first != second


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("empty", "<getSMART/>"),
        (
            "blank",
            "<getSMART><id/><auto_fix/><docroot/><frequency/><ftp_host/><ftp_user/></getSMART>",
        ),
        ("error", "<getSMART><error>SMART is not configured</error><status>error</status></getSMART>"),
    ],
)
def test_setting_response_before_the_first_configuration(sandbox: Sandbox, form: str, answer: str) -> None:
    sandbox.admin("POST", "settings", unconfigured=form)
    assert same(ask(sandbox, "getSMART"), answer)


@pytest.mark.parametrize(
    ("form", "first", "later"),
    [("first", False, True), ("always", False, False), ("none", True, True)],
)
def test_setting_required_elements(sandbox: Sandbox, form: str, first: bool, later: bool) -> None:
    sandbox.admin("POST", "settings", product_required=form)
    daily = "<frequency>daily</frequency>"
    assert (ask(sandbox, "modifySMART", daily).findtext("status") == "ok") == first
    configure(sandbox, f"{ACCESS}{daily}<docroot>/</docroot><ftp_timeout>1800</ftp_timeout>")
    assert (ask(sandbox, "modifySMART", daily).findtext("status") == "ok") == later


@pytest.mark.parametrize(("form", "kept"), [("keep", ["/a"]), ("default", [])])
def test_setting_omitted_elements_of_products(sandbox: Sandbox, form: str, kept: list[str]) -> None:
    configure(sandbox, f"{ACCESS}<exclude_dirs>/a</exclude_dirs>")
    sandbox.admin("POST", "settings", product_omitted=form)
    configure(sandbox, "<frequency>monthly</frequency>")
    answer = ask(sandbox, "getSMART")
    assert found(answer, "exclude_dirs") == kept
    assert (answer.findtext("ftp_host") == "ftp.plain.example") == (form == "keep")


@pytest.mark.parametrize(("form", "cleared"), [("clear", True), ("refuse", False)])
def test_setting_effect_of_an_empty_element(sandbox: Sandbox, form: str, cleared: bool) -> None:
    configure(sandbox, f"{ACCESS}<exclude_dirs>/a</exclude_dirs><exclude_exts>zip</exclude_exts>")
    sandbox.admin("POST", "settings", empty_values=form)
    answer = ask(sandbox, "modifySMART", "<exclude_dirs/><exclude_exts/>")
    assert (answer.findtext("status") == "ok") == cleared
    assert (answer.find("error") is None) == cleared
    shown = ask(sandbox, "getSMART")
    assert (shown.find("exclude_dirs") is None, shown.find("exclude_exts") is None) == (cleared, cleared)


@pytest.mark.parametrize(
    ("form", "taken"), [("any", {"protocol", "ftp_type"}), ("protocol", {"protocol"}), ("ftp_type", {"ftp_type"})]
)
def test_setting_name_of_the_protocol(sandbox: Sandbox, form: str, taken: set[str]) -> None:
    configure(sandbox)
    sandbox.admin("POST", "settings", smart_protocol=form)
    answers = {name: ask(sandbox, "modifySMART", f"<{name}>ftps</{name}>") for name in ("protocol", "ftp_type")}
    assert {name for name, answer in answers.items() if answer.findtext("status") == "ok"} == taken
    assert ask(sandbox, "getSMART").findtext("protocol") == "ftps"


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("status", "<modifySMART><status>ok</status></modifySMART>"),
        ("message", "<modifySMART><message>OK</message><status>ok</status></modifySMART>"),
        ("empty", "<modifySMART/>"),
    ],
)
def test_setting_response_to_a_changed_product(sandbox: Sandbox, form: str, answer: str) -> None:
    sandbox.admin("POST", "settings", product_answer=form)
    assert same(ask(sandbox, "modifySMART", ACCESS), answer)


@pytest.mark.parametrize(
    ("form", "status", "answer"),
    [
        ("status", 200, "<getSMART><error>Site Not Found</error><status>error</status></getSMART>"),
        ("text", 500, "<getSMART><error>Site Not Found</error></getSMART>"),
        ("code", 500, '<getSMART><error code="-1">Site Not Found</error></getSMART>'),
    ],
)
def test_setting_form_of_product_errors(sandbox: Sandbox, form: str, status: int, answer: str) -> None:
    sandbox.admin("POST", "settings", product_errors=form)
    reply = sandbox.call("<getSMART><site_id>99</site_id></getSMART>")
    assert reply.status == status
    assert same(reply.xml[0], answer)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("<ftp_host>http://host.example</ftp_host>", "Invalid ftp_host"),
        ("<port>65536</port>", "Invalid port"),
        ("<exclude_dirs>/a/../b</exclude_dirs>", "Invalid exclude_dirs"),
    ],
)
def test_invalid_values_are_refused(sandbox: Sandbox, content: str, message: str) -> None:
    configure(sandbox)
    assert error(ask(sandbox, "modifySMART", content)) == message


@pytest.mark.parametrize("content", ["", "<frequency>hourly</frequency>", "<protocol>http</protocol>", "<x>1</x>"])
def test_undocumented_requests_are_refused(sandbox: Sandbox, content: str) -> None:
    assert refusal(ask(sandbox, "modifySMART", content)) == PARSE_ERROR


@pytest.mark.parametrize(("form", "refused"), [("any", False), ("bought", True)])
def test_setting_products_require_a_plan(sandbox: Sandbox, form: str, refused: bool) -> None:
    sandbox.admin("POST", "settings", product_sites=form)
    assert (ask(sandbox, "getSMART").findtext("error") == "Product not found") == refused
    assert (ask(sandbox, "getBackupSettings").findtext("error") == "Product not found") == refused
    sandbox.admin(
        "POST",
        "fleet",
        plans=[{"id": "8", "type": "plan"}],
        sites=[
            {
                "site_id": "20",
                "account_id": "570",
                "domain": "paid.example",
                "plan": {"subscription": "8"},
                "addons": [{"subscription": "7"}],
            }
        ],
    )
    assert ask(sandbox, "getSMART", site_id="20").find("error") is None
    assert ask(sandbox, "getBackupSettings", site_id="20").find("error") is None


@pytest.mark.parametrize(("form", "shown"), [("empty", [""]), ("absent", [])])
def test_setting_smart_error_code_without_an_error(sandbox: Sandbox, form: str, shown: list[str]) -> None:
    sandbox.admin("POST", "settings", smart_error=form)
    configure(sandbox)
    assert found(ask(sandbox, "getSMART"), "error_str") == shown


def test_a_failed_sign_in_is_reported_until_the_password_is_right(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "products", site_id=SITE, ftp_password="right")
    configure(sandbox)
    assert ask(sandbox, "getSMART").findtext("error_str") == "530 Login incorrect."
    configure(sandbox, "<ftp_pw>right</ftp_pw>")
    assert ask(sandbox, "getSMART").findtext("error_str") == ""
    sandbox.admin("POST", "products", site_id=SITE, ftp_error="Connection refused")
    assert ask(sandbox, "getSMART").findtext("error_str") == "Connection refused"


# SMART Patch


def test_smart_patch_needs_smart(sandbox: Sandbox) -> None:
    fix = "<auto_fix_app>fix</auto_fix_app>"
    assert error(ask(sandbox, "modifySMARTPatch", fix)) == "SMART must be configured first"
    configure(sandbox)
    documented = "<getSMARTPatch><auto_fix_app>{}</auto_fix_app><feature_status>fix</feature_status></getSMARTPatch>"
    assert same(ask(sandbox, "getSMARTPatch"), documented.format("warn"))
    assert ask(sandbox, "modifySMARTPatch", fix).findtext("status") == "ok"
    assert same(ask(sandbox, "getSMARTPatch"), documented.format("fix"))


def test_setting_fix_is_refused(sandbox: Sandbox) -> None:
    configure(sandbox)
    sandbox.admin("POST", "products", site_id=SITE, smart_patch={"feature_status": "warn"})
    assert error(ask(sandbox, "modifySMARTPatch", "<auto_fix_app>fix</auto_fix_app>")) == "Feature not permitted"
    assert ask(sandbox, "modifySMARTPatch", "<auto_fix_app>ignore</auto_fix_app>").findtext("status") == "ok"


# SMART Database


def test_smart_database_needs_smart(sandbox: Sandbox) -> None:
    assert error(ask(sandbox, "modifySMARTDatabase", "<malware>fix</malware>")) == "SMART must be configured first"
    configure(sandbox)
    content = f"{FTP_SETTINGS}<malware>fix</malware>"
    assert ask(sandbox, "modifySMARTDatabase", content).findtext("status") == "ok"
    assert same(
        ask(sandbox, "getSMARTDatabase"),
        """<getSMARTDatabase>
            <ftp_settings><ftp_host>ftp.plain.example</ftp_host><ftp_user>web</ftp_user><port>21</port>
                <protocol>ftp</protocol><status>active</status></ftp_settings>
            <malware>fix</malware><spam_code>warn</spam_code><spam_link>warn</spam_link>
        </getSMARTDatabase>""",
    )


def test_smart_database_without_a_setting_is_refused(sandbox: Sandbox) -> None:
    configure(sandbox)
    assert refusal(ask(sandbox, "modifySMARTDatabase")) == PARSE_ERROR
    assert refusal(ask(sandbox, "modifySMARTDatabase", "<malware>ignore</malware>")) == PARSE_ERROR


# State


def test_products_survive_a_restart(make_sandbox: t.Callable[[], Sandbox], fleet: dict[str, t.Any]) -> None:
    sandbox = make_sandbox()
    sandbox.admin("POST", "fleet", **fleet)
    configure(sandbox)
    sandbox.close()
    again = make_sandbox()
    assert ask(again, "getSMART").findtext("ftp_host") == "ftp.plain.example"


def test_a_fleet_can_have_products(sandbox: Sandbox) -> None:
    site = {"site_id": "20", "account_id": "570", "domain": "paid.example"}
    sandbox.admin("POST", "fleet", sites=[{**site, "products": {"smart": {"frequency": "monthly"}}}])
    assert ask(sandbox, "getSMART", site_id="20").findtext("frequency") == "monthly"
    wrong = sandbox.send("POST", "/admin/fleet", b'{"sites": [{"site_id": "1", "products": {"smart": {"x": 1}}}]}')
    assert wrong.status == 400


@pytest.mark.parametrize(
    "wanted",
    [
        {"site_id": "99"},
        {"site_id": SITE, "colour": 1},
        {"site_id": SITE, "smart": {"colour": 1}},
        {"site_id": SITE, "ftp_error": 1},
        {"site_id": SITE, "smart_patch": {"auto_fix_app": "x"}},
        {"site_id": SITE, "shield": {"color": "green"}},
        {"site_id": SITE, "ssl_hosts": [1]},
        {"site_id": SITE, "backups": [1]},
    ],
)
def test_an_invalid_outside_change_changes_nothing(sandbox: Sandbox, wanted: dict[str, t.Any]) -> None:
    answer = sandbox.send("POST", "/admin/products", json.dumps(wanted).encode())
    assert answer.status == 400
    assert sandbox.admin("GET", "products") == {"products": {}}


def test_an_outside_change_removes_smart(sandbox: Sandbox) -> None:
    configure(sandbox)
    assert sandbox.admin("POST", "products", site_id=SITE, smart=None)["smart"] is None
    assert same(ask(sandbox, "getSMART"), "<getSMART/>")
