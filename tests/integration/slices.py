# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Slices of a job, as AWX makes them, each run as AWX's mesh runs it: ``ansible-runner transmit | worker | process``.

Each worker is in a network namespace of its own. It can reach only the API and the name server there.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import subprocess
import time
import typing as t

from integration.bind_server import BindServer
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from integration.tunnel import OuterEnd, in_namespace
from unit.patience import PATIENCE

_ASKED = re.compile(rb'<getAnpProvisioningStatus site_id="(\d+)"')
_ORDERED = re.compile(rb"<provisionAddon>.*?</provisionAddon>", re.DOTALL)
_SITE = re.compile(rb"<site_id>(\d+)</site_id>")
Hosts = dict[str, dict[str, t.Any]]


def hosts_of_inventory(sandbox: SandboxServer, folder: pathlib.Path, **options: t.Any) -> Hosts:
    """The answer of the inventory plugin: host variables by host."""
    file = folder / "fleet.sitelock.yml"
    file.write_text(json.dumps({"plugin": "hosting.websec.sitelock", **options}))
    done = subprocess.run(
        ["ansible-inventory", "-i", str(file), "--list"],
        env={**os.environ, **credentials(sandbox)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    # External data is marked, so that it is never used as a template. AWX keeps the plain values.
    found = json.loads(done.stdout, object_hook=lambda mapping: mapping.get("__ansible_unsafe", mapping))
    return t.cast("Hosts", found["_meta"]["hostvars"])


def credentials(sandbox: SandboxServer) -> dict[str, str]:
    return {
        "SITELOCK_API_URL": f"{sandbox.url}/v1/partner",
        "SITELOCK_API_USERNAME": USERNAME,
        "SITELOCK_API_PASSWORD": PASSWORD,
    }


def divided(hosts: Hosts, slices: int) -> list[Hosts]:
    """As AWX slices an inventory: every n-th host of the sorted names."""
    names = sorted(hosts)
    return [{name: hosts[name] for name in names[first::slices]} for first in range(slices)]


class Slice:
    """One part of a job. ``asked`` and ``ordered`` are the sites in the calls of its worker, with repetitions."""

    def __init__(
        self, folder: pathlib.Path, hosts: Hosts, sandbox: SandboxServer, bind: BindServer, **variables: t.Any
    ) -> None:
        self._folder = folder
        self._sandbox, self._bind = sandbox, bind
        self._process: subprocess.Popen[bytes] | None = None
        self._stack = contextlib.ExitStack()
        self._sent: OuterEnd | None = None
        self.seconds = 0.0
        job = folder / "job"
        for name in ("env", "inventory", "project"):
            (job / name).mkdir(parents=True)
        (job / "inventory" / "hosts.json").write_text(json.dumps({"sitelock_sites": {"hosts": hosts}}))
        playbook = [{"name": "A slice", "ansible.builtin.import_playbook": "hosting.websec.reconcile_hosts"}]
        (job / "project" / "protect_hosts.yml").write_text(json.dumps(playbook))
        (job / "env" / "envvars").write_text(json.dumps(credentials(sandbox)))
        dns = {
            "server": bind.address,
            "port": bind.port,
            "key_name": bind.key.name,
            "key_secret": bind.key.secret,
        }
        (job / "env" / "extravars").write_text(json.dumps({"dns_records_rfc2136": dns, **variables}))

    @property
    def asked(self) -> list[int]:
        return [int(site) for site in _ASKED.findall(self._seen())]

    @property
    def ordered(self) -> list[int]:
        return [int(site) for order in _ORDERED.findall(self._seen()) for site in _SITE.findall(order)]

    def _seen(self) -> bytes:
        assert self._sent is not None
        return bytes(self._sent.sent)

    def transmit(self) -> None:
        """The output of the control node."""
        with (self._folder / "transmitted").open("wb") as stream:
            subprocess.run(
                ["ansible-runner", "transmit", str(self._folder / "job"), "-p", "protect_hosts.yml"],
                stdout=stream,
                timeout=PATIENCE,
                check=True,
            )

    def start(self) -> None:
        """The worker, in a namespace of its own."""
        ways = {server.port: self._folder / name for name, server in (("api", self._sandbox), ("dns", self._bind))}
        ends = {port: self._stack.enter_context(OuterEnd(path, port)) for port, path in ways.items()}
        self._sent = ends[self._sandbox.port]
        command = in_namespace(ways, ["ansible-runner", "worker", "--private-data-dir", str(self._folder / "worker")])
        self._started = time.perf_counter()
        with (
            (self._folder / "transmitted").open("rb") as given,
            (self._folder / "returned").open("wb") as stream,
            (self._folder / "errors").open("wb") as errors,
        ):
            self._process = subprocess.Popen(command, stdin=given, stdout=stream, stderr=errors)

    def finish(self) -> tuple[str, str]:
        """Wait for the worker, and process what it returned as the control node does: status and output."""
        assert self._process is not None
        self._process.wait(timeout=PATIENCE)
        self.seconds = time.perf_counter() - self._started
        self._stack.close()
        with (self._folder / "returned").open("rb") as given:
            done = subprocess.run(
                ["ansible-runner", "process", str(self._folder / "job"), "-i", "this"],
                stdin=given,
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
        status = self._folder / "job" / "artifacts" / "this" / "status"
        return status.read_text() if status.exists() else "none", done.stdout + done.stderr


def run(slices: t.Sequence[Slice]) -> list[tuple[str, str]]:
    """All slices side by side."""
    for each in slices:
        each.transmit()
    for each in slices:
        each.start()
    return [each.finish() for each in slices]
