# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A site with a firewall, and helpers to read it."""

from __future__ import annotations

import typing as t

from lxml import etree

if t.TYPE_CHECKING:
    from conftest import Sandbox

SITE = "2"
INVALID = ("6002", "Invalid configuration parameter value")


def ask(sandbox: Sandbox, method: str, content: str = "", site_id: str = SITE) -> etree._Element:
    """The element below the root of the response of a method about a site."""
    [element] = sandbox.call(f"<{method}><site_id>{site_id}</site_id>{content}</{method}>").xml
    return element


def plain(element: etree._Element) -> t.Any:
    """An element as tag, attributes and text or children."""
    return element.tag, dict(element.attrib), [plain(child) for child in element] or (element.text or "").strip()


def same(answer: etree._Element, documented: str) -> bool:
    return plain(answer) == plain(etree.fromstring(documented))


def found(answer: etree._Element, path: str) -> list[str]:
    return [one.text or "" for one in answer.findall(path)]


def refusal(answer: etree._Element) -> tuple[str | None, str | None]:
    """Code and text of an error."""
    error = answer.find("error")
    assert error is not None, etree.tostring(answer)
    return error.get("code"), error.text
