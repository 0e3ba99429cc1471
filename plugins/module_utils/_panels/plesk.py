# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plesk: all domains of a server, from three XML listings; aliases from one call of the REST API.

Source: C(docs.plesk.com), Obsidian API guide, pages 33899 and 33856 (webspaces: the subscriptions with their main
domains), 66583 and 66550 (sites: all other domains and subdomains), 66383 (plans of a subscription), 32915 (names of
plans), 28729 and 33765 (errors), and "About REST API" (domains with aliases). Inferred: the status is a sum of its
documented values, and a list without entries may be the error 1013.

The datasets with hosting settings contain passwords, and are not requested.
"""

from __future__ import annotations

import base64
import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    AuthError,
    BadInputError,
    BadResponseError,
    NotAllowedError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._panels.client import Panel, PanelClient, header_value
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import Listing
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json, whole_number
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._xml import parse_xml

if t.TYPE_CHECKING:
    from lxml import etree

_BACKUP = 4
_SUSPENDED = (8, 16, 32, 64, 256)
_NOTHING = "1013"
_ERRORS: dict[str, type[WebsecError]] = {
    "1001": AuthError,
    "11003": AuthError,
    "1006": NotAllowedError,
    "1010": NotAllowedError,
    "1011": NotAllowedError,
    "1012": NotAllowedError,
    "1030": NotAllowedError,
}

_PANEL = Panel(
    api="Plesk API",
    check="Check api_key, or api_username and api_password. A key is valid for the address that it was made for.",
    rights="A key is valid for the address that it was made for. Check also allowedIPs in panel.ini, and that the "
    "account and the licence are active.",
)


@dataclasses.dataclass(frozen=True)
class _Plan:
    """A service plan. :param owner: the administrator or reseller who made it; empty if Plesk does not say it."""

    name: str = ""
    owner: str = ""


@dataclasses.dataclass(frozen=True)
class _Webspace:
    """A subscription."""

    name: str
    owner: str
    plan: _Plan
    status: int
    addresses: tuple[str, ...]


def read_plesk(options: t.Mapping[str, t.Any], types: t.Collection[str], context: RunContext | None = None) -> Listing:
    """The domains of one server. Makes three calls, and one more for aliases, whatever the number of domains.

    :param options: C(api_url), C(api_key) or C(api_username) and C(api_password), C(hosting_types), and those of the
        connection.
    :param types: which domains are wanted, see ``sites.TYPES``.
    :raises WebsecError: the server cannot be reached, refuses, or its response is not complete and valid.
    """
    headers, basic, secrets = _credentials(options)
    with PanelClient(_PANEL, options, secrets=secrets, headers=headers, context=context) as client:
        plans = _plans(client)
        subscriptions = _results(client, "webspace", "<dataset><gen_info/><subscriptions/></dataset>")
        sites = _results(client, "site", "<dataset><gen_info/></dataset>")
        aliases = _aliases(client, basic) if "alias" in types else {}
    listing = Listing(types)
    _add_all(listing, subscriptions, sites, plans, options["hosting_types"], aliases)
    return listing.finish(client.redact)


def _credentials(options: t.Mapping[str, t.Any]) -> tuple[dict[str, str], dict[str, str], list[str]]:
    """Headers of the XML API, those of the REST API, and the secrets in them."""
    if options.get("api_key"):
        if options.get("api_password"):
            raise BadInputError("Set api_key, or api_username and api_password, never both.")
        key = header_value(options, "api_key")
        return {"KEY": key}, {"X-API-Key": key}, [key]
    user, password = header_value(options, "api_username"), header_value(options, "api_password")
    token = base64.b64encode(f"{user}:{password}".encode()).decode()
    return (
        {"HTTP_AUTH_LOGIN": user, "HTTP_AUTH_PASSWD": password},
        {"Authorization": f"Basic {token}"},
        [password, token],
    )


def _plans(client: PanelClient) -> dict[str, _Plan]:
    """The service plans by their GUIDs."""
    found = _results(client, "service-plan", "<owner-all/>")
    return {_text(result, "guid"): _Plan(_text(result, "name"), _text(result, "owner-login")) for result in found}


def _results(client: PanelClient, operator: str, rest: str) -> list[etree._Element]:
    """The results of C(get) for all objects.

    :param rest: of the request, after its filter.
    :raises WebsecError: the request, or one of its results, is an error: then the list is not complete.
    """
    call = f"{operator}.get"
    packet = f"<packet><{operator}><get><filter/>{rest}</get></{operator}></packet>"
    answer = client.send(
        "/enterprise/control/agent.php",
        call=call,
        data=f'<?xml version="1.0" encoding="UTF-8"?>{packet}'.encode(),
        headers={"Content-Type": "text/xml"},
    )
    if answer.status != 200:
        raise client.refusal(answer, call=call)
    try:
        root = parse_xml(answer.body)
    except ValueError as problem:
        raise client.invalid(answer, call, str(problem)) from None
    system = root.find("system")
    if system is not None and _text(system, "status") == "error":
        raise _error(client, call, system)
    parent = root.find(f"{operator}/get")
    if root.tag != "packet" or parent is None:
        raise client.invalid(answer, call, f"it is not a packet with {operator}/get")
    results = parent.findall("result")
    if len(results) == 1 and _text(results[0], "status") == "error" and _text(results[0], "errcode") == _NOTHING:
        return []
    for result in results:
        if _text(result, "status") != "ok":
            raise _error(client, call, result)
    # A list without entries may be one result that has nothing but its status.
    return [result for result in results if len(result) > 1]


def _error(client: PanelClient, call: str, element: etree._Element) -> WebsecError:
    code = _text(element, "errcode")
    return client.rejected(call, _text(element, "errtext"), code=code or None, kind=_ERRORS.get(code, RejectedError))


def _text(element: etree._Element, path: str) -> str:
    """The text of an element below ``element``; empty if there is none."""
    return (element.findtext(path) or "").strip()


def _add_all(
    listing: Listing,
    subscriptions: t.Iterable[etree._Element],
    sites: t.Sequence[etree._Element],
    plans: t.Mapping[str, _Plan],
    hosting_types: t.Collection[str],
    aliases: t.Mapping[str, t.Sequence[str]],
) -> None:
    webspaces: dict[str, _Webspace] = {}
    parents: dict[str, set[str]] = {}
    for result in subscriptions:
        info = _info(result)
        name = _text(info, "ascii-name") or _text(info, "name")
        if _text(result, "id") in ("", *parents):
            # Its sites could be those of another customer.
            raise BadResponseError(
                f"webspace.get: the Plesk API lists the subscription {name[:60]!r} without a number, or with that of "
                "another one.",
                hint="Run again. If it persists, please report it.",
            )
        parents[_text(result, "id")] = {name.lower()}
        try:
            webspace = _webspace(result, info, name, plans)
        except ValueError as problem:
            listing.leave_out(name, f"{problem}.")
            continue
        webspaces[_text(result, "id")] = webspace
        if _text(info, "htype") in hosting_types:
            _add(listing, name, "main", None, webspace, 0, webspace.addresses, aliases)
    infos = [_info(result) for result in sites]
    for info in infos:
        name = _text(info, "ascii-name") or _text(info, "name")
        parents.setdefault(_text(info, "webspace-id"), set()).add(name.lower())
    for info in infos:
        name, number = _text(info, "ascii-name") or _text(info, "name"), _text(info, "webspace-id")
        if _text(info, "htype") not in hosting_types:
            continue
        own = webspaces.get(number)
        if own is None:
            listing.leave_out(name, f"its subscription {number!r} is left out, or not listed.")
            continue
        if name.lower() == own.name.lower():
            continue  # The main domain, if the API lists it here, too.
        above = _above(name.lower(), parents[number])
        try:
            status = _status(_text(info, "status"))
        except ValueError as problem:
            listing.leave_out(name, f"{problem}.")
            continue
        addresses = tuple(_texts(info, "dns_ip_address")) or own.addresses
        _add(listing, name, "sub" if above else "addon", above or own.name, own, status, addresses, aliases)


def _add(
    listing: Listing,
    name: str,
    kind: str,
    parent: str | None,
    webspace: _Webspace,
    status: int,
    addresses: t.Sequence[str],
    aliases: t.Mapping[str, t.Sequence[str]],
) -> None:
    """Add a domain and its aliases. :param status: of the site, in addition to that of its subscription."""
    names = [(name, kind, parent), *((alias, "alias", name) for alias in aliases.get(name.lower(), ()))]
    for domain, domain_type, parent_domain in names:
        listing.add(
            domain,
            domain_type,
            account=webspace.owner,
            owner=webspace.plan.owner,
            package=webspace.plan.name,
            suspended=bool((status | webspace.status) & ~_BACKUP),
            addresses=addresses,
            parent_domain=parent_domain,
        )


def _info(result: etree._Element) -> etree._Element:
    info = result.find("data/gen_info")
    if info is None:
        raise BadResponseError(
            "The Plesk API lists an object without gen_info.", hint="Run again. If it persists, please report it."
        )
    return info


def _webspace(result: etree._Element, info: etree._Element, name: str, plans: t.Mapping[str, _Plan]) -> _Webspace:
    """:raises ValueError: something that decides about the site is unknown."""
    guids = _texts(result, "data/subscriptions/subscription/plan/plan-guid")
    known = [plans[guid] for guid in guids if guid in plans]
    if len(known) > 1 or (guids and not known):
        raise ValueError("which of its plans is the service plan is unknown" if known else "its plan is unknown")
    return _Webspace(
        name=name,
        owner=_text(info, "owner-login"),
        plan=known[0] if known else _Plan(),
        status=_status(_text(info, "status")),
        addresses=tuple(_texts(info, "dns_ip_address")),
    )


def _status(text: str) -> int:
    """:raises ValueError: it is not a sum of documented values."""
    number = whole_number(text)
    if number is None or number & ~(_BACKUP + sum(_SUSPENDED)):
        raise ValueError(f"its status {text[:20]!r} is unknown")
    return number


def _texts(element: etree._Element, path: str) -> list[str]:
    return [text for found in element.findall(path) if (text := (found.text or "").strip())]


def _above(name: str, others: t.Collection[str]) -> str | None:
    """The domain of the subscription of which ``name`` is a subdomain; C(None) if it is none. All in lower case."""
    labels = name.split(".")
    tails = (".".join(labels[start:]) for start in range(1, len(labels)))
    return next((tail for tail in tails if tail in others), None)


def _aliases(client: PanelClient, headers: t.Mapping[str, str]) -> dict[str, list[str]]:
    """Aliases with a web service by their domains. Only administrators may use the REST API."""
    call = "GET /domains"
    answer = client.send("/api/v2/domains", call=call, headers={**headers, "Accept": "application/json"})
    domains = _json(client, answer, call)
    if not isinstance(domains, list) or not all(isinstance(each, dict) for each in domains):
        raise client.invalid(answer, call, "it is not a list of domains")
    found: dict[str, list[str]] = {}
    for domain in domains:
        name, aliases = domain.get("ascii_name") or domain.get("name"), domain.get("aliases")
        if not isinstance(name, str) or not isinstance(aliases, list):
            raise client.invalid(answer, call, "a domain in it has no name, or no aliases (before Plesk 18.0.42)")
        found[name.lower()] = [
            str(alias.get("ascii_name") or alias.get("name"))
            for alias in aliases
            if isinstance(alias, dict) and alias.get("web") is True
        ]
    return found


def _json(client: PanelClient, answer: HttpResponse, call: str) -> t.Any:
    try:
        document = parse_json(answer.body)
    except ValueError as problem:
        if answer.status == 200:
            raise client.invalid(answer, call, f"it is not JSON: {problem}") from None
        document = None
    if answer.status != 200:
        told = document.get("message") if isinstance(document, dict) else None
        raise client.refusal(answer, call=call, told=told if isinstance(told, str) else "")
    return document
