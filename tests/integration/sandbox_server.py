# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sandbox server as a process of its own, for tests, and its admin path."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import types
import typing as t

import requests
from integration.bind_server import free_port
from unit.patience import PATIENCE, wait_until

ROOT = pathlib.Path(os.environ.get("WEBSEC_COLLECTION_ROOT") or pathlib.Path(__file__).parents[2])

USERNAME = "partner"
PASSWORD = "s3cret-of-the-partner"
CLIENT_ID = "client-of-the-partner"
CLIENT_SECRET = "s3cret:of/the+client %"
API_KEY = "botguard-k3y-of-the-partner"


class SandboxServer:
    """``websec_sandbox`` on a free loopback port; it stops at the end of the ``with`` block.

    :param folder: of its state; started again with the same folder, it continues.
    :param dns_port: port on 127.0.0.1 of the name server that it queries.
    """

    def __init__(self, folder: pathlib.Path, dns_port: int) -> None:
        self._folder = folder
        self._dns_port = dns_port
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> SandboxServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        options = {
            "directory": str(self._folder / "state"),
            "port": str(self.port),
            "sitelock_username": USERNAME,
            "sitelock_password": PASSWORD,
            "sitelock_client_id": CLIENT_ID,
            "sitelock_client_secret": CLIENT_SECRET,
            "botguard_api_key": API_KEY,
            "dns_server": "127.0.0.1",
            "dns_port": str(self._dns_port),
        }
        environment = {**os.environ, **{f"WEBSEC_SANDBOX_{name.upper()}": value for name, value in options.items()}}
        environment["PYTHONPATH"] = str(ROOT / "roles" / "sandbox" / "files")
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-B", "-m", "websec_sandbox"], env=environment, stdout=log, stderr=log
            )
        wait_until(self._answers, "the sandbox answers")

    def _answers(self) -> bool:
        try:
            return bool(self.get("health"))
        except requests.ConnectionError:
            if self._process is not None and self._process.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text()) from None
            return False

    @property
    def pid(self) -> int:
        """Id of the running process."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=PATIENCE)
            self._process = None

    def get(self, what: str) -> dict[str, t.Any]:
        answer = requests.get(f"{self.url}/admin/{what}", timeout=PATIENCE)
        answer.raise_for_status()
        return t.cast("dict[str, t.Any]", answer.json())

    def post(self, what: str, body: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        answer = requests.post(f"{self.url}/admin/{what}", json=body, timeout=PATIENCE)
        assert answer.ok, answer.text
        return t.cast("dict[str, t.Any]", answer.json())

    def fault(self, kind: str, **where: t.Any) -> None:
        self.post("faults", {"kind": kind, **where})

    def forget_faults(self) -> None:
        requests.delete(f"{self.url}/admin/faults", timeout=PATIENCE).raise_for_status()

    def calls(self) -> list[str]:
        """The methods of all requests since the last call of this, in order."""
        entries = self.get("journal")["entries"]
        requests.delete(f"{self.url}/admin/journal", timeout=PATIENCE).raise_for_status()
        return [entry["method"] for entry in entries]

    def writes(self) -> list[str]:
        """The methods of all requests in the journal that could have changed something."""
        return [entry["method"] for entry in self.get("journal")["entries"] if entry["write"]]

    def purchases(self, site_id: int) -> list[str]:
        """The events of a site in the ledger: C(added), C(modified), C(deleted), in order."""
        entries = self.get("ledger")["entries"]
        return [entry["event"] for entry in entries if str(entry.get("site_id")) == str(site_id)]
