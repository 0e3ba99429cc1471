# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Both APIs repeat the secret wherever they can, and all output and files of a run are searched for it.

Here with the ansible-core of this venv, and in C(make matrix) with all others: they mask secrets in different ways, so
the results of modules must be clean by themselves.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils import _errors
from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import ABSENT, document, method_of
from ansible_collections.hosting.websec.tests.unit.spellings import SPELLINGS, shows, twice

ROOT = pathlib.Path(_errors.__file__).parents[5]
PASSWORD = "hunter2 <&>/+%41-and-more"
KEY = "11111111-2222-3333-4444-555555555555"
FIRST = "First-<&>-Passw0rd-of-jane"
RESET = "Reset-<&>-Passw0rd-of-jane"
LOGIN = "jane@a.example"
SITE = {"zone": "a.example", "domain": "a.example"}


def spelled(secret: str) -> list[str]:
    return [spelling(secret) for spelling in SPELLINGS.values()] + [
        spelling(secret) for _name, spelling in list(twice())[::5]
    ]


def element(name: str, text: str) -> str:
    made = etree.Element(name)
    made.text = text
    return etree.tostring(made, encoding="unicode")


def of_accounts(method: str, call: t.Any) -> str | None:
    """What the API says of accounts: the account of LOGIN is new, and its order is refused; account 570 is there."""
    refused = element("error", " | ".join(spelled(PASSWORD)))
    free = "<message>domain is available</message><status>ok</status>"
    listed = '<account id="570" status="active"><site id="1090" status="active" name="b.a.example"/></account>'
    return {
        "getPlanList": '<product id="8" name="Scan" type="plan" product_category="SCAN"/>',
        "getPlanScanFrequency": refused,
        "getAccounts": listed if call.findtext("offset") == "0" else "<records>0</records>",
        "getLastAcceptedTOS": refused,
        "getStatus": refused if call.findtext(".//id") else "<error>account_id not found</error>",
        "checkLogin": "<message>login is available</message><status>ok</status>",
        "checkDomain": free if call.findtext("domain") == "new.a.example" else refused,
        # Without nested spellings, for which the whole text would be hidden.
        "provisionAccount": element("error", " | ".join(spelling(FIRST) for spelling in SPELLINGS.values())),
        "passwordReset": element("pass", RESET) + element("user", LOGIN),
    }.get(method)


def sitelock(request: Received) -> Reply:
    """Sites 1 to 5: refused with a message, failed with a message, a state that is the password, a page, an order."""
    method = method_of(request)
    call = etree.fromstring(request.body)[1]
    about_accounts = of_accounts(method, call)
    if about_accounts is not None:
        return Reply(document(f"<{method}>{about_accounts}</{method}>"))
    said = element("message", " | ".join(spelled(PASSWORD)))
    site = call.get("site_id") or call.findtext(".//site_id")
    start = f"<site_id>{site}</site_id>"
    if method == "getSiteLockIPs":
        texts = "".join(element("note", text) for text in spelled(PASSWORD))
        return Reply(
            document(f'<{method}><active><class type="waf"><n>192.0.2.0/24</n>{texts}</class></active></{method}>')
        )
    if method == "provisionAddon":
        refused = said.replace("message", "error_message")
        status = f"<addonStatus>{start}<subscription>P</subscription><status>error</status>{refused}</addonStatus>"
        return Reply(document(f"<{method}><addonStatuses>{status}</addonStatuses></{method}>"))
    return {
        "1": Reply(document(f"<{method}><status>error</status>{said}{start}</{method}>")),
        "2": Reply(document(f"<{method}>{start}<state>error</state>{said}</{method}>")),
        "3": Reply(document(f"<{method}>{start}{element('state', PASSWORD)}</{method}>")),
        "4": Reply(f"<html>{PASSWORD}</html>".encode(), 404, {"Content-Type": f"text/{spelled(PASSWORD)[10]}"}),
        "5": Reply(document(f"<{method}>{ABSENT}{start}</{method}>")),
    }[str(site)]


def botguard(request: Received) -> Reply:
    texts = spelled(KEY)
    if request.path.endswith("a.example"):
        # Names that differ in capital letters only are refused.
        names = {text.casefold(): text for text in texts}.values()
        return _json({"domain": "a.example", "status": "online", "notes": texts, **dict.fromkeys(names, 1)})
    if request.path.endswith("b.example"):
        return _json({"status": "error", "message": " | ".join(texts)}, 403)
    return _json([{"id": 1, "email": "jane@a.example", "api_key": KEY, "notes": texts}])


def _json(value: t.Any, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status, {"Content-Type": "application/json"})


PROVIDER = """
class Empty:
    def __init__(self, token):
        self.token = token

    def zones(self, names):
        return {name: "a.example" for name in names}

    def read(self, zone, record_sets):
        if zone == "b.example":
            raise PermissionError("wrong token " + self.token)
        return {}

    def change(self, zone, changes, expected):
        raise PermissionError("wrong token " + self.token)
"""
"""A custom DNS provider, without records. Its errors contain its secret."""


SHOWN = "addons, answers, websites, waf, accounts, listed, products, domains, called"


def plays(sitelock_url: str, botguard_url: str, folder: pathlib.Path) -> list[dict[str, t.Any]]:
    api = {"api_url": sitelock_url, "api_username": "me", "api_password": "{{ password }}", "retries": 0}
    entries = [{**SITE, "domain": f"s{number}.a.example", "site_id": number} for number in (1, 2, 3, 4, 5)]
    sites = [{"site_id": entry["site_id"], "subscription": "P"} for entry in entries]
    dns = {"type": "python", "class": "empty_dns.Empty", "token": "{{ key }}"}
    shop = {"api_url": botguard_url, "api_key": "{{ key }}", "retries": 0}
    tasks = [
        {
            "name": "Keep the sites",
            "hosting.websec.sitelock_waf_addons": {**api, "sites": sites, "on_error": "report"},
            "register": "addons",
        },
        {
            "name": "Check the sites",
            "hosting.websec.sitelock_anp_status": {**api, "site_id": [1, 2, 3, 4, 5], "on_error": "report"},
            "register": "answers",
        },
        {"name": "Read networks", "hosting.websec.sitelock_ips_info": api, "ignore_errors": True},
        {
            "name": "Keep the websites",
            "hosting.websec.botguard_websites": {
                **shop,
                "websites": [{"domain": name, "state": "online"} for name in ("a.example", "b.example")],
                "on_error": "report",
            },
            "register": "websites",
        },
        {
            "name": "Keep the users",
            "hosting.websec.botguard_users": {**shop, "users": [{"email": "jane@a.example"}], "on_error": "report"},
        },
        {
            "name": "Make a pass",
            "hosting.websec.sitelock_waf_sites": {
                **api,
                "sites": [
                    *({**entry, "subscription": "P"} for entry in entries),
                    {"domain": "b.example", "zone": "b.example", "site_id": 6},
                ],
                "dns": {"providers": {"own": dns}, "accept": "best_effort"},
                "preflight": False,
                "wait_propagation": 0,
                "on_error": "report",
            },
            "register": "waf",
        },
        {"name": "Show results", "ansible.builtin.debug": {"msg": f"{{{{ [{SHOWN}] }}}}"}},
        {
            "name": "Write the report",
            "ansible.builtin.include_role": {"name": "hosting.websec.fleet_report"},
            "vars": {
                "fleet_report_directory": str(folder),
                "fleet_report_rows": "{{ waf.sites }}",
                "fleet_report_accounts_rows": "{{ accounts.sites }}",
            },
        },
    ]
    order = {
        "login": LOGIN,
        "email": LOGIN,
        "name": "Jane",
        "password": "{{ first }}",
        "sites": [{"domain": "new.a.example", "subscription": "8"}],
    }
    misspelt = {**order, "login": "joe@a.example", "pasword": "{{ first }}"}
    report: dict[str, t.Any] = {**api, "on_error": "report"}
    tasks[-2:-2] = [
        {
            "name": "Keep the accounts",
            "hosting.websec.sitelock_accounts": {**report, "accounts": [order, misspelt]},
            "register": "accounts",
        },
        {
            "name": "List accounts",
            "hosting.websec.sitelock_accounts_info": {**report, "subscriptions": True, "last_accepted_tos": True},
            "register": "listed",
        },
        {
            "name": "List products",
            "hosting.websec.sitelock_plans_info": {**report, "scan_frequency": True},
            "register": "products",
        },
        {
            "name": "Look domains up",
            "hosting.websec.sitelock_domains_info": {**report, "domains": ["a.example"]},
            "register": "domains",
        },
        {
            "name": "Call a method",
            "hosting.websec.sitelock_call": {
                **api,
                "method": "getStatus",
                "parameters": {"accountInformation": {"id": 570}},
            },
            "register": "called",
            "ignore_errors": True,
        },
        {
            "name": "Set a password",
            "hosting.websec.sitelock_password_reset": {**api, "user": LOGIN},
            "no_log": True,
        },
    ]
    # Never as facts: values from users' vaults are variables like these.
    variables = {"entries": entries, "ansible_python_interpreter": sys.executable}
    return [{"hosts": "localhost", "connection": "local", "gather_facts": False, "vars": variables, "tasks": tasks}]


@pytest.fixture(name="left_behind", scope="module")
def _left_behind(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The output of a run at the highest verbosity, its log, and the files of its report."""
    folder = tmp_path_factory.mktemp("run")
    with ScriptedServer(sitelock) as partner, ScriptedServer(botguard) as shop:
        playbook = folder / "playbook.json"
        playbook.write_text(json.dumps(plays(partner.url, shop.url.removesuffix("/v1/partner"), folder / "report")))
        (folder / "empty_dns.py").write_text(PROVIDER)
        (folder / "vault.json").write_text(json.dumps({"password": PASSWORD, "key": KEY, "first": FIRST}))
        environment = {
            **{name: text for name, text in os.environ.items() if not name.startswith("ANSIBLE_")},
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT),
            "PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]),
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
            "ANSIBLE_LOG_PATH": str(folder / "log"),
            "ANSIBLE_NOCOLOR": "1",
        }
        done = subprocess.run(
            [
                str(pathlib.Path(sys.executable).with_name("ansible-playbook")),
                str(playbook),
                "-vvvv",
                "--diff",
                f"--extra-vars=@{folder / 'vault.json'}",
            ],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output[-5000:]
    return {
        "output": output,
        "log": (folder / "log").read_text(encoding="utf-8"),
        **{path.name: path.read_text(encoding="utf-8") for path in sorted((folder / "report").iterdir())},
    }


@pytest.mark.parametrize("name", ["output", "log", "fleet-report.html", "fleet-report.json"])
@pytest.mark.parametrize("secret", [PASSWORD, KEY, FIRST, RESET])
def test_no_secret_is_in_what_a_run_leaves_behind(left_behind: dict[str, str], name: str, secret: str) -> None:
    assert "a.example" in left_behind[name]
    for line in set(left_behind[name].splitlines()):
        assert not shows(line, secret), line[:2000]


def test_what_was_hidden_is_told(left_behind: dict[str, str]) -> None:
    for name in ("output", "fleet-report.html", "fleet-report.json"):
        assert "********" in left_behind[name]
    for text in ("provisionAccount: ********", "unknown keys: pasword (did you mean password?)"):
        assert text in left_behind["fleet-report.json"]
    for text in ("contains the password at state", "PermissionError: wrong token ********"):
        assert text in left_behind["fleet-report.json"]
