# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real browser: Debian's Chromium."""

from __future__ import annotations

import base64
import fcntl
import itertools
import json
import os
import pathlib
import select
import shutil
import subprocess
import types
import typing as t

from unit.patience import PATIENCE, wait_until

PHONE, WIDE = 360, 1280
"""Widths of screens."""


def installed_chromium() -> str:
    """The path of Chromium; it and a font are installed if they are missing."""
    if shutil.which("chromium") is None:
        become = [] if os.geteuid() == 0 else ["sudo", "-n"]
        apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        # Lists that cannot be refreshed matter only if the packages cannot be installed.
        subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, check=False, timeout=PATIENCE)
        packages = ["chromium", "fonts-dejavu-core"]
        install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
        subprocess.run(install, stdin=subprocess.DEVNULL, check=True, timeout=PATIENCE)
    found = shutil.which("chromium")
    assert found, "Debian's package chromium has no program of this name."
    return found


class Browser:
    """Chromium without a window, driven over a pair of pipes (the DevTools protocol)."""

    FLAGS = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    )

    def __init__(self, folder: pathlib.Path) -> None:
        self.events: list[dict[str, t.Any]] = []
        self._folder = folder
        self._numbers = itertools.count(1)
        self._received = b""
        self._session: str | None = None

    def __enter__(self) -> Browser:
        program = installed_chromium()
        read_there, self._write = os.pipe()
        self._read, write_there = os.pipe()
        # Chromium reads requests from descriptor 3 and writes responses to descriptor 4, so both must be free.
        there = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 10) for descriptor in (read_there, write_there)]
        command = [program, *self.FLAGS, f"--user-data-dir={self._folder / 'profile'}", "--remote-debugging-pipe"]
        with (self._folder / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["bash", "-c", f'exec "$0" "$@" 3<&{there[0]} 4>&{there[1]}', *command],
                pass_fds=there,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        for descriptor in (read_there, write_there, *there):
            os.close(descriptor)
        try:
            target = self.call("Target.createTarget", url="about:blank")["targetId"]
            self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: types.TracebackType | None,
    ) -> None:
        self._session = None
        try:
            self.call("Browser.close")
            self._process.wait(20)
        finally:
            self._stop()

    def _stop(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def call(self, method: str, **parameters: t.Any) -> dict[str, t.Any]:
        """One call of the protocol; other messages go to C(events)."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._message()
            if answer.get("id") == number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return t.cast("dict[str, t.Any]", answer["result"])
            self.events.append(answer)

    def _message(self) -> dict[str, t.Any]:
        while b"\0" not in self._received:
            ready = select.select([self._read], [], [], PATIENCE)[0]
            assert ready, "Chromium does not answer."
            piece = os.read(self._read, 1 << 20)
            assert piece, f"Chromium has ended: {(self._folder / 'chromium.log').read_text(errors='replace')}"
            self._received += piece
        message, self._received = self._received.split(b"\0", 1)
        return t.cast("dict[str, t.Any]", json.loads(message))

    def open(self, page: pathlib.Path, width: int = WIDE, *, scheme: str = "light", media: str = "") -> None:
        """Load a page from its file, on a screen of this width."""
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width == PHONE
        )
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)
        # Leave the previous page first, so that its remains do not count.
        for address in ("about:blank", page.as_uri()):
            self.events.clear()
            self.call("Page.navigate", url=address)
            while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
                self.events.append(self._message())

    def run(self, script: str) -> t.Any:
        """The value of an expression, or of its promise."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def until(self, script: str) -> None:
        """Wait until an expression is true."""
        wait_until(lambda: self.run(script), script)

    def screenshot(self) -> bytes:
        """The visible page, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    @property
    def requests(self) -> list[str]:
        sent = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    @property
    def complaints(self) -> list[dict[str, t.Any]]:
        """Errors of the script, and violations of the Content Security Policy."""
        return [
            event
            for event in self.events
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        ]
