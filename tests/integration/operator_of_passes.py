# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Somebody who runs passes of the playbook C(reconcile) over a site file."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time
import typing as t

import dns.message
from integration.bind_server import Key
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

PLANS = [
    {"id": "100", "name": "Basic", "level": "basic"},
    {"id": "200", "name": "Professional", "level": "professional"},
]
ORIGIN = "192.0.2.10"


class NameServer(t.Protocol):
    """Where the zones of the customers are."""

    address: str
    port: int

    @property
    def key(self) -> Key:
        """Of somebody who may change the zones."""

    def query(self, name: str, rdtype: str) -> dns.message.Message:
        """What it answers."""


class Operator:
    """Somebody who runs passes over a site file."""

    def __init__(self, sandbox: SandboxServer, server: NameServer, folder: pathlib.Path) -> None:
        self.sandbox = sandbox
        self.server = server
        self.sites: list[dict[str, t.Any]] = []
        self._folder = folder

    def customer(self, domain: str, site_id: int, *, entry: dict[str, t.Any] | None = None, **at_vendor: t.Any) -> None:
        """A site that exists at the vendor and in the site file.

        :param entry: more of its entry in the site file; with C(zone) C(None), each pass looks for the zone. Without it
            the zone is the domain.
        """
        account = {"id": "570", "name": "Customers"}
        site = {"site_id": str(site_id), "account_id": "570", "domain": domain, "ssl": False, "origin": [ORIGIN]}
        self.sandbox.post("fleet", {"plans": PLANS, "accounts": [account], "sites": [{**site, **at_vendor}]})
        given = {"domain": domain, "site_id": site_id, "subscription": "200", "zone": domain, **(entry or {})}
        self.sites.append({name: value for name, value in given.items() if value is not None})

    def reconcile(self, *arguments: str, on_error: str = "report", **variables: t.Any) -> Run:
        """One pass; the report is in C(values)."""
        file = self._variables_file(on_error, variables)
        return run_plays([self._play], "-e", f"@{file}", *arguments, keep=["sitelock_waf_report"])

    def begin(self, name: str, **variables: t.Any) -> subprocess.Popen[bytes]:
        """A pass that runs while the test goes on; its output is in the file C(<name>.log)."""
        folder = self._folder / name
        folder.mkdir()
        playbook, log = folder / "playbook.json", self._folder / f"{name}.log"
        playbook.write_text(json.dumps([self._play]))
        file = self._variables_file("report", variables, folder)
        environment = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_NOCOLOR": "1"}
        with log.open("wb") as output:
            return subprocess.Popen(
                ["ansible-playbook", str(playbook), "-e", f"@{file}"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_for(self, site_id: int, event: str) -> None:
        """Until the sandbox has done what a request of a pass wants, whether it was answered or not.

        :param event: as in the ledger: C(added), C(deleted).
        """
        deadline = time.monotonic() + 60
        while event not in self.sandbox.purchases(site_id):
            assert time.monotonic() < deadline, f"{event} did not happen"
            time.sleep(0.1)

    def output(self, name: str) -> str:
        """What a pass that was begun has printed."""
        return (self._folder / f"{name}.log").read_text()

    def state_record(self, domain: str) -> str | None:
        """The text at C(_websec.<domain>)."""
        answer = self.server.query(f"_websec.{domain}", "TXT").answer
        if not answer:
            return None
        (value,) = answer[0]
        return b"".join(value.strings).decode()

    @property
    def connection(self) -> dict[str, t.Any]:
        """C(dns_records_rfc2136) for the name server of this test."""
        return {
            "server": self.server.address,
            "port": self.server.port,
            "key_name": self.server.key.name,
            "key_secret": self.server.key.secret,
            "key_algorithm": self.server.key.algorithm,
        }

    _play: t.ClassVar[dict[str, t.Any]] = {"import_playbook": "hosting.websec.reconcile"}

    def _variables_file(
        self, on_error: str, variables: dict[str, t.Any], folder: pathlib.Path | None = None
    ) -> pathlib.Path:
        given = {
            "sitelock_waf_sites": self.sites,
            # These customers all come at once.
            "sitelock_waf_max_orders": 1000,
            "sitelock_waf_on_error": on_error,
            "sitelock_waf_api": {
                "api_url": f"{self.sandbox.url}/v1/partner",
                "api_username": USERNAME,
                "api_password": PASSWORD,
                "retries": 0,
                "timeout": 10,
            },
            "sitelock_waf_preflight_options": {"resolver": self.server.address, "resolver_port": self.server.port},
            "dns_records_rfc2136": self.connection,
            **variables,
        }
        file = (folder or self._folder) / "variables.json"
        file.write_text(json.dumps(given))
        return file

    def later(self, hours: float) -> None:
        self.sandbox.post("clock", {"advance": int(hours * 3600)})


def rows(run: Run) -> list[dict[str, t.Any]]:
    assert "sitelock_waf_report" in run.values, run.output
    return t.cast("list[dict[str, t.Any]]", run.values["sitelock_waf_report"])
