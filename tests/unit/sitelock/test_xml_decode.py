# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock import xml
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    GET_ANP_PROVISIONING_STATUS,
    PROVISION_ADDON,
    Method,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import method_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import parse_status
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import decode
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document, payload

METHOD = Method("doIt", Effect.READ, repeats=frozenset({"many"}))
GOOD = b"<SiteLockOnlineResponse><doIt><a>x</a></doIt></SiteLockOnlineResponse>"

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [
 <!ENTITY lol "lol">
 <!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
 <!ENTITY lol2 "&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;">
 <!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">
]>
<SiteLockOnlineResponse><doIt><a>&lol3;</a></doIt></SiteLockOnlineResponse>"""


# ---- what an answer looks like as plain data


def test_texts_are_stripped_and_empty_elements_are_empty_texts() -> None:
    inner = "<doIt> <a>\n  x y \t</a><b/><c></c><d>  </d> </doIt>"
    assert decode(document(inner), METHOD) == {"doIt": {"a": "x y", "b": "", "c": "", "d": ""}}


def test_attributes_are_read_apart_from_the_text() -> None:
    inner = '<doIt><error code=" 6002 ">No</error><site id="5" status="active"/></doIt>'
    assert decode(document(inner), METHOD) == {
        "doIt": {"error": {"@code": "6002", "#text": "No"}, "site": {"@id": "5", "@status": "active"}}
    }


@pytest.mark.parametrize(("inner", "many"), [("<many>1</many>", ["1"]), ("<many>1</many><many/>", ["1", ""])])
def test_what_may_repeat_is_always_a_list(inner: str, many: list[str]) -> None:
    assert decode(document(f"<doIt>{inner}</doIt>"), METHOD) == {"doIt": {"many": many}}


def test_what_repeats_and_is_not_in_the_table_does_not_get_lost() -> None:
    inner = "<doIt><user>1</user><user>2</user><user>3</user></doIt>"
    assert decode(document(inner), METHOD) == {"doIt": {"user": ["1", "2", "3"]}}


def test_what_repeats_is_not_copied_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    # 320 KB of them took 40 seconds, and the longest response would have taken hours.
    lists = set()
    together = xml._together

    def counted(present: object, value: xml.Data) -> list[xml.Data]:
        found = together(present, value)
        lists.add(id(found))
        return found

    monkeypatch.setattr(xml, "_together", counted)
    assert decode(document("<a/>" * 1000), GET_ANP_PROVISIONING_STATUS) == {"a": [""] * 1000}
    assert len(lists) == 1


def test_entities_and_sections_are_texts() -> None:
    inner = "<doIt><a>&lt;&amp;&gt;&apos;&quot;&#233;&#x20AC;</a><b><![CDATA[<&>]]></b></doIt>"
    assert decode(document(inner), METHOD) == {"doIt": {"a": "<&>'\"é€", "b": "<&>"}}


def test_comments_and_processing_instructions_are_not_there() -> None:
    inner = "<!-- a --><doIt><?pi x?><a>exa<!-- b -->mp<?pi?>le</a><!-- <state>ready</state> --></doIt>"
    assert decode(document(inner) + b"<!-- end -->", METHOD) == {"doIt": {"a": "example"}}


@pytest.mark.parametrize("root", ["SiteLockOnlineResponse", "SiteLockOnlineRequest"])
def test_both_names_of_the_root_in_the_documentation_are_taken(root: str) -> None:
    assert decode(document("<doIt><a>x</a></doIt>", root), METHOD) == {"doIt": {"a": "x"}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encoding_is_the_one_that_the_document_names(encoding: str) -> None:
    name = encoding.replace("-sig", "")
    xml = f'<?xml version="1.0" encoding="{name}"?>' + document("<doIt><a>é</a></doIt>").decode().partition("?>")[2]
    assert decode(xml.encode(encoding), METHOD) == {"doIt": {"a": "é"}}


# ---- what is no answer

NOT_AN_ANSWER = {
    "nothing": b"",
    "blanks": b" \r\n ",
    "text": b"Service unavailable",
    "JSON": b'{"status": "ok"}',
    "HTML": b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><p>Maintenance<br></body></html>",
    "XHTML": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    "HTML after an answer": GOOD + b"<html></html>",
    "text before an answer": b"Warning: x" + GOOD,
    "two answers": GOOD * 2,
    "another root": b"<Response><doIt><a>x</a></doIt></Response>",
    "another case": GOOD.replace(b"SiteLockOnlineResponse", b"sitelockonlineresponse"),
    "a name space": GOOD.replace(b"<SiteLockOnlineResponse>", b'<SiteLockOnlineResponse xmlns="urn:x">'),
    "no root but the method": b"<doIt><a>x</a></doIt>",
    "an undefined entity": GOOD.replace(b"x", b"&nbsp;"),
    "a forbidden character": GOOD.replace(b"x", b"\x01"),
    "a forbidden reference": GOOD.replace(b"x", b"&#0;"),
    "bad UTF-8": GOOD.replace(b"x", b"\xe9\xff"),
    "bytes": bytes(range(256)),
    "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?>' + GOOD,
    "too deep": document("<doIt>" + "<a>" * 5000 + "</a>" * 5000 + "</doIt>"),
    "a document type": b"<!DOCTYPE SiteLockOnlineResponse>" + GOOD,
    "a document type in UTF-16": ("\ufeff<!DOCTYPE SiteLockOnlineResponse>" + GOOD.decode()).encode("utf-16-le"),
    "an external document type": b'<!DOCTYPE SiteLockOnlineResponse SYSTEM "http://127.0.0.1:1/x.dtd">' + GOOD,
    "an entity": b'<!DOCTYPE SiteLockOnlineResponse [<!ENTITY e "x">]>' + GOOD.replace(b"x", b"&e;"),
    "a bomb of entities": BOMB,
}


@pytest.mark.parametrize("body", NOT_AN_ANSWER.values(), ids=NOT_AN_ANSWER)
def test_what_is_no_answer_of_the_api_is_refused(body: bytes) -> None:
    with pytest.raises(
        BadResponseError, match=r"^doIt: the response is not a valid SiteLock API response: "
    ) as refused:
        decode(body, METHOD)
    assert refused.value.may_have_happened
    assert "api_url" in refused.value.hint
    assert len(refused.value.message) < 400


REASONS = {
    "a bare ampersand": (b"<doIt><a>Marks & Spencer</a></doIt>", "a bare & or <, or an unfinished entity", (2, 17)),
    "an unfinished entity": (b"<doIt><a>a&b-s3cret</a></doIt>", "a bare & or <, or an unfinished entity", (2, 20)),
    "an entity of HTML": (b"<doIt><a>a&nbsp;b</a></doIt>", "an entity that XML does not know, such as &nbsp;", (2, 17)),
    "a control character": (b"<doIt><a>\x08</a></doIt>", "a character that XML does not allow", (2, 10)),
    "another encoding": (b"<doIt>\n<a>s3cret\xe9</a></doIt>", "not in the encoding that it declares", (3, 10)),
    "an end that is missing": (b"<doIt><a>x</a>", "its tags do not match", (3, 26)),
    "a wrong end": (b"<doIt><a>x</doIt></a>", "its tags do not match", (2, 18)),
}


@pytest.mark.parametrize(("inner", "reason", "place"), REASONS.values(), ids=REASONS)
@pytest.mark.parametrize("before", [b"", b" ", b"\n \n  "])
def test_what_is_wrong_is_told_with_its_place(inner: bytes, reason: str, place: tuple[int, int], before: bytes) -> None:
    body = before + b'<?xml version="1.0" encoding="UTF-8"?><SiteLockOnlineResponse>\n' + inner
    with pytest.raises(BadResponseError) as refused:
        decode(body + b"\n</SiteLockOnlineResponse>", METHOD)
    line, column = place
    assert f"{reason} (line {line + before.count(10)}, column {column})" in refused.value.message
    assert "s3cret" not in refused.value.message


@pytest.mark.parametrize("before", [b" ", b"\r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b"\n\xef\xbb\xbf"])
def test_a_blank_or_a_byte_order_mark_before_an_answer_does_not_disturb(before: bytes) -> None:
    assert decode(before + document("<doIt><a>x</a></doIt>"), METHOD) == {"doIt": {"a": "x"}}


def test_an_answer_is_nested_64_levels_deep_at_the_most() -> None:
    def nested(levels: int) -> bytes:
        return document("<doIt>" + "<a>" * (levels - 2) + "</a>" * (levels - 2) + "</doIt>")

    assert decode(nested(64), METHOD)
    with pytest.raises(BadResponseError, match="nested deeper than 64 levels"):
        decode(nested(65), METHOD)


@pytest.mark.parametrize("declaration", ['SYSTEM "{url}"', 'PUBLIC "x" "{url}"'])
def test_an_entity_from_outside_is_not_read(tmp_path: Path, declaration: str) -> None:
    (tmp_path / "secret").write_text("hunter2")
    entity = declaration.format(url=(tmp_path / "secret").as_uri())
    body = f"<!DOCTYPE SiteLockOnlineResponse [<!ENTITY e {entity}>]>".encode() + GOOD.replace(b"x", b"&e;")
    with pytest.raises(BadResponseError) as refused:
        decode(body, METHOD)
    assert "hunter2" not in refused.value.message


def test_a_message_shows_the_reason() -> None:
    with pytest.raises(BadResponseError) as refused:
        decode(b"<proxy>\n  Sorry, we are down</proxy>", METHOD)
    assert refused.value.message == (
        "doIt: the response is not a valid SiteLock API response: its root element is proxy, not "
        "SiteLockOnlineResponse."
    )


@pytest.mark.parametrize("name", ["HTML", "XHTML"])
def test_a_page_for_people_is_called_one(name: str) -> None:
    with pytest.raises(BadResponseError, match=r"(?i)html"):
        decode(NOT_AN_ANSWER[name], METHOD)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_never_an_answer(body: bytes) -> None:
    with pytest.raises(BadResponseError):
        decode(body, METHOD)


@settings(deadline=None)
@given(st.data())
def test_an_answer_that_is_cut_off_anywhere_is_never_understood(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["pending_dns", "pending_domain_validation", "ready", "addon_not_found"]))
    body = payload(f"getanpprovisioningstatus_{name}").rstrip()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(BadResponseError):
        decode(body[:cut], GET_ANP_PROVISIONING_STATUS)


def test_the_answer_to_an_order_that_is_cut_off_anywhere_is_never_understood() -> None:
    body = payload("provisionaddon_answer_without_ssl").rstrip()
    for cut in range(len(body)):
        with pytest.raises(BadResponseError):
            decode(body[:cut], PROVISION_ADDON)


@settings(deadline=None)
@given(st.data())
def test_a_damaged_answer_is_understood_or_refused_and_nothing_else_happens(data: st.DataObject) -> None:
    body = payload("getanpprovisioningstatus_pending_dns")
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    damaged = body[:start] + data.draw(st.binary(max_size=5)) + body[end:]
    with contextlib.suppress(WebsecError):
        answer = method_data(decode(damaged, GET_ANP_PROVISIONING_STATUS), GET_ANP_PROVISIONING_STATUS)
        parse_status(answer, 123456789)
