# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SiteLock client against a scripted server, and the documents for both."""

from __future__ import annotations

import contextlib
import typing as t
from pathlib import Path

import pytest
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.credentials import Credentials
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer

ABSENT = "<code>ANF</code><message>ANP Addon Not Found</message><state>error</state>"


_PAYLOADS = Path(__file__).parent / "payloads"
PAYLOADS = frozenset(file.stem for file in _PAYLOADS.glob("*.xml"))
"""The names of the examples, such as C(createtoken_answer)."""


def payload(name: str) -> bytes:
    """An example of the vendor's pages, word for word."""
    return (_PAYLOADS / f"{name}.xml").read_bytes()


def document(inner: str, root: str = "SiteLockOnlineResponse") -> bytes:
    """An answer with C(inner) below its root."""
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><{root}>{inner}</{root}>'.encode()


def answer(method: Method, inner: str) -> bytes:
    """An answer with C(inner) below the element of the method."""
    return document(f"<{method.name}>{inner}</{method.name}>")


def example_of(method: Method) -> bytes:
    """The vendor's example of a response; without one, a response with everything in the table."""
    if f"{method.name.lower()}_answer" in PAYLOADS:
        return payload(f"{method.name.lower()}_answer")
    several = "".join(f"<{name}><title>x</title></{name}>" for name in sorted(method.repeats))
    secret = "".join(f"<{name}>x</{name}>" for name in sorted(method.answer_secrets))
    return answer(method, f"<status>ok</status><message>Done it.</message><all>{several}</all>{secret}")


def least_of(method: Method) -> dict[str, t.Any]:
    """The minimal request of ``method`` to which a response about site 5 belongs."""
    return {method.batch[0]: [{"site_id": 5}]} if method.batch else {}


def canonical(xml: bytes) -> bytes:
    """A document in its canonical form, without the white space between elements."""
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.tostring(etree.fromstring(xml, parser), method="c14n")


def method_of(request: Received) -> str:
    """The name of the method in a request."""
    return str(etree.fromstring(request.body)[1].tag)


def sent_to(server: ScriptedServer) -> list[str]:
    """The names of the called methods, in order."""
    return [method_of(request) for request in server.requests]


@contextlib.contextmanager
def sitelock_client(
    url: str, *, password: str = "Password", partner: str | None = None, read_only: bool = False, **settings: t.Any
) -> t.Iterator[SiteLockClient]:
    """A client with the credentials of the vendor's examples; no retries, unless the settings say otherwise."""
    client = SiteLockClient(
        url,
        Credentials("Username", password, partner),
        HttpSettings(**{"timeout": 5.0, "retries": 0, **settings}),
        read_only=read_only,
    )
    with client:
        yield client


def call(body: bytes, method: Method, parameters: t.Mapping[str, t.Any], status: int = 200) -> dict[str, t.Any]:
    """The client's result for a response."""
    with ScriptedServer([Reply(body, status)]) as server, sitelock_client(server.url) as client:
        return client.call(method, parameters)


def failure_of(reply: Reply, method: Method, **client: t.Any) -> WebsecError:
    """The error of a call that gets this reply; C(client) goes to C(sitelock_client)."""
    failed = pytest.raises(WebsecError)
    with ScriptedServer([reply]) as server, sitelock_client(server.url, **client) as caller, failed as error:
        caller.call(method, {"site_id": 5})
    return error.value


def request_of(method: Method, parameters: t.Mapping[str, t.Any], *, partner: str | None = None) -> bytes:
    """The document that the client sends."""
    with ScriptedServer([Reply(document(f"<{method.name}/><loginURL/>"))]) as server:
        with sitelock_client(server.url, partner=partner) as client, contextlib.suppress(Exception):
            client.call(method, parameters)
        return server.requests[0].body
