# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a target is told: only what differs, once, whatever the target and the process do."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._notify import report_file as report_module
from ansible_collections.hosting.websec.plugins.module_utils._notify import state as state_module
from ansible_collections.hosting.websec.plugins.module_utils._notify import task as task_module
from ansible_collections.hosting.websec.plugins.module_utils._notify.task import notify
from ansible_collections.hosting.websec.plugins.module_utils._results import sentence
from ansible_collections.hosting.websec.tests.unit.core.clients import server_tls, write_certificate
from ansible_collections.hosting.websec.tests.unit.core.raw_server import Caller, RawServer, secure
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.mail_server import Line, MailServer
from ansible_collections.hosting.websec.tests.unit.webhook_receiver import WebhookReceiver

PATH = "/services/T0123456789/s3cret-of-the-webhook"
TOKEN = "t0ken-of-the-target"
Json = dict[str, t.Any]


class KilledError(BaseException):
    """The process is gone."""


def problem(title: str, *names: str, urgency: int = 4, **fields: t.Any) -> Json:
    about = {"reason": title.lower(), "title": title, "codes": "", "message": "It failed.", "hint": "Look."}
    return {**about, "urgency": urgency, "domains": list(names), **fields}


class World:
    """A report, a receiver, and the files of targets."""

    def __init__(self, folder: pathlib.Path, receiver: WebhookReceiver) -> None:
        self.folder, self.receiver = folder, receiver
        self.report, self.state = folder / "report.json", folder / "ops.json"
        self._time = 0

    def write(self, *problems: Json, sites: dict[str, str] | None = None, **fields: t.Any) -> None:
        states = sites if sites is not None else dict.fromkeys("abcdef", "ready")
        rows = [{"domain": f"{name}.example", "state": state} for name, state in states.items()]
        mark = {"format": "hosting.websec.fleet_report", "version": 1, "check_mode": False, "accounts": None}
        document = {**mark, "time": "2026-11-29T12:00:00Z", "attention": problems, "sites": rows, **fields}
        self.report.write_text(json.dumps(document))

    def options(self, **given: t.Any) -> Json:
        webhook = {"url": f"{self.receiver.url}{PATH}", "headers": {"Authorization": f"Bearer {TOKEN}"}}
        mail = {"to": "oncall@hoster.example", "sender": "websec@hoster.example", "sender_name": "websec"}
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": 25, "smtp_security": "none", "smtp_username": None}
        more = {"smtp_password": None, "smtp_ca_path": None, "smtp_validate_certs": True, "smtp_timeout": 30}
        rest = {"title": "Fleet", "report_url": None, "urgency": 5, "states": False, "timeout": 30}
        own = {"name": "ops", "type": "webhook", "report": str(self.report), "state": str(self.state)}
        return {**own, **webhook, **mail, **smtp, **more, **rest, "validate_certs": True, "ca_path": None, **given}

    def tell(self, *, check_mode: bool = False, **given: t.Any) -> Json:
        self._time += 1
        return notify(self.options(**given), check_mode=check_mode, now=lambda: f"time {self._time}")

    def error(self, **given: t.Any) -> WebsecError:
        with pytest.raises(WebsecError) as raised:
            self.tell(**given)
        return raised.value

    @property
    def told(self) -> list[Json]:
        return self.receiver.at(PATH)


@pytest.fixture(name="world")
def _world(tmp_path: pathlib.Path) -> t.Iterator[World]:
    with WebhookReceiver() as receiver:
        yield World(tmp_path, receiver)


def names(body: Json) -> list[list[str]]:
    return [each["domains"] for each in body["attention"]]


def test_only_what_differs_is_told(world: World) -> None:
    world.write(
        problem("Refused", "a.example", "b.example", codes="AEX/3003"), problem("Later", "c.example", urgency=6)
    )
    first = world.tell()
    assert (first["changed"], first["counts"]) == (True, {"new": 2, "solved": 0, "states": 0})
    assert names(world.told[0]) == [["a.example", "b.example"]]
    assert world.tell()["changed"] is False
    # Another text and another order are no difference.
    world.write(problem("Refused", "b.example", "a.example", codes="AEX/3003", message="It failed at 12:00."))
    assert world.tell()["changed"] is False

    red = problem("Red", "d.example", urgency=3)
    world.write(red, problem("Refused", "b.example", "e.example", codes="AEX/3003"))
    world.tell()
    assert [(each["title"], each["domains"]) for each in world.told[1]["attention"]] == [
        ("Red", ["d.example"]),
        ("Refused", ["e.example"]),
    ]
    assert world.told[1]["solved"] == [{"title": "Refused", "domains": ["a.example"]}]
    assert world.told[1]["subject"] == "Fleet: 2 need action, 1 solved"
    assert len({body["id"] for body in world.told}) == 2

    # The same problem again after its end is new, and another code is another problem, but not the end of one.
    world.write(red, problem("Refused", "a.example", codes="AEX/3003"), problem("Refused", "b.example", codes="AEX/1"))
    world.tell()
    assert names(world.told[2]) == [["a.example"], ["b.example"]]
    assert world.told[2]["solved"] == [{"title": "Refused", "domains": ["e.example"]}]


def test_the_same_again_has_another_id(world: World) -> None:
    """Else a target that compares ids drops the second one."""
    for problems in ([problem("Refused", "a.example")], [], [problem("Refused", "a.example")], []):
        world.write(*problems)
        world.tell()
    assert len({body["id"] for body in world.told}) == len(world.told) == 4


def test_a_report_of_a_part_of_the_sites_solves_nothing(world: World) -> None:
    world.write(problem("Refused", "a.example", "A customer"), accounts=[{"account": "A customer"}])
    world.tell()
    world.write(sites={"b": "ready"})
    assert world.tell()["changed"] is False
    world.write(accounts=[])
    assert world.tell()["counts"]["solved"] == 2


def test_another_urgency_solves_nothing(world: World) -> None:
    world.write(problem("Refused", "a.example", urgency=4))
    world.tell()
    assert world.tell(urgency=3)["changed"] is False
    assert world.tell()["changed"] is False
    world.write()
    assert world.tell(urgency=3)["counts"]["solved"] == 1


def test_states_are_told_on_request_and_not_at_the_first_time(world: World) -> None:
    world.write(sites={"a": "pending-dns", "b": "ready"})
    assert world.tell(states=True)["changed"] is False
    world.write(sites={"a": "ready", "b": "ready", "c": "pending-dns"})
    assert world.tell(states=False, check_mode=True)["changed"] is False
    assert world.tell(states=True)["subject"] == "Fleet: 1 with another state"
    assert world.told[0]["states"] == [{"state_before": "pending-dns", "state": "ready", "domains": ["a.example"]}]


def test_check_mode_sends_and_writes_nothing(world: World) -> None:
    world.write(problem("Refused", "a.example"))
    shown = world.tell(check_mode=True)
    assert (shown["changed"], world.told, sorted(world.folder.iterdir())) == (True, [], [world.report])
    assert shown["text"] == ["Refused: a.example", "It failed.", "Look.", ""]
    world.write(problem("Refused", "a.example"), check_mode=True)
    about_check_mode = world.tell()
    assert (about_check_mode["changed"], world.told) == (False, [])
    assert "check mode" in about_check_mode["note"]


@pytest.mark.parametrize("answer", [400, 403, 404, 408, 410, 413, 429, "redirect"])
def test_what_a_target_refuses_is_sent_by_the_next_run(world: World, answer: int | str) -> None:
    world.write(problem("Refused", "a.example"))
    world.receiver.answers[PATH] = answer
    error = world.error()
    assert error.kind in ("rejected", "unavailable")
    assert f"HTTP status {302 if answer == 'redirect' else answer}" in error.message
    assert len(world.told) == 1, "never twice in one run"
    world.receiver.answers.clear()
    assert world.tell()["changed"] is True
    assert [body["repeats"] for body in world.told] == [None, None]
    assert world.tell()["changed"] is False


@pytest.mark.parametrize("answer", [500, 502, 503, 504, 599])
def test_an_error_of_a_server_may_hide_that_it_took_the_message(world: World, answer: int) -> None:
    world.write(problem("Refused", "a.example"))
    world.receiver.answers[PATH] = answer
    error = world.error()
    assert (error.kind, error.http_status, len(world.told)) == ("outcome_unknown", answer, 1)
    world.receiver.answers.clear()
    world.tell()
    assert [body["repeats"] for body in world.told] == [None, "time 1"]
    assert world.told[0]["id"] == world.told[1]["id"]


@pytest.mark.parametrize("page", [b"\n<html>Sign in</html>", b"\xef\xbb\xbf<!doctype html>"])
def test_a_page_to_sign_in_is_no_answer_of_slack_or_teams(world: World, page: bytes) -> None:
    world.write(problem("Refused", "a.example"))
    world.receiver.answers[PATH] = page
    for kind in ("slack", "teams"):
        error = world.error(type=kind)
        assert (error.kind, "answered with a web page" in error.message) == ("rejected", True)
    # Any other one may answer with what it likes, and the user is told.
    result = world.tell()
    assert result["changed"] is True
    assert "If that is one to sign in" in result["warnings"][0]


def test_teams_says_no_with_the_status_200(world: World) -> None:
    world.write(problem("Refused", "a.example"))
    world.receiver.answers[PATH] = (
        b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x"
    )
    error = world.error(type="teams")
    assert (error.kind, "HTTP error 429" in error.message) == ("rejected", True)
    world.receiver.answers.clear()
    assert world.tell(type="teams")["changed"] is True


@pytest.mark.parametrize("answer", ["hang", "drip", "cut", "large", "close"])
def test_a_target_that_does_not_answer(world: World, answer: str) -> None:
    """The run ends, nothing is lost, and the repetition is told, with the same id."""
    world.write(problem("Refused", "a.example"))
    world.receiver.answers[PATH] = answer
    error = world.error(timeout=1 if answer in ("hang", "drip") else 30, type="slack")
    assert (error.kind, len(world.told)) == ("outcome_unknown", 1)
    assert "The next run sends it again and says so." in error.hint
    world.receiver.answers.clear()
    result = world.tell(type="slack")
    assert "(time 1)" in json.dumps(world.told[1])
    ids = [each.headers["Idempotency-Key"] for each in world.receiver.posted]
    assert ids == [result["message_id"]] * 2
    world.write(problem("Refused", "a.example", "b.example"))
    world.tell(type="slack")
    assert "(time 1)" not in json.dumps(world.told[2])


@pytest.mark.parametrize("answer", ["drip", "cut", "large"])
def test_the_status_is_the_answer_of_a_webhook(world: World, answer: str) -> None:
    """Else it would be told the same in each run."""
    world.write(problem("Refused", "a.example"))
    world.receiver.answers[PATH] = answer
    result = world.tell(timeout=1 if answer == "drip" else 30)
    assert "took the message (HTTP status 200)" in result["warnings"][0]
    assert world.tell()["changed"] is False
    assert len(world.told) == 1


@pytest.mark.parametrize("took_it", [True, False])
def test_what_changes_after_a_message_of_unknown_outcome(world: World, took_it: bool) -> None:
    """The target may take for open what it is not told the end of, and for solved what is back."""
    solved = problem("Refused", "b.example")
    world.write(solved, sites={"a": "ready", "b": "error"})
    world.tell(states=True)
    world.write(problem("Refused", "a.example"), sites={"a": "error", "b": "ready"})
    world.receiver.answers[PATH] = "close" if took_it else 504
    error = world.error(states=True)
    assert error.kind == "outcome_unknown"
    world.receiver.answers.clear()
    world.write(solved, sites={"a": "ready", "b": "error"})
    result = world.tell(states=True)
    told = world.told[-1]
    assert names(told) == [["b.example"]]
    assert told["solved"] == [{"title": "Refused", "domains": ["a.example"]}]
    assert {(each["state"], *each["domains"]) for each in told["states"]} == {
        ("ready", "a.example"),
        ("error", "b.example"),
    }
    assert result["counts"] == {"new": 1, "solved": 1, "states": 2}
    assert world.tell(states=True)["changed"] is False


def test_a_message_of_another_slice_ends_no_doubt(world: World) -> None:
    """Only what may have been sent is marked, and until it arrives."""
    first, second = problem("Refused", "a.example"), problem("Refused", "b.example")
    world.write(first, sites={"a": "error"})
    world.receiver.answers[PATH] = 504
    world.error()
    world.receiver.answers.clear()
    world.write(second, sites={"b": "error"})
    world.tell()
    world.write(first, sites={"a": "error"})
    world.tell()
    assert [(names(body), body["repeats"]) for body in world.told] == [
        ([["a.example"]], None),
        ([["b.example"]], None),
        ([["a.example"]], "time 1"),
    ]


def test_nothing_listens(world: World) -> None:
    world.write(problem("Refused", "a.example"))
    error = world.error(url="https://127.0.0.1:1/s3cret-path")
    assert (error.kind, "s3cret" in sentence(error.as_dict())) == ("unavailable", False)
    assert "Nothing was sent." in error.hint
    world.tell()
    assert world.told[0]["repeats"] is None


@pytest.mark.parametrize("moment", ["before the request", "after the request", "before the state is written"])
def test_a_run_that_is_killed(world: World, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(problem("Refused", "a.example"))
    send, replace = task_module._send, os.replace

    def killed_send(*arguments: t.Any) -> None:
        if moment == "after the request":
            send(*arguments)
        raise KilledError

    def killed_replace(source: str, target: str) -> None:
        if world.told:
            raise KilledError
        replace(source, target)

    with monkeypatch.context() as patched:
        if moment == "before the state is written":
            patched.setattr(os, "replace", killed_replace)
        else:
            patched.setattr(task_module, "_send", killed_send)
        with pytest.raises(KilledError):
            world.tell()
    world.tell()
    assert world.told[-1]["repeats"] == "time 1", "it says what is in between"
    assert names(world.told[-1]) == [["a.example"]]
    assert world.tell()["changed"] is False


def error_of_a_full_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> WebsecError:
    """Of a run whose disk fills up after its first message."""
    replace = os.replace

    def full(source: str, target: str) -> None:
        if world.told:
            raise OSError(28, "No space left on device")
        replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        return world.error()


def test_the_disk_fills_up_while_a_message_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are told, and the file says that it may have been sent."""
    world.write(problem("Refused", "a.example"))
    world.receiver.answers[PATH] = 410
    error = error_of_a_full_disk(world, monkeypatch)
    assert "HTTP status 410" in error.message
    assert "No space left on device" in error.message
    world.receiver.answers.clear()
    world.tell()
    assert world.told[-1]["repeats"] == "time 1"


def test_the_disk_fills_up_after_a_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(problem("Refused", "a.example"))
    error = error_of_a_full_disk(world, monkeypatch)
    assert error.message.startswith("The target ops took the message.")
    assert "The next run sends it again and says so." in error.hint
    world.tell()
    assert [body["repeats"] for body in world.told] == [None, "time 1"]
    assert world.tell()["changed"] is False


def test_a_state_is_on_the_disk_before_it_replaces_the_old_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power failure leaves an empty file."""
    steps: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *given, real=real, name=name: (steps.append(name), real(*given))[1])
    world.write(problem("Refused", "a.example"))
    world.tell()
    assert steps == ["fsync", "replace", "fsync"] * 2


def test_a_full_disk(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(problem("Refused", "a.example"))

    def full(*_names: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        assert "No space left on device" in world.error().message
    assert world.told == [], "what cannot be written down is not sent"


MARKUP = "<!channel> *bold* _it_ `x` [click](http://evil.example) & <http://evil.example|bank>"


def test_slack_gets_no_markup_of_others(world: World) -> None:
    world.write(problem(MARKUP, "a.example", message=MARKUP, hint="x" * 400))
    world.tell(type="slack", title="<!here>", report_url="https://report.example/")
    (body,) = world.told
    assert "<" not in body["text"]
    assert body["text"].startswith("&lt;!here&gt;")
    texts = [block["text"] for block in body["blocks"]]
    assert {text["type"] for text in texts} == {"plain_text"}
    assert [block["type"] for block in body["blocks"]] == ["header", "section", "section"]
    assert MARKUP in texts[1]["text"]
    assert texts[2]["text"] == "Report: https://report.example/"


def test_teams_gets_no_markup_of_others(world: World) -> None:
    world.write(problem(MARKUP, "a.example", message=MARKUP))
    world.tell(type="teams")
    (body,) = world.told
    (attachment,) = body["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    blocks = attachment["content"]["body"]
    # Markdown is a matter of TextBlock only.
    assert {block["type"] for block in blocks} == {"RichTextBlock"}
    assert blocks[1]["inlines"] == [{"type": "TextRun", "text": f"{MARKUP}: a.example"}]


def test_a_message_fits_into_slack_and_teams(world: World) -> None:
    many = [
        problem(f"Problem {n}", *(f"site-{n}-{m}.example" for m in range(300)), message="m" * 499) for n in range(90)
    ]
    world.write(*many)
    for kind in ("slack", "teams", "webhook"):
        world.tell(type=kind, name=kind, state=f"{world.state}.{kind}")
    slack, teams, generic = world.told
    assert len(slack["blocks"]) <= 50
    assert max(len(block["text"]["text"]) for block in slack["blocks"]) <= 3000
    assert sum(len(block["text"]["text"]) for block in slack["blocks"]) < 13_000
    assert len(json.dumps(teams)) < 28 * 1024
    assert "Not shown: " in slack["blocks"][-1]["text"]["text"]
    assert "and 280 more" in slack["blocks"][1]["text"]["text"]
    assert sum(len(each["domains"]) for each in generic["attention"]) == 90 * 300


@pytest.mark.parametrize("letter", ["m", "\u0436", "\u6f22", "\U0001f680"])
def test_texts_of_any_script_fit_into_slack_and_teams(world: World, letter: str) -> None:
    """A message that is too large is refused, in each run again. What is too long is cut, and not left out."""
    long = letter * 600
    world.write(*(problem(long, *(f"{n}{long}" for n in range(30)), message=f"{n}{long}") for n in range(90)))
    for kind in ("slack", "teams"):
        world.tell(type=kind, name=kind, state=f"{world.state}.{kind}")
    slack, teams = (each.body for each in world.receiver.posted)
    shown = [block["text"]["text"] for block in slack["blocks"]]
    assert max(len(text.encode("utf-16-le")) // 2 for text in shown) <= 3000
    assert sum(len(text.encode("utf-16-le")) // 2 for text in shown) <= 11_000
    assert len(shown) > 3
    sent = json.dumps(teams, ensure_ascii=False)
    assert max(len(sent.encode()), len(sent.encode("utf-16-le"))) < 28_000
    lines = [block["inlines"][0]["text"] for block in teams["attachments"][0]["content"]["body"]]
    for texts in (shown, lines):
        assert any(letter in text for text in texts)
        assert "Not shown: " in texts[-1]


def test_a_mail_of_many_groups_is_one_that_servers_take(world: World) -> None:
    world.write(*(problem(f"Problem {n}", "a.example", codes=str(n), message="m" * 499) for n in range(5000)))
    with MailServer() as server:
        result = world.tell(type="mail", smtp_port=server.port)
        (mail,) = server.mails
    assert len(mail.get_content()) < 120_000
    assert "Not shown: 4," in mail.get_content()
    assert result["text"][-1].startswith("Not shown: ") or result["text"][-2].startswith("Not shown: ")


def test_no_text_turns_a_line_around(world: World) -> None:
    world.write(problem("Refused\u202e", "a.example", message="\u2066moc.knab\u2069 \x1b[31m\u2028 \U0001f680"))
    world.tell()
    assert [(each["title"], each["message"]) for each in world.told[0]["attention"]] == [
        ("Refused", "moc.knab [31m \U0001f680")
    ]


def test_no_secret_is_in_a_message_or_an_error(world: World) -> None:
    leak = f"See {world.receiver.url}{PATH} with {TOKEN}."
    world.write(problem("Refused", "a.example", message=leak))
    result = world.tell()
    for shown in (json.dumps(world.told), json.dumps(result)):
        assert "s3cret" not in shown
        assert TOKEN not in shown
    assert dict(world.receiver.posted[0].headers)["Authorization"] == f"Bearer {TOKEN}"
    assert world.receiver.posted[0].headers["Idempotency-Key"] == result["message_id"]
    world.receiver.answers[PATH] = "echo"
    world.write(problem("Refused", "b.example"))
    told = sentence(world.error().as_dict())
    assert ("HTTP status 400: Not for" in told, "s3cret" in told, TOKEN in told) == (True, False, False)
    for path in ("/h/t0k3n", "/hook/s3cret%2Dof%2Dit", "/hook/x?sig=s3cret%2Bof"):
        # requests sends what needs no escape without one.
        world.receiver.answers[path.replace("%2D", "-")] = "echo"
        told = sentence(world.error(url=f"{world.receiver.url}{path}", headers={"Authorization": "t0k"}).as_dict())
        assert ("Not for" in told, "s3cret" in told, "t0k" in told) == (True, False, False)
    for url in ("http://hooks.example/s3cret", "https://user:s3cret@hooks.example/", "s3cret", "https://[s3cret/"):
        assert "s3cret" not in sentence(world.error(url=url).as_dict())
    assert "s3cret" not in sentence(world.error(headers={"X": "s3cret\r\nY: z"}).as_dict())


@pytest.mark.parametrize(
    "content",
    [
        b'{"format": "hosting.websec.fleet_report", "version": 1, "check_mode": false, "sites": []}',
        b'{"format": "hosting.websec.fleet_report", "ver',
        b"",
        b"\xff",
        b"[]",
        b'{"format": "other"}',
        b"[" * 10_000,
    ],
)
def test_a_report_that_is_none(world: World, content: bytes) -> None:
    world.report.write_bytes(content)
    assert "Nothing was sent." in world.error().hint
    assert (world.told, world.state.exists()) == ([], False)


def test_a_report_that_is_no_file_or_too_large(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(world.folder / "pipe")
    for path in ("pipe", ".", "missing"):
        error = world.error(report=str(world.folder / path))
        assert ("cannot be read" in error.message, "Nothing was sent." in error.hint) == (True, True)
    world.write(problem("Refused", "a.example"))
    monkeypatch.setattr(report_module, "MAX_SIZE", 100)
    assert "larger than 100 bytes" in world.error().message
    assert world.told == []


def test_a_report_with_anything_in_it(world: World) -> None:
    odd = [None, "x", {}, {"domains": "a"}, problem("Odd", "a.example", urgency="high", message=["x"], codes=None)]
    world.write(*t.cast("list[Json]", odd))
    world.tell()
    assert [(each["title"], each["message"], each["domains"]) for each in world.told[0]["attention"]] == [
        ("Odd", "", ["a.example"])
    ]


def test_a_state_file_of_something_else_stays(world: World) -> None:
    world.write(problem("Refused", "a.example"))
    for content in ('{"customers": 1}', "{", "[]", ""):
        world.state.write_text(content)
        error = world.error()
        assert "is not a state file of the target ops" in error.message
        assert world.state.read_text() == content
    world.state.unlink()
    world.tell()
    assert "target other" in world.error(name="other").message
    assert len(world.told) == 1


def test_two_runs_at_the_same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(problem("Refused", "a.example"))
    file = state_module.StateFile(str(world.state), "ops")
    with file.locked():
        monkeypatch.setattr(state_module, "PATIENCE", 0)
        assert "Another run notifies ops" in world.error().message
    assert world.told == []
    # Such as two slices that end together: the second one waits for the first, and reads what was told meanwhile.
    monkeypatch.setattr(state_module, "PATIENCE", 60)

    def other_run_ends(_seconds: float) -> None:
        world.write(problem("Refused", "a.example", "b.example"))
        other.__exit__(None, None, None)

    other = file.locked()
    other.__enter__()
    monkeypatch.setattr(state_module.time, "sleep", other_run_ends)
    world.tell()
    assert names(world.told[0]) == [["a.example", "b.example"]]


def test_a_link_to_a_state_file_stays_one(world: World) -> None:
    """Else the state would be on a disk that ends with the run."""
    elsewhere = world.folder / "volume"
    elsewhere.mkdir()
    world.state.symlink_to(elsewhere / "state.json")
    world.write(problem("Refused", "a.example"))
    world.tell()
    assert world.state.is_symlink()
    world.state.unlink()
    world.state.symlink_to(elsewhere / "state.json")
    assert world.tell()["changed"] is False


def test_the_folder_of_a_state_file(world: World) -> None:
    world.write(problem("Refused", "a.example"))
    new, open_to_all = world.folder / "new" / "er", world.folder / "page"
    open_to_all.mkdir(mode=0o755)
    for folder, mode in ((new, 0o700), (open_to_all, 0o755)):
        world.tell(state=str(folder / "ops.json"))
        assert (folder.stat().st_mode & 0o777, (folder / "ops.json").stat().st_mode & 0o777) == (mode, 0o600)
    (world.folder / "file").write_text("")
    assert "cannot be used" in world.error(state=str(world.folder / "file" / "ops.json")).message
    assert "Is a directory" in world.error(state=str(new)).message
    assert len(world.told) == 2


def test_an_older_report_is_not_told(world: World) -> None:
    new, old = "2026-11-29T12:00:00Z", "2026-11-28T12:00:00Z"
    world.write(problem("Refused", "a.example"), sites={"a": "error", "b": "ready"}, time=new, accounts=[])
    world.tell()
    refused = problem("Old", "b.example", "A customer")
    world.write(refused, sites={"a": "ready", "b": "error"}, time=old, accounts=[])
    error = world.error()
    assert (error.kind, f"is of {old}" in error.message, len(world.told)) == ("bad_input", True, 1)
    # What the target was not told about is told: each slice has a report of its own.
    world.write(refused, problem("Old", "c.example"), sites={"a": "ready", "b": "error", "c": "error"}, time=old)
    result = world.tell(states=True)
    assert names(world.told[1]) == [["A customer"], ["c.example"]]
    assert (world.told[1]["solved"], world.told[1]["states"]) == ([], [])
    assert "a newer report about 2 sites" in result["note"]
    assert result["warnings"] == [result["note"]]


def test_a_clock_that_was_ahead(world: World) -> None:
    """A time of the future says nothing about the reports of today."""
    world.write(time="2099-01-01T00:00:00Z")
    now = "2026-11-29T12:00:00Z"
    notify(world.options(), check_mode=False, now=lambda: now)
    world.write(problem("Refused", "a.example"), time=now)
    notify(world.options(), check_mode=False, now=lambda: now)
    assert names(world.told[0]) == [["a.example"]]


def test_mail(world: World) -> None:
    world.write(problem("Refused", "a.example", message="First line\r\nBcc: all@evil.example"))
    with MailServer() as server:
        options = {"type": "mail", "smtp_port": server.port, "url": None, "headers": None}
        result = world.tell(**options, report_url="https://report.example/")
        (mail,) = server.mails
        assert str(mail["Subject"]) == "Fleet: 1 need action"
        assert mail["Bcc"] is None
        assert result["message_id"] in str(mail["Message-ID"])
        assert "First line Bcc: all@evil.example" in mail.get_content()
        assert mail.get_content().rstrip().endswith("Report: https://report.example/")
        assert server.envelopes == [("websec@hoster.example", "oncall@hoster.example")]
        assert world.tell(**options)["changed"] is False

        world.write(problem("Refused", "a.example", "b.example"))
        server.refuse = {"RCPT oncall@hoster.example": "550 no such user"}
        error = world.error(**options)
        assert "550 no such user" in error.message
        assert error.hint == "Nothing was sent. The next run tries again. Check to and sender."
        assert "Set smtp_security to tls" in world.error(**options, smtp_security="starttls").hint
        server.refuse = {}
        world.tell(**options)
        assert len(server.mails) == 2
        assert "may have been sent before" not in server.mails[1].get_content()


def test_a_mail_whose_line_is_cut_at_any_step(world: World) -> None:
    """It arrives; a second time only if nobody knew whether it had, and then it says so, with the same Message-ID."""
    cut_at, kinds = 0, []
    is_cut = True
    while is_cut:
        world.state.unlink(missing_ok=True)
        world.write(problem("Refused", "a.example"))
        with MailServer() as server, Line(server.port, cut_at) as line:
            options = {"type": "mail", "smtp_port": line.port}
            kind = ""
            try:
                world.tell(**options)
            except WebsecError as error:
                kind = error.kind
                before = len(server.mails)
                assert world.tell(**options)["changed"] is True
                assert len(server.mails) == before + 1
            says_so = "may have been sent before" in server.mails[-1].get_content()
            assert says_so == (kind == "outcome_unknown")
            assert len(server.mails) == 1 or says_so
            assert len({str(mail["Message-ID"]) for mail in server.mails}) == 1
            assert world.tell(**options)["changed"] is False
            is_cut = line.is_cut
        kinds.append(kind)
        cut_at += 1
    assert set(kinds) == {"unavailable", "outcome_unknown", ""}


def test_no_option_begins_another_header_of_a_mail(world: World) -> None:
    world.write(problem("Refused", "a.example"))
    evil = "x\r\nBcc: all@evil.example\r\n\r\n"
    with MailServer() as server:
        world.tell(type="mail", smtp_port=server.port, title=evil, sender_name=evil, report_url=evil)
        (mail,) = server.mails
        assert (mail["Bcc"], str(mail["Subject"])) == (None, "x Bcc: all@evil.example : 1 need action")
        assert server.envelopes == [("websec@hoster.example", "oncall@hoster.example")]
        assert mail.get_content().rstrip().endswith("Report: x Bcc: all@evil.example")


def test_certificates_that_are_not_verified(world: World) -> None:
    """The address is a secret, which goes over this line."""
    world.write(problem("Refused", "a.example"))
    shown = world.tell(check_mode=True, url="https://hooks.example/s3cret", validate_certs=False)
    assert ["validate_certs of the target ops is false" in each for each in shown["warnings"]] == [True]
    assert world.tell(check_mode=True, validate_certs=False)["warnings"] == []


def test_what_lies_in_the_way_of_a_new_state_file(world: World) -> None:
    """The rest of a run that was killed is replaced, a link is not followed, and its mode does not stay."""
    world.write(problem("Refused", "a.example"))
    other, new = world.folder / "other", world.folder / "ops.json.new"
    other.write_text("kept")
    new.symlink_to(other)
    world.tell()
    assert (other.read_text(), world.state.is_symlink()) == ("kept", False)
    new.write_text("half of a sta")
    new.chmod(0o666)
    world.write(problem("Refused", "b.example"))
    world.tell()
    assert world.state.stat().st_mode & 0o777 == 0o600
    new.mkdir()
    world.write(problem("Refused", "c.example"))
    assert "cannot be used" in world.error().message
    assert len(world.told) == 2


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"url": None}, "has no url"),
        ({"type": "mail", "to": None}, "has no to"),
        ({"type": "mail", "sender": ""}, "has no sender"),
        ({"type": "mail", "to": "a@b.example, c@d.example"}, "is not an e-mail address"),
        ({"timeout": 0}, "timeout is 0"),
        ({"timeout": 10**10}, "at most 3,600 seconds"),
        ({"url": "hooks.example/s3cret"}, "is not an address of a webhook"),
        ({"url": "ftp://hooks.example/s3cret"}, "is not an address of a webhook"),
        ({"url": "http://hooks.example/s3cret"}, "starts with http://"),
        ({"url": "https://me:s3cret@hooks.example/"}, "is not an address of a webhook"),
        ({"url": "https://hooks.example/s3cret\nx"}, "is not an address of a webhook"),
        ({"headers": {"Authorization": None}}, "value is not a text"),
        ({"headers": {"X-Token": ["a"]}}, "value is not a text"),
        ({"headers": {"X-Token": "a\n"}}, "header X-Token of the target ops has a value"),
        ({"headers": {"X-Token": "Gr\u00fc\u00dfe"}}, "header X-Token of the target ops has a value"),
        ({"headers": {"Content-length": "5"}}, "a name that cannot be set"),
        ({"headers": {"Bearer s3cret": ""}}, "a name that cannot be set"),
    ],
)
def test_wrong_options(world: World, given: Json, told: str) -> None:
    world.write(problem("Refused", "a.example"))
    error = world.error(**given)
    assert isinstance(error, BadInputError)
    assert told in error.message
    assert (world.told, "s3cret" in sentence(error.as_dict())) == ([], False)


def test_a_header_replaces_the_one_of_the_same_name(world: World) -> None:
    world.write(problem("Refused", "a.example"))
    world.tell(headers={"content-type": "application/x", "idempotency-key": "own", "X_Number": 1})
    headers = [(name.lower(), value) for name, value in world.receiver.posted[0].headers.items()]
    assert [each for each in headers if each[0] in ("content-type", "idempotency-key", "x_number")] == [
        ("content-type", "application/x"),
        ("idempotency-key", "own"),
        ("x_number", "1"),
    ]


def test_short_headers_and_words_of_an_address_stay_in_the_text(world: World) -> None:
    """Not "Fleet: ******** need action"."""
    path = "/services/hosting.websec.fleet_notify/attention/domains"
    world.write(problem("1 of the services", "a.example"))
    world.tell(url=f"{world.receiver.url}{path}", headers={"Priority": "1"})
    (told,) = world.receiver.at(path)
    assert (told["format"], told["subject"]) == ("hosting.websec.fleet_notify", "Fleet: 1 need action")
    assert [(each["title"], each["domains"]) for each in told["attention"]] == [("1 of the services", ["a.example"])]


def test_a_certificate_that_nobody_signed(world: World, tmp_path: pathlib.Path) -> None:
    tls = server_tls(write_certificate(tmp_path))

    def refused(caller: Caller) -> None:
        with contextlib.suppress(OSError):
            secure(tls, caller.connection)

    world.write(problem("Refused", "a.example"))
    with RawServer(refused) as server:
        error = world.error(url=f"https://127.0.0.1:{server.port}/s3cret-path")
    assert (error.kind, "ca_path" in error.hint, "s3cret" in error.message) == ("unavailable", True, False)
    world.tell()
    assert world.told[0]["repeats"] is None
