# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role C(fleet_report) through the real ansible-playbook, and its page in a real browser (Debian's Chromium)."""

from __future__ import annotations

import base64
import collections.abc
import fcntl
import itertools
import json
import os
import pathlib
import select
import shutil
import struct
import subprocess
import time
import types
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.playbook import Run, run_plays, run_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

Row = dict[str, t.Any]

TIME = "2026-11-03T14:00:00Z"
SEES_TXT = "the certificate authority to see the TXT record (up to 24 h)"
SEES_DNS = "SiteLock to see the A/CNAME records (up to 24 h)"
PHONE, WIDE = 360, 1280
MANY = 10_000


# Rows


def row(domain: str, site_id: int, state: str | None = "ready", **fields: t.Any) -> Row:
    """A row of C(sitelock_waf_report) about which there is nothing to say, but for the given fields."""
    nothing = {"state_before": state, "since": None, "steps": [], "waiting_for": None, "changed": False, "notes": []}
    return {"domain": domain, "site_id": site_id, "state": state, **nothing, "error": None, **fields}


def error(kind: str, message: str, hint: str, code: str | None = None, extended_code: str | None = None) -> Row:
    codes = {"code": code, "extended_code": extended_code}
    return {"kind": kind, **codes, "message": message, "hint": hint, "http_status": None}


FLEET = [
    row("ready.example", 1, since="2026-05-02T10:00:00Z"),
    row(
        "validated.example",
        2,
        "pending-domain-validation",
        state_before="absent",
        since="2026-11-03T13:58:00Z",
        steps=["provisionAddon", "publish TXT"],
        waiting_for=SEES_TXT,
        changed=True,
    ),
    row(
        "slow.example",
        3,
        "pending-domain-validation",
        since="2026-11-01T08:00:00Z",
        waiting_for=SEES_TXT,
        notes=["The domain has been validated for more than 36 hours. Ask SiteLock's support."],
    ),
    row("retried.example", 4, "pending-retry", since="2026-10-30T14:00:00Z", waiting_for="SiteLock, which tries again"),
    row("stuck.example", 5, "error", since="2026-10-28T09:12:00Z", waiting_for="a person: Origin does not answer"),
    row(
        "basic.example",
        6,
        "absent",
        error=error("rejected", "Site 6: Site requires SSL.", "Choose a higher plan.", "AEX", "3003"),
    ),
    row(
        "bought-or-not.example",
        7,
        None,
        state_before="absent",
        error=error("outcome_unknown", "Site 7: the answer did not arrive.", "Look at the site in the dashboard."),
    ),
    *(
        row(
            f"wave{number:02d}.example", 100 + number, "pending-dns", since="2026-11-03T02:15:00Z", waiting_for=SEES_DNS
        )
        for number in range(14)
    ),
]

PWNED = "document.title = 'pwned'"
HOSTILE = [
    row(f"<script>{PWNED}</script>.example", 1, "<b>bold</b>", waiting_for=f"</td></table><script>{PWNED}</script>"),
    row("quoted.example", 2, 'x" onmouseover="alert(1)', steps=[f'<svg onload="{PWNED}">'], changed=True),
    row(
        "broken.example",
        3,
        None,
        error=error(
            f'<img src=x onerror="{PWNED}">', f"</script></style><script>{PWNED}</script>", "{{ 7 * 7 }}", "&lt;"
        ),
        notes=["{{ lookup('pipe', 'id') }}", "right \u202e to left", "bell \x07"],
    ),
]


def large_fleet() -> list[Row]:
    """Ten thousand sites, as they are after a wave of orders."""
    kinds: list[Row] = [
        {},
        {},
        {
            "state": "pending-dns",
            "waiting_for": SEES_DNS,
            "changed": True,
            "steps": ["provisionAddon", "change A/CNAME"],
        },
        {"state": None, "error": error("rejected", "Site requires SSL.", "Choose a higher plan.", "AEX", "3003")},
    ]
    return [
        row(f"customer-{number:05d}.example", number, **{"since": "2026-11-01T08:00:00Z", **kinds[number % 4]})
        for number in range(MANY)
    ]


# Playbooks


def report_tasks(rows_file: pathlib.Path, rows: list[Row], folder: pathlib.Path, **variables: t.Any) -> list[Row]:
    """Tasks that report C(rows) into C(folder). They come from a file, as strangers' texts that are no templates."""
    rows_file.write_text(json.dumps(rows))
    return [
        {
            "name": "Be the pass",
            "ansible.builtin.set_fact": {
                "sitelock_waf_report": f"{{{{ lookup('ansible.builtin.file', '{rows_file}') | from_json }}}}"
            },
        },
        {
            "name": "Report",
            "ansible.builtin.include_role": {"name": "hosting.websec.fleet_report"},
            "vars": {"fleet_report_directory": str(folder), **variables},
        },
    ]


class Reporter:
    """Somebody who runs the role again and again into one folder."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.page = folder / "report" / "fleet-report.html"
        self.data = folder / "report" / "fleet-report.json"
        self._rows_file = folder / "rows.json"

    def run(self, rows: list[Row], *arguments: str, **variables: t.Any) -> Run:
        tasks = report_tasks(self._rows_file, rows, self.page.parent, **variables)
        return run_tasks(tasks, *arguments, keep=["fleet_report_summary"])

    @property
    def document(self) -> dict[str, t.Any]:
        return t.cast("dict[str, t.Any]", json.loads(self.data.read_text(encoding="ascii")))


@pytest.fixture
def reporter(tmp_path: pathlib.Path) -> Reporter:
    return Reporter(tmp_path)


def test_the_files_and_the_terminal(reporter: Reporter) -> None:
    first = reporter.run(FLEET, fleet_report_time=TIME)
    assert first.recap["failed"] == 0
    assert first.recap["changed"] == 3  # the folder, the page, the data
    assert [path.stat().st_mode & 0o777 for path in (reporter.page, reporter.data)] == [0o640, 0o640]
    assert "[WARNING]" not in first.output

    document = reporter.document
    assert document["time"] == TIME
    assert document["summary"] == first.values["fleet_report_summary"]
    assert (document["summary"]["sites"], document["summary"]["attention"]) == (len(FLEET), 4)
    assert [concern["domains"] for concern in document["attention"]] == [
        ["bought-or-not.example"],
        ["stuck.example"],
        ["basic.example"],
        ["slow.example"],
    ]
    assert [site["domain"] for site in document["sites"]] == sorted(each["domain"] for each in FLEET)

    told = " ".join(first.output.split())
    assert "21 sites. Need a person: 4. Waiting: 17. Changed: 1." in told
    table = told[told.index("site state since") :]
    in_order = ("bought-or-not.example", "stuck.example", "basic.example", "slow.example", "retried.example", "wave00")
    places = [table.index(domain) for domain in in_order]
    assert places == sorted(places)
    assert "basic.example: Site 6: Site requires SSL. Choose a higher plan." in table
    assert "slow.example: The domain has been validated for more than 36 hours." in table
    assert "ready.example" not in table


def test_from_pass_to_pass(reporter: Reporter) -> None:
    """The clock alone is no change; check mode writes nothing unless it is told to."""
    nowhere = reporter.run(FLEET, "--check")
    assert nowhere.recap["changed"] == 1  # the folder
    assert not reporter.page.parent.exists()

    reporter.run(FLEET, fleet_report_time=TIME, fleet_report_show="none")
    page = reporter.page.read_text(encoding="utf-8")

    unchanged = reporter.run(FLEET, "--diff", fleet_report_show="none")
    assert unchanged.recap["changed"] == 0
    assert reporter.document["time"] > TIME
    assert reporter.page.read_text(encoding="utf-8") != page  # An old page means that no pass was made.

    reporter.data.write_text(reporter.data.read_text(encoding="ascii").replace('"wave00.example"', '"gone.example"', 1))
    before = [path.read_bytes() for path in (reporter.page, reporter.data)]
    moved = [{**FLEET[0], "state": "error"}, *FLEET[1:]]
    checked = reporter.run(moved, "--check", "--diff")
    assert checked.recap["changed"] == 2
    assert "Would be changed: 1." in " ".join(checked.output.split())
    lines = [line for line in checked.output.splitlines() if line.startswith(("+    {", "-    {"))]
    assert [line[0] for line in lines if '"domain": "ready.example"' in line] == ["-", "+"]
    assert "<!DOCTYPE" not in checked.output
    assert [path.read_bytes() for path in (reporter.page, reporter.data)] == before

    written = reporter.run(FLEET, "--check", fleet_report_write_in_check_mode=True, fleet_report_show="none")
    assert written.recap["changed"] == 2
    assert reporter.document["check_mode"]
    assert "Check mode: nothing was changed." in reporter.page.read_text(encoding="utf-8")


def test_wrong_use_is_told_before_anything_is_written(tmp_path: pathlib.Path) -> None:
    role = {"name": "hosting.websec.fleet_report"}
    folder = str(tmp_path / "report")

    def refused(name: str, variables: Row) -> Row:
        return {
            "block": [{"ansible.builtin.include_role": role, "vars": {"fleet_report_directory": folder, **variables}}],
            "rescue": [{"ansible.builtin.set_fact": {name: "{{ ansible_failed_result.msg }}"}}],
        }

    run = run_tasks(
        [
            refused("nothing", {}),
            refused("time", {"fleet_report_rows": FLEET[:1], "fleet_report_time": "yesterday"}),
            refused("rows", {"fleet_report_rows": ["not a row"]}),
            refused("show", {"fleet_report_rows": [], "fleet_report_show": "some"}),
        ],
        keep=["nothing", "time", "rows", "show"],
    )
    assert run.recap["rescued"] == 4
    assert "Run the role hosting.websec.sitelock_waf before" in run.values["nothing"]
    assert "time is 'yesterday'. Write it as ISO 8601" in run.values["time"]
    assert "fleet_report_rows" in run.values["rows"]
    assert "value of fleet_report_show must be one of: open, all, none" in run.values["show"]
    assert not list(tmp_path.rglob("fleet-report.*"))


def test_the_report_of_a_real_pass(
    sandbox: SandboxServer,
    bind: BindServer,
    new_zone: collections.abc.Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    zone, typo = new_zone("@ 3600 IN A 192.0.2.10"), new_zone("@ 3600 IN A 192.0.2.10")
    site = {"site_id": "1", "account_id": "570", "domain": zone, "ssl": False, "origin": ["192.0.2.10"]}
    plans = [{"id": "200", "name": "Professional", "level": "professional"}]
    sandbox.post("fleet", {"plans": plans, "accounts": [{"id": "570", "name": "Customers"}], "sites": [site]})
    variables = {
        "sitelock_waf_sites": [
            {"domain": zone, "site_id": 1, "subscription": "200"},
            {"domain": typo, "site_id": 999999, "subscription": "200"},
        ],
        "sitelock_waf_on_error": "report",
        "sitelock_waf_api": {
            "api_url": f"{sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
        },
        "sitelock_waf_preflight_options": {"resolver": bind.address, "resolver_port": bind.port},
        "dns_records_rfc2136": {
            "server": bind.address,
            "port": bind.port,
            "key_name": bind.key.name,
            "key_secret": bind.key.secret,
            "key_algorithm": bind.key.algorithm,
        },
        "fleet_report_directory": str(tmp_path / "report"),
    }
    (tmp_path / "variables.json").write_text(json.dumps(variables))
    role = {"name": "Report", "ansible.builtin.include_role": {"name": "hosting.websec.fleet_report"}}
    run = run_plays(
        [
            {"import_playbook": "hosting.websec.reconcile"},
            {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [role]},
        ],
        "-e",
        f"@{tmp_path / 'variables.json'}",
    )
    assert run.status == 0, run.output
    text = (tmp_path / "report" / "fleet-report.json").read_text(encoding="ascii")
    document = json.loads(text)
    sites = {site["domain"]: site for site in document["sites"]}
    assert (sites[zone]["changed"], sites[zone]["error"]) == (True, None)
    assert "provisionAddon" in sites[zone]["steps"]
    assert (sites[typo]["attention"], sites[typo]["error"]["code"]) == ("not_found", "SNF")
    page = (tmp_path / "report" / "fleet-report.html").read_text(encoding="utf-8")
    assert sites[typo]["error"]["hint"] in page
    for secret in (PASSWORD, bind.key.secret):
        assert secret not in text
        assert secret not in page


# The browser


def installed_chromium() -> str:
    """The path of Chromium, which is installed if it is not there, with a font for its pages."""
    if shutil.which("chromium") is None:
        become = [] if os.geteuid() == 0 else ["sudo", "-n"]
        apt = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300"]
        # Lists that cannot be refreshed matter only if the packages cannot be installed.
        subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, check=False, timeout=300)
        packages = ["chromium", "fonts-dejavu-core"]
        install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
        subprocess.run(install, stdin=subprocess.DEVNULL, check=True, timeout=600)
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
        # Chromium reads requests from descriptor 3 and writes answers to descriptor 4, so none of these may be there.
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
        """One call of the protocol; what else arrives goes to C(events)."""
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

    def _message(self, seconds: float = 600) -> dict[str, t.Any]:
        deadline = time.monotonic() + seconds
        while b"\0" not in self._received:
            ready = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))[0]
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
        # Away from the last page first, so that its remains do not count.
        for address in ("about:blank", page.as_uri()):
            self.events.clear()
            self.call("Page.navigate", url=address)
            while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
                self.events.append(self._message())

    def run(self, script: str) -> t.Any:
        """The value of an expression, or of what it promises."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def until(self, script: str, seconds: float = 600) -> None:
        """Wait until an expression is true."""
        deadline = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < deadline, f"It did not become true: {script}"
            time.sleep(0.05)

    def screenshot(self) -> bytes:
        """What can be seen of the page, as PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    @property
    def requests(self) -> list[str]:
        sent = [event for event in self.events if event.get("method") == "Network.requestWillBeSent"]
        return [event["params"]["request"]["url"] for event in sent]

    @property
    def complaints(self) -> list[dict[str, t.Any]]:
        """Errors of the script, and what the Content Security Policy refused."""
        return [
            event
            for event in self.events
            if event.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled")
        ]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """Pages as the role writes them: of an ordinary fleet, of one with hostile texts, and of a very large one."""
    folder = tmp_path_factory.mktemp("pages")
    fleets = {"ordinary": FLEET, "hostile": HOSTILE, "large": large_fleet()}
    tasks = []
    for name, rows in fleets.items():
        tasks += report_tasks(
            folder / f"{name}.json", rows, folder / name, fleet_report_time=TIME, fleet_report_show="none"
        )
    run = run_tasks(tasks)
    assert run.status == 0, run.output
    return {name: folder / name / "fleet-report.html" for name in fleets}


SCREENS = [(PHONE, "light"), (PHONE, "dark"), (WIDE, "light"), (WIDE, "dark")]

CONTRASTS = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((part) => part / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor, parts = numbers(colour);
      if (parts.length === 3 || parts[3] === 1) return colour;
    }
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, option")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found.push([ratio, walker.currentNode.data.trim()]);
  }
  return found;
})()
"""


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_the_page_can_be_read_on_any_screen(
    browser: Browser, pages: dict[str, pathlib.Path], width: int, scheme: str
) -> None:
    browser.open(pages["ordinary"], width, scheme=scheme)
    assert browser.run("document.scrollingElement.scrollWidth") <= width
    contrasts = browser.run(CONTRASTS)
    assert len(contrasts) > 100
    assert [text for ratio, text in contrasts if ratio < 4.5] == []
    # Nothing lies beside the screen, not even where it could be scrolled to.
    outside = "Array.from(document.querySelectorAll('main *, header *')).filter((each) => each.checkVisibility()"
    outside += f" && !each.closest('thead') && each.getBoundingClientRect().right > {width} + 1).length"
    assert browser.run(outside) == 0
    screenshot = browser.screenshot()
    assert struct.unpack(">II", screenshot[16:24]) == (width, 800)
    background = browser.run("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(243, 245, 248)", "dark": "rgb(16, 20, 26)"}[scheme]


def test_what_needs_a_person_is_the_first_thing_that_a_phone_shows(
    browser: Browser, pages: dict[str, pathlib.Path]
) -> None:
    browser.open(pages["ordinary"], PHONE)
    tops = browser.run(
        "['.tiles', '#attention article', '#waiting', '#changed', '#sites'].map("
        "(each) => document.querySelector(each).getBoundingClientRect().top)"
    )
    assert tops == sorted(tops)
    assert tops[0] < 200
    assert tops[1] < 800
    assert browser.run("document.title").startswith("4 need a person")
    first = browser.run("document.querySelector('#attention article').innerText")
    assert "bought-or-not.example" in first
    assert "Look at the site in the dashboard." in first


@pytest.mark.parametrize("name", ["ordinary", "hostile", "large"])
def test_nothing_is_loaded_and_nothing_is_refused(browser: Browser, pages: dict[str, pathlib.Path], name: str) -> None:
    browser.open(pages[name])
    assert browser.requests == [pages[name].as_uri()]
    assert browser.complaints == []


def test_texts_of_strangers_are_shown_and_not_run(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["hostile"])
    browser.until("!document.querySelector('#find').hidden")
    assert browser.run("document.title") == "1 needs a person – SiteLock Firewall & CDN"
    assert browser.run("document.querySelectorAll('script, style').length") == 2
    assert browser.run("document.querySelectorAll('img, iframe, object, embed, base, [onload], [onerror]').length") == 0
    assert browser.run("document.querySelectorAll('tbody tr').length") == len(HOSTILE)
    shown = browser.run("document.body.innerText")
    for text in (
        f"<script>{PWNED}</script>.example",
        f"</script></style><script>{PWNED}</script>",
        f'<img src=x onerror="{PWNED}">',
        "<b>bold</b>",
        'x" onmouseover="alert(1)',
        "{{ 7 * 7 }}",
        "{{ lookup('pipe', 'id') }}",
        "right \ufffd to left",
        "bell \ufffd",
    ):
        assert text in shown


def test_the_policy_refuses_what_the_page_does_not_bring(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["ordinary"])
    refused = browser.run(
        """
        new Promise((done) => {
          const refused = [];
          document.addEventListener("securitypolicyviolation", (event) => {
            refused.push(event.effectiveDirective);
            if (refused.length === 3) done(refused.sort());
          });
          const add = (html) => {
            const piece = document.createRange().createContextualFragment(html);
            document.body.append(piece);
          };
          add("<script>document.title = 'pwned'</script>");
          add("<p style='color: red'>x</p>");
          add("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>");
        })
        """
    )
    assert refused == ["img-src", "script-src-elem", "style-src-attr"]
    assert browser.run("document.title") != "pwned"


def rows_shown(browser: Browser) -> list[str]:
    found = browser.run(
        "Array.from(document.querySelectorAll('tbody tr')).filter((row) => row.checkVisibility())"
        ".map((row) => row.querySelector('th').firstChild.data.trim())"
    )
    return t.cast("list[str]", found)


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_the_filter(browser: Browser, pages: dict[str, pathlib.Path], width: int) -> None:
    browser.open(pages["ordinary"], width)
    assert len(rows_shown(browser)) == len(FLEET)
    browser.run("document.querySelector('input[name=text]').focus()")
    browser.call("Input.insertText", text="WAVE0 dns")
    browser.until("document.querySelector('output').value === '10 of 21 shown'")
    assert rows_shown(browser) == [f"wave{number:02d}.example" for number in range(10)]

    browser.run("document.querySelector('a[data-show=\"s:ready\"]').click()")
    assert rows_shown(browser) == ["ready.example"]
    assert browser.run("document.querySelector('input[name=text]').value") == ""

    select_kind = "(() => { const kind = document.querySelector('select'); kind.value = '%s';"
    select_kind += " kind.dispatchEvent(new Event('input', {bubbles: true})); })()"
    browser.run(select_kind % "attention")
    browser.until("document.querySelector('output').value === '4 of 21 shown'")
    assert rows_shown(browser) == ["basic.example", "bought-or-not.example", "slow.example", "stuck.example"]
    browser.run(select_kind % "")
    browser.until("document.querySelector('output').value === ''")
    assert len(rows_shown(browser)) == len(FLEET)


def test_all_of_it_can_be_read_without_javascript(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(pages["ordinary"], PHONE)
        assert len(rows_shown(browser)) == len(FLEET)
        assert not browser.run("document.querySelector('#find').checkVisibility()")
        assert browser.run("document.querySelector('#age').textContent") == ""
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)


def test_an_old_page_says_how_old_it_is(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["ordinary"])
    age = browser.run("document.querySelector('#age').textContent")
    told = browser.run(f"` (${{Math.floor((Date.now() - Date.parse('{TIME}')) / 86400000)}} days ago)`")
    assert age == told
    assert browser.run("document.querySelector('#age').classList.contains('old')")


def test_on_paper_nothing_is_folded_and_there_is_no_filter(browser: Browser, pages: dict[str, pathlib.Path]) -> None:
    browser.open(pages["ordinary"], scheme="dark", media="print")
    assert not browser.run("document.querySelector('#find').checkVisibility()")
    folded = "Array.from(document.querySelectorAll('details li'))"
    assert browser.run(f"{folded}.length") == 4
    assert browser.run(f"{folded}.every((each) => each.checkVisibility({{contentVisibilityAuto: true}}))")
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert [text for ratio, text in browser.run(CONTRASTS) if ratio < 4.5] == []
    assert base64.b64decode(browser.call("Page.printToPDF")["data"]).startswith(b"%PDF-")


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_a_screen_reader_finds_its_way(browser: Browser, pages: dict[str, pathlib.Path], width: int) -> None:
    browser.open(pages["ordinary"], width)
    nodes = [node for node in browser.call("Accessibility.getFullAXTree")["nodes"] if not node["ignored"]]

    def names(role: str) -> list[str]:
        return [node.get("name", {}).get("value", "") for node in nodes if node["role"]["value"] == role]

    assert browser.run("document.documentElement.lang") == "en"
    headings = [node for node in nodes if node["role"]["value"] == "heading"]
    levels = [
        property_["value"]["value"]
        for node in headings
        for property_ in node["properties"]
        if property_["name"] == "level"
    ]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert names("table") == [f"{len(FLEET)} sites, in the order of their names"]
    assert names("columnheader") == ["Site, and its number", "State", "Since (UTC)", "What is going on"]
    assert len(names("rowheader")) == len(FLEET)
    assert len(names("row")) == len(FLEET) + 1
    assert len(names("main")) == 1
    assert names("searchbox") == ["Filter: name, number, or any word of the row"]
    assert names("combobox") == ["Which"]
    assert {"What needs a person", "What sites wait for", "What this pass changed", "All sites"} <= set(names("region"))
    assert all(names("link"))


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_ten_thousand_sites(browser: Browser, pages: dict[str, pathlib.Path], width: int) -> None:
    assert pages["large"].stat().st_size < 4_000_000
    browser.open(pages["large"], width)
    browser.run("document.querySelector('input[name=text]').focus()")
    browser.call("Input.insertText", text="customer-09999")
    browser.until("document.querySelector('output').value === '1 of 10000 shown'")
    assert rows_shown(browser) == ["customer-09999.example"]
    browser.run("document.querySelector('#attention a[data-show]').click()")
    assert browser.run("document.querySelector('output').value") == "2500 of 10000 shown"
