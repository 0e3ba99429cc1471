# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""cPanel & WHM, WHM API 1: all domains of a server, joined with their accounts.

Source: C(api.docs.cpanel.net), pages C(/whm/introduction), C(/whm/tokens/), C(/whm/paginate-output),
C(/openapi/whm/operation/get_domain_info/) and C(.../listaccts/). Not documented there, and so not assumed: other values
of C(domain_type) than these four, and the HTTP status of a refusal.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._http.response import HttpResponse
from ansible_collections.hosting.websec.plugins.module_utils._panels.client import Panel, PanelClient, header_value
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import Listing, flag
from ansible_collections.hosting.websec.plugins.module_utils._parsing import parse_json
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, shortened

Record = dict[str, t.Any]

_TYPES = {"main": "main", "addon": "addon", "sub": "sub", "parked": "alias"}

_MOST_RECORDS = 1_000_000
"""Of a listing with pages: a server that always has one more would fill the memory."""

_PANEL = Panel(
    api="WHM API",
    check="Check api_username and api_token: the token may have expired, or its list of addresses may lack this "
    "machine's. Do not repeat it often: WHM may block the address of this machine after several failures (cPHulk).",
    rights="The token needs the privileges list-accts and acct-summary. WHM also refuses suspended resellers, and "
    "addresses that are not on the token's list.",
)


def read_whm(options: t.Mapping[str, t.Any], types: t.Collection[str], context: RunContext | None = None) -> Listing:
    """The domains of one server. Makes two calls, or with C(page_size) one call for each page, and one more.

    :param options: C(api_url), C(api_username), C(api_token), C(page_size) (0: everything at once), and those of the
        connection.
    :param types: which domains are wanted, see ``sites.TYPES``.
    :raises WebsecError: the server cannot be reached, refuses, or its response is not complete and valid.
    """
    user, token = header_value(options, "api_username"), header_value(options, "api_token")
    if options["page_size"] < 0 or options["page_size"] == 1:
        raise BadInputError(f"page_size is {options['page_size']}; it must be 0, or 2 or greater.")
    headers = {"Authorization": f"whm {user}:{token}", "Accept": "application/json"}
    with PanelClient(_PANEL, options, secrets=[token], headers=headers, context=context) as client:
        # In this order: an account that is added in between has no domain yet, instead of a domain without an account.
        domains = _records(client, "get_domain_info", "domains", "domain", {}, options["page_size"])
        wanted = {"want": "user,domain,owner,plan,suspended"}
        found = _records(client, "listaccts", "acct", "user", wanted, options["page_size"])
    accounts = {account["user"]: account for account in found}
    listing = _joined(domains, accounts, types)
    _note_missing(listing, domains, accounts)
    return listing.finish(client.redact)


def _joined(domains: t.Iterable[Record], accounts: t.Mapping[str, Record], types: t.Collection[str]) -> Listing:
    listing = Listing(types)
    for domain in domains:
        name, kind = domain["domain"], _TYPES.get(str(domain.get("domain_type")))
        if kind is None:
            listing.leave_out(name, f"domain_type {domain.get('domain_type')!r} is unknown.")
            continue
        account = accounts.get(str(domain.get("user")))
        if account is None:
            listing.leave_out(name, f"listaccts does not list its account {domain.get('user')!r}.")
            continue
        try:
            suspended = flag(account.get("suspended"), "suspended")
        except ValueError as problem:
            listing.leave_out(name, f"{problem} (account {account['user']}).")
            continue
        listing.add(
            name,
            kind,
            account=account["user"],
            owner=account.get("owner"),
            package=account.get("plan"),
            suspended=suspended,
            addresses=(domain.get("ipv4"), domain.get("ipv6")),
            parent_domain=None if kind == "main" else domain.get("parent_domain"),
        )
    return listing


def _note_missing(listing: Listing, domains: t.Iterable[Record], accounts: t.Mapping[str, Record]) -> None:
    """Accounts without any domain: an answer with a part of the domains looks like one with all of them."""
    known = {str(domain.get("user")) for domain in domains}
    for user, account in accounts.items():
        if user not in known:
            listing.leave_out(account.get("domain"), f"get_domain_info lists no domain of its account {user!r}.")


def _records(
    client: PanelClient, call: str, key: str, name: str, params: t.Mapping[str, str], page_size: int
) -> list[Record]:
    """All records of a function.

    Each page begins with the last record of the page before: it shows that nothing has moved, and no page is beyond
    the end, which is not documented.

    :param key: of the list in C(data). :param name: the field that identifies a record.
    """
    found: list[Record] = []
    known: set[str] = set()
    while True:
        chunk = _chunk(name, max(len(found), 1), page_size) if page_size else {}
        page = _page(client, call, key, name, {**params, **chunk})
        if found and page == found:
            return _distinct(found, call, name)  # the server does not page
        new = page[1:] if found else page
        if found and (not page or page[0][name] != found[-1][name] or any(each[name] in known for each in new)):
            raise BadResponseError(
                f"{call}: the list changed while its pages were read.",
                hint="Run again. If this happens often, set page_size to 0: the list is then one response.",
            )
        found += new
        known.update(each[name] for each in new)
        if page_size and len(found) > _MOST_RECORDS:
            raise BadResponseError(
                f"{call}: the WHM API has more than {counted(_MOST_RECORDS, 'record')}, and always one more page.",
                hint="Set page_size to 0.",
            )
        # More than a page: the server does not page. Nothing but the record that is known: the end.
        if not page_size or len(page) > page_size or len(page) < 2:
            return _distinct(found, call, name)


def _chunk(name: str, start: int, size: int) -> dict[str, str]:
    return {
        "api.chunk.enable": "1",
        "api.chunk.size": str(size),
        "api.chunk.start": str(start),
        "api.sort.enable": "1",
        "api.sort.a.field": name,
        "api.sort.a.method": "lexicographic",
    }


def _page(client: PanelClient, call: str, key: str, name: str, params: t.Mapping[str, str]) -> list[Record]:
    answer = client.send(f"/json-api/{call}", call=call, params={"api.version": "1", **params})
    data = _data(client, answer, call)
    records = data.get(key) if isinstance(data, dict) else None
    if not isinstance(records, list) or not all(_is_named(record, name) for record in records):
        raise client.invalid(answer, call, f"data.{key} is not a list of records with {name}")
    return records


def _is_named(record: object, name: str) -> bool:
    return isinstance(record, dict) and isinstance(record.get(name), str) and bool(record[name])


def _distinct(records: list[Record], call: str, name: str) -> list[Record]:
    known: dict[str, Record] = {}
    for record in records:
        if known.setdefault(record[name], record) != record:
            raise BadResponseError(
                f"{call}: the WHM API lists {shortened(repr(record[name]), 80)} twice with different data.",
                hint="Run again.",
            )
    return list(known.values())


def _data(client: PanelClient, answer: HttpResponse, call: str) -> t.Any:
    """C(data) of a successful response. Another status, or C(result) 0, is a refusal."""
    try:
        document = parse_json(answer.body)
    except ValueError as problem:
        if answer.status != 200:
            raise client.refusal(answer, call=call) from None
        page = answer.body[:200].lstrip().lower().startswith(b"<")
        raise client.invalid(answer, call, "it is an HTML page" if page else f"it is not JSON: {problem}") from None
    if answer.status != 200:
        raise client.refusal(answer, call=call, told=_reason(document))
    metadata = document.get("metadata") if isinstance(document, dict) else None
    if not isinstance(metadata, dict) or "result" not in metadata:
        told = _reason(document)
        if told:
            raise client.rejected(call, told)
        raise client.invalid(answer, call, "it has no metadata.result")
    if str(metadata["result"]) != "1":
        raise client.rejected(call, str(metadata.get("reason") or ""))
    return document.get("data")


def _reason(document: object) -> str:
    """The reason in a refusal, which has the form of the older API 2."""
    for key in ("cpanelresult", "metadata"):
        part = document.get(key) if isinstance(document, dict) else None
        for name in ("error", "reason"):
            if isinstance(part, dict) and isinstance(part.get(name), str):
                return str(part[name])
    return ""
