# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passes over a site file, as an operator runs them: the module in this process, or the playbook C(reconcile)."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import json
import os
import pathlib
import subprocess
import typing as t
from unittest import mock

import dns.message
from integration.bind_server import Key
from integration.in_process import run_tasks
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from unit.patience import wait_until

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import task
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.run import Pass

PLANS = [
    {"id": "100", "name": "Basic", "level": "basic"},
    {"id": "200", "name": "Professional", "level": "professional"},
]
ORIGIN = "192.0.2.10"
_REPORT = "sitelock_waf_report"


class NameServer(t.Protocol):
    """The server of the customers' zones."""

    address: str
    port: int

    @property
    def key(self) -> Key:
        """The key that may change the zones."""

    def query(self, name: str, rdtype: str) -> dns.message.Message:
        """A record that it serves."""


class Operator:
    """An operator who runs passes over a site file."""

    def __init__(self, sandbox: SandboxServer, server: NameServer, folder: pathlib.Path) -> None:
        self.sandbox = sandbox
        self.server = server
        self.sites: list[dict[str, t.Any]] = []
        self._folder = folder
        self.ahead = 0
        """Seconds that the clock of a pass in this process is ahead; may be negative."""

    def customer(self, domain: str, site_id: int, *, entry: dict[str, t.Any] | None = None, **at_vendor: t.Any) -> None:
        """Add a site at the vendor and in the site file.

        :param entry: more of its entry in the site file; with C(zone) C(None), each pass looks up the zone. Without
            it, the zone is the domain.
        """
        account = {"id": "570", "name": "Customers"}
        site = {"site_id": str(site_id), "account_id": "570", "domain": domain, "ssl": False, "origin": [ORIGIN]}
        self.sandbox.post("fleet", {"plans": PLANS, "accounts": [account], "sites": [{**site, **at_vendor}]})
        given = {"domain": domain, "site_id": site_id, "subscription": "200", "zone": domain, **(entry or {})}
        self.sites.append({name: value for name, value in given.items() if value is not None})

    def reconcile(self, *arguments: str, on_error: str = "report", **variables: t.Any) -> Run:
        """One pass in this process; the report is in C(values).

        :param arguments: of ansible-playbook, see ``in_process``.
        :param variables: of the role.
        """
        module = {"hosting.websec.sitelock_waf_sites": module_options(self._variables(on_error, variables))}
        with mock.patch.object(task, "Pass", functools.partial(Pass, clock=self._now)):
            run = run_tasks([{**module, "register": "pass"}], *arguments, keep=["pass"])
        return dataclasses.replace(run, values={_REPORT: (run.values["pass"] or {}).get("sites")})

    def play(self, *arguments: str, on_error: str = "report", **variables: t.Any) -> Run:
        """One pass through ansible-playbook; the report is in C(values)."""
        file = self._variables_file(on_error, variables)
        return run_plays([self._play], "-e", f"@{file}", *arguments, keep=[_REPORT])

    def begin(self, name: str, **variables: t.Any) -> subprocess.Popen[bytes]:
        """A pass in the background; its output is in the file C(<name>.log)."""
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
        """Wait until the sandbox has processed a request of a pass, whether its response arrived or not.

        :param event: as in the ledger: C(added), C(deleted).
        """
        wait_until(lambda: event in self.sandbox.purchases(site_id), f"site {site_id} is {event}")

    def output(self, name: str) -> str:
        """The output of a background pass."""
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

    @property
    def api(self) -> dict[str, t.Any]:
        """How to reach the sandbox."""
        return {
            "api_url": f"{self.sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "retries": 0,
            "timeout": 10,
        }

    _play: t.ClassVar[dict[str, t.Any]] = {"import_playbook": "hosting.websec.reconcile"}

    def _variables_file(
        self, on_error: str, variables: dict[str, t.Any], folder: pathlib.Path | None = None
    ) -> pathlib.Path:
        file = (folder or self._folder) / "variables.json"
        file.write_text(json.dumps(self._variables(on_error, variables)))
        return file

    def variables(self, **variables: t.Any) -> dict[str, t.Any]:
        """Of the role, for a playbook that runs elsewhere."""
        return self._variables("report", variables)

    def _variables(self, on_error: str, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        """Of the role."""
        return {
            "sitelock_waf_sites": self.sites,
            # All these customers are new at the same time.
            "sitelock_waf_max_orders": 1000,
            "sitelock_waf_on_error": on_error,
            "sitelock_waf_api": self.api,
            "sitelock_waf_preflight_options": {"resolver": self.server.address, "resolver_port": self.server.port},
            "dns_records_rfc2136": self.connection,
            **variables,
        }

    def _now(self) -> datetime.datetime:
        return datetime.datetime.now(tz=datetime.timezone.utc) + datetime.timedelta(seconds=self.ahead)

    def later(self, *, hours: float = 0, seconds: int = 0) -> None:
        """Advance the clocks of the sandbox and of passes in this process."""
        seconds += round(hours * 3600)
        self.ahead += seconds
        self.sandbox.post("clock", {"advance": seconds})


def module_options(variables: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The module options that the role makes of its variables, as far as the tests set them."""
    given = dict(variables)
    dns = dict(given.pop("sitelock_waf_dns", None) or given["dns_records_rfc2136"])
    given.pop("dns_records_rfc2136")
    options = {name.removeprefix("sitelock_waf_"): value for name, value in given.items()}
    options.update(options.pop("api"))
    if "wait_propagation" in dns:
        options["wait_propagation"] = dns.pop("wait_propagation")
    return {**options, "dns": dns}


def rows(run: Run) -> list[dict[str, t.Any]]:
    assert run.values.get(_REPORT) is not None, run.output
    return t.cast("list[dict[str, t.Any]]", run.values[_REPORT])
