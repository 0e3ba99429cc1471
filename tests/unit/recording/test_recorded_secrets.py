# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever an answer holds, and wherever: nothing of it gets into a file."""

from __future__ import annotations

import json
import tempfile
import typing as t
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._recording.recorder import Recorder
from ansible_collections.hosting.websec.tests.unit.recording.directory import recorded

# No word of an API has it, and nothing that stands for a value.
CORE = "qzk"
NUMBER = "77443"

_core = st.text("bcdfghjklmnpqrtvwz0123456789", min_size=2, max_size=9).map(lambda text: f"{CORE}{text}")
_secrets = st.one_of(
    _core,
    _core.map(str.upper),
    _core.map(str.title),
    _core.map(lambda core: f"{core}.example.com"),
    _core.map(lambda core: f"www.{core}.co.uk."),
    _core.map(lambda core: f"{core}.sitelock.com"),
    _core.map(lambda core: f"jane.{core}@{core}.example"),
    _core.map(lambda core: f"https://{core}.example/{core}?token={core}#{core}"),
    _core.map(lambda core: f"https://{core}:{core}@192.0.2.1:8443/"),
    _core.map(lambda core: f"/{core}/wp-admin"),
    _core.map(lambda core: f"Jane {core.title()}"),
    _core.map(lambda core: f"Invalid password {core}. Site {core}_id of {core} not found: {core}!"),
    _core.map(lambda core: f"site_{core}-status"),
    _core.map(lambda core: f"globalsign-domain-verification={core}"),
    _core.map(lambda core: f"ok,{core};ready {core}"),
    _core.map(lambda core: f"-----BEGIN KEY-----\n{core}\n{core}\n"),
    _core.map(lambda core: f"{core} " * 400),
    _core.map(lambda core: f"\u00e4{core}\u4e2d\U0001f600"),
    st.integers(100, 99999).map(lambda number: f"{NUMBER}{number}"),
    st.integers(1, 999).map(lambda number: f"-{NUMBER}.{NUMBER}{number}"),
    st.integers(0, 0xFFFF).map(lambda number: f"2606:{NUMBER[:4]}:{NUMBER[:4]}::{number:x}"),
    st.integers(0, 0xFFFF).map(lambda number: f"2606:{NUMBER[:4]}:{NUMBER[:4]}::{number:x}/64"),
)
_KNOWN = """
    site id site_id account domain message error code status state name password api_key count page type date
    address email login url text country SiteLockOnlineResponse getStatus loginURL dns_new_a expires_in title
"""
_known_names = st.sampled_from(_KNOWN.split())
_harmless = st.sampled_from(["", "ok", "ready", "0", "1", "ANF", "true", "Site Not Found", "2026-11-29"])
_names_of_elements = st.one_of(_known_names, _core, _core.map(lambda core: f"site_{core}.{core}-id"))
_texts = st.one_of(_secrets, _harmless)


def _element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    inside = st.one_of(
        children,
        _texts.map(escape),
        _secrets.map(lambda text: f"<![CDATA[{text}]]>"),
        _secrets.map(lambda text: f"<!-- {text.replace('-', '.')} -->"),
        _core.map(lambda core: f"<?{core} {core}?>"),
        _core.map(lambda core: f"<{core}:name xmlns:{core}='urn:{core}' {core}:{core}='{core}'>{core}</{core}:name>"),
        _core.map(lambda core: "".join(f"&#{ord(each)};" for each in core)),
    )

    def built(name: str, attributes: dict[str, str], parts: list[str]) -> str:
        shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        return f"<{name}{shown}>{''.join(parts)}</{name}>"

    return st.builds(
        built, _names_of_elements, st.dictionaries(_names_of_elements, _texts, max_size=2), st.lists(inside, max_size=4)
    )


_xml = st.recursive(_element(st.just("")), _element, max_leaves=8)
_values = st.recursive(
    st.one_of(_texts, st.none(), st.booleans(), st.integers(10**4, 10**5).map(lambda each: int(f"{NUMBER}{each}"))),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(_names_of_elements, _secrets), inner, max_size=3)
    ),
    max_leaves=8,
)
_broken = st.one_of(
    _secrets.map(lambda text: f"<html><head><title>{text}</title></head></html>"),
    _secrets.map(lambda text: f"<?xml version='1.0'?><!DOCTYPE html><html><body class='{text}'/></html>"),
    _secrets.map(lambda text: f"<!DOCTYPE x [<!ENTITY e '{text}'>]><site>&e;</site>"),
    _secrets.map(lambda text: f"<site>{text}</account>"),
    _secrets.map(lambda text: f"<a>{text}" * 60 + "</a>" * 60),
    _secrets.map(lambda text: f'{{"a": "{text}"'),
    _secrets.map(lambda text: "[" * 90 + json.dumps(text) + "]" * 90),
    _secrets,
)
_bodies = st.one_of(
    _xml.map(str.encode),
    _xml.map(lambda text: f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")),
    _values.map(lambda value: json.dumps(value).encode()),
    _broken.map(str.encode),
    _secrets.map(lambda text: b"\xff\xfe\x00" + text.encode()),
    _secrets.map(lambda text: f"<site>{text}</site>".encode() + b" " * (1024 * 1024)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.lists(_bodies, min_size=1, max_size=3), _secrets, _secrets)
def test_no_secret_is_in_any_file(bodies: list[bytes], call: str, content_type: str) -> None:
    told: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(folder, api="SiteLock API", warn=told.append)
        for body in bodies:
            recorder.keep(Effect.READ, call, status=200, content_type=content_type, body=body)
        assert len(recorded(Path(folder))) == len(bodies)
        for file in Path(folder).iterdir():
            shown = f"{file.name}\n{file.read_text(encoding='utf-8')}"
            assert CORE not in shown.lower()
            assert NUMBER not in shown
            assert NUMBER[:4] not in shown
    assert told == []


def _size(value: t.Any) -> t.Any:
    """The structure of a value."""
    if isinstance(value, dict):
        return [_size(each) for each in value.values()]
    return [_size(each) for each in value] if isinstance(value, list) else type(value)


@settings(max_examples=200, deadline=None)
@given(_values.filter(lambda value: isinstance(value, (dict, list))))
def test_the_structure_stays(value: t.Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(folder, api="BotGuard API")
        recorder.keep(Effect.READ, "GET /website", status=200, content_type="", body=json.dumps(value).encode())
        [answer] = recorded(Path(folder))
    assert _size(json.loads(answer.body or b"")) == _size(value)
