# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From templates and values to a message."""

from __future__ import annotations

import datetime
import email
import email.message
import email.policy
import pathlib
import re
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.addresses import check_address
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import Sender, build, message_id
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.templates import Content, Templates

NOW = datetime.datetime(2026, 11, 29, 8, 0, tzinfo=datetime.timezone.utc)
SENDER = Sender("security@hoster.example", "Hoster", "help@hoster.example", "bounces@hoster.example")


class Folder:
    """A folder with templates."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def render(self, variables: t.Mapping[str, t.Any] | None = None, **templates: str) -> Content:
        for name, text in templates.items():
            (self.path / f"{name}.j2").write_text(text, encoding="utf-8")
        return Templates(str(self.path)).render("main.j2", variables or {})


@pytest.fixture(name="folder")
def _folder(tmp_path: pathlib.Path) -> Folder:
    path = tmp_path / "templates"
    path.mkdir()
    (tmp_path / "secret.j2").write_text("s3cret")
    return Folder(path)


def blocks(subject: str = "S", **others: str) -> str:
    return "".join(
        f"{{% block {name} %}}{text}{{% endblock %}}" for name, text in {"subject": subject, **others}.items()
    )


def parsed(
    content: Content, recipient: str = "jane@shop.example", sender: Sender = SENDER
) -> email.message.EmailMessage:
    raw = build(content, sender, recipient, "123", NOW)
    assert raw.isascii()
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    return email.message_from_bytes(raw, policy=email.policy.default)


# ---- templates


def test_values_are_escaped_in_html_only_and_are_no_templates(folder: Folder) -> None:
    value = "<b>{{ 7 * 7 }}</b> & 'x'"
    content = folder.render({"x": value}, main=blocks("{{ x }}", text="{{ x }}", html="{{ x }}"))
    assert (content.subject, content.text) == (value, value)
    assert content.html == "&lt;b&gt;{{ 7 * 7 }}&lt;/b&gt; &amp; &#39;x&#39;"


def test_templates_share_parts_that_are_escaped_in_html_too(folder: Folder) -> None:
    content = folder.render(
        {"x": "<"},
        main="{% extends 'layout.j2' %}{% from 'macros.j2' import button %}{% set y = x * 2 %}"
        + blocks("{{ y }}", body="{{ button(y) }}"),
        layout=blocks("", text="{% include 'foot.j2' %}", html="<p>{% block body %}{% endblock %}</p>"),
        foot="-- {{ x }}",
        macros="{% macro button(z) %}[{{ z }}]{% endmacro %}",
    )
    assert (content.subject, content.text, content.html) == ("<<", "-- <", "<p>[&lt;&lt;]</p>")


@pytest.mark.parametrize(
    "attack",
    [
        "{% include '/etc/hostname' %}",
        "{% include '../secret.j2' %}",
        "{% include 'link.j2' %}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ self.__init__.__globals__ }}",
        "{{ lookup('file', '/etc/hostname') }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ x.append(1) }}",
        "{{ range(10 ** 9) | list }}",
    ],
)
def test_a_template_has_no_access_to_the_machine(folder: Folder, tmp_path: pathlib.Path, attack: str) -> None:
    if "link" in attack:
        (folder.path / "link.j2").symlink_to(tmp_path / "secret.j2")
        (folder.path / "main.j2").write_text(blocks(text=attack))
        with pytest.raises(BadInputError, match=r"link\.j2: it cannot be read"):
            Templates(str(folder.path))
        return
    with pytest.raises(BadInputError, match=r"^main\.j2, line 1: ") as error:
        folder.render({"x": []}, main=blocks(text=attack))
    assert "s3cret" not in error.value.message


def test_a_part_that_is_not_there_is_named(folder: Folder) -> None:
    with pytest.raises(BadInputError, match=r"^main\.j2, line 1: there is no template foot\.j2\.$"):
        folder.render(main=blocks(text="{% include 'foot.j2' %}"))


@pytest.mark.parametrize("text", ["{{ 1 / 0 }}", "{{ x.y.z }}", "{{ 'a' + 1 }}", "{{ x | nofilter }}"])
def test_an_error_names_template_and_line(folder: Folder, text: str) -> None:
    with pytest.raises(BadInputError, match=r"(part|main)\.j2, line 2: "):
        folder.render({"x": 1}, main=blocks(text="{% include 'part.j2' %}"), part=f"\n{text}")


@pytest.mark.parametrize(
    "template", ["", "text", blocks(), blocks("", text="x"), "{% block subject %}\n \n{% endblock %}" + blocks("")[:0]]
)
def test_a_template_without_its_blocks_is_an_error(folder: Folder, template: str) -> None:
    with pytest.raises(BadInputError, match=r"the block (subject|text or html) is missing or empty"):
        folder.render(main=template)


def test_a_folder_that_is_not_there(tmp_path: pathlib.Path) -> None:
    with pytest.raises(BadInputError, match="missing cannot be read: No such file or directory"):
        Templates(str(tmp_path / "missing"))


@pytest.mark.parametrize("code", ["", ".", "..", "../main", "main/", "main\0", "main\n", "MAIN", "x" * 300])
def test_a_code_is_no_path(folder: Folder, code: str) -> None:
    (folder.path / "main.j2").write_text("x")
    assert Templates(str(folder.path)).name_of(code) is None
    assert Templates(str(folder.path)).name_of("main") == "main.j2"


# ---- messages


def test_the_headers_and_both_parts() -> None:
    message = parsed(Content("Grüße", "Hallo Jürgen\n" + "x" * 3000, "<p>Jürgen</p>"))
    assert {name: str(message[name]) for name in message if name not in ("Content-Type", "MIME-Version")} == {
        "From": "Hoster <security@hoster.example>",
        "To": "jane@shop.example",
        "Reply-To": "help@hoster.example",
        "Subject": "Grüße",
        "Date": "Sun, 29 Nov 2026 08:00:00 +0000",
        "Message-ID": "<sitelock-123@hoster.example>",
        "Auto-Submitted": "auto-generated",
    }
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content() == "Hallo Jürgen\r\n" + "x" * 3000 + "\r\n"
    assert parsed(Content("S", "", "<p>ü</p>")).get_content() == "<p>ü</p>\r\n"
    assert parsed(Content("S", "ü", "")).get_content() == "ü\r\n"


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_value_makes_a_header(subject: str, name: str) -> None:
    hostile = Content(f"x{subject}\r\nBcc: evil@evil.example\n\nBody", "text", "")
    sender = Sender.from_options(
        {
            "sender": "a@hoster.example",
            "sender_name": f"{name}\r\nBcc: evil@evil.example",
            "reply_to": None,
            "envelope_sender": None,
        }
    )
    message = parsed(hostile, sender=sender)
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "MIME-Version",
         "Content-Transfer-Encoding"]
    )  # fmt: skip
    assert message.get_content() == "text\r\n"
    assert [address.addr_spec for address in message["From"].addresses] == ["a@hoster.example"]


@given(st.text(min_size=1, max_size=300))
def test_the_id_of_a_message_is_the_same_whenever_it_is_made_and_is_one_header(queue_id: str) -> None:
    made = message_id(queue_id, SENDER)
    assert made == message_id(queue_id, SENDER)
    assert re.fullmatch(r"<sitelock-[A-Za-z0-9_-]+@hoster\.example>", made)
    assert made != message_id(f"{queue_id}x", SENDER)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Jane.Doe+x@Shop.Example ", "Jane.Doe+x@shop.example"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("jane@straße.example", "jane@xn--strae-oqa.example"),
    ],
)
def test_an_address_with_its_domain_as_punycode(text: str, address: str) -> None:
    assert check_address(text, "x") == address
    assert parsed(Content("S", "T", ""), address)["To"] == address


@pytest.mark.parametrize(
    "text",
    [
        "", "jane", "@shop.example", "jane@", "jane@shop", "a@b.example c@d.example", "a@b.example,c@d.example",
        "a b@shop.example", "<a@shop.example>", "a@shop.example\nDATA", "a@shop.example\r\nRCPT TO:<x@y.example>",
        "jürgen@shop.example", "a@[127.0.0.1]", '"a b"@shop.example', "a..b@shop.example", "x" * 65 + "@shop.example",
        "a@shop.example>", "a\0@shop.example", "a@b@shop.example",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address(text: str) -> None:
    with pytest.raises(BadInputError, match=r"^email_address is .* which is not an e-mail address: "):
        check_address(text, "email_address")
