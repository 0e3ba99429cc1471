# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a SiteLock request: bytes in, method and values out, as strictly as documented."""

from __future__ import annotations

import dataclasses
import re

from lxml import etree

from . import grammar
from .grammar import Refused, Values

_TAG = re.compile(rb"<[^<>]*>")
_ESCAPE = re.compile(rb"&(?:lt|gt|amp|apos|quot|#\d+|#x[0-9A-Fa-f]+);")


@dataclasses.dataclass(frozen=True)
class Request:
    """A request of the right form."""

    method: str
    values: Values
    user: str
    password: str

    @property
    def write(self) -> bool:
        """Whether the method changes anything at the vendor."""
        return grammar.METHODS[self.method].write

    @property
    def site_ids(self) -> list[str]:
        """The sites that the request names."""
        found: list[str] = []
        for part in self._parts:
            named = part.get("site_id", [])
            found += named if isinstance(named, list) else [named]
        return found + [one for one in [self.values.get("siteInformation", {}).get("id")] if one]

    @property
    def domain(self) -> str | None:
        """The domain that the request asks for."""
        return self._first("domain")

    @property
    def account_id(self) -> str | None:
        """The first account that the request names by its number."""
        by_id: str | None = self.values.get("accountInformation", {}).get("id")
        return self._first("account_id", "account") or by_id

    @property
    def login(self) -> str | None:
        """The login that the request names; for a new account it may be its e-mail."""
        return self._first("login", "user", "email")

    @property
    def _parts(self) -> list[Values]:
        groups = [value for value in self.values.values() if isinstance(value, dict)]
        return [self.values, *groups, *self.values.get("addonInfo", [])]

    def _first(self, *names: str) -> str | None:
        return next((part[name] for name in names for part in self._parts if name in part), None)


def read(
    body: bytes, accept_username: bool = False, *, with_token: bool = False, brand_with_token: bool = False
) -> Request:
    """The request in C(body), which has no login C(with_token). Raises Refused with the exact reason.

    C(brand_with_token): there may be an element C(authentication) with nothing but a C(partner) instead.
    """
    root = parse(body)
    if root.tag != "SiteLockOnlineRequest":
        raise Refused(f"the root element is {root.tag}, not SiteLockOnlineRequest")
    if root.attrib or (root.text or "").strip() or any((child.tail or "").strip() for child in root):
        raise Refused("SiteLockOnlineRequest has attributes or text")
    logins = [child for child in root if child.tag == "authentication"]
    methods = [child for child in root if child.tag != "authentication"]
    if len(methods) != 1:
        raise Refused("there is no method" if not methods else "there is more than one method")
    method, values = grammar.check(methods[0])
    if with_token:
        if logins and not (brand_with_token and [[part.tag for part in login] for login in logins] == [["partner"]]):
            raise Refused("the element authentication must be left out beside an access token", method)
        return Request(method, values, "", "")
    if len(logins) != 1:
        raise Refused("there must be one element authentication", method)
    try:
        login = grammar.check_authentication(logins[0], accept_username)
    except Refused as refused:
        raise Refused(refused.reason, method) from None
    return Request(method, values, login["user"], login["password"])


def element(tag: str, values: Values) -> etree._Element:
    """An element as if C(values) had come as XML. Raises Refused for names and texts that XML cannot have."""
    made = etree.Element(tag)
    try:
        for name, value in values.items():
            etree.SubElement(made, name).text = value
    except ValueError:
        raise Refused("a name or a text that XML cannot have") from None
    return made


def parse(body: bytes) -> etree._Element:
    """The root element. Raises Refused for what is not XML, or not as the API asks for it."""
    if b"<!" in body:
        raise Refused("DOCTYPE, CDATA and comments are not part of the API")
    try:
        body.decode("utf-8")
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, UnicodeDecodeError, ValueError):
        raise Refused("the body is not an XML document") from None
    # The API asks for all five characters as entity references; a parser would not mind three of them.
    text = _TAG.sub(b"", body)
    if re.search(rb"[<>'\"]", text) or b"&" in _ESCAPE.sub(b"", text):
        raise Refused("one of < > & ' \" is not escaped in the text of an element")
    return root
