# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DirectAdmin: the domains of a server with their owners, and one call for the settings of each owner.

Source: C(docs.directadmin.com), C(/developer/api/legacy-api.html) and C(/developer/config_files) (C(user.conf)). That
C(CMD_API_DOMAIN_OWNERS) lists all domains is known from other clients only. Domain pointers, subdomains and the
suspension of a single domain are not documented well enough, so they are not read.
"""

from __future__ import annotations

import base64
import concurrent.futures
import functools
import typing as t
from urllib.parse import parse_qsl

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._panels.client import Panel, PanelClient, header_value
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import Listing, flag, text
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext

_MOST_FIELDS = 2_000_000

_PANEL = Panel(
    api="DirectAdmin API",
    check="Check api_username and api_login_key. The key may have expired, or be limited to other addresses.",
    rights="The login key needs the commands CMD_API_DOMAIN_OWNERS and CMD_API_SHOW_USER_CONFIG, and an administrator.",
)


def read_directadmin(
    options: t.Mapping[str, t.Any], types: t.Collection[str], context: RunContext | None = None
) -> Listing:
    """The domains of one server. Makes one call, and one more for each user with a domain.

    :param options: C(api_url), C(api_username), C(api_login_key), C(concurrency), and those of the connection.
    :param types: which domains are wanted: C(main) and C(addon), see ``sites.TYPES``.
    :raises WebsecError: the server cannot be reached, refuses, or its response is not complete and valid.
    """
    user, key = header_value(options, "api_username"), header_value(options, "api_login_key")
    if options["concurrency"] < 1:
        raise BadInputError(f"concurrency is {options['concurrency']}; it must be 1 or greater.")
    token = base64.b64encode(f"{user}:{key}".encode()).decode()
    headers = {"Authorization": f"Basic {token}"}
    with PanelClient(_PANEL, options, secrets=[key, token], headers=headers, context=context) as client:
        owners = _fields(client, "CMD_API_DOMAIN_OWNERS", {})
        listing = Listing(types)
        names = {domain: _owner(listing, domain, owner) for domain, owner in owners.items()}
        users = _users(client, sorted({name for name in names.values() if name}), options["concurrency"])
    for domain, name in names.items():
        if name:
            _add(listing, domain, users[name], name)
    return listing.finish(client.redact)


def _owner(listing: Listing, domain: str, owner: str) -> str:
    """The name of an owner for the next call; empty if it cannot be one."""
    try:
        return text(owner, "owner")
    except ValueError as problem:
        listing.leave_out(domain, f"{problem}.")
        return ""


def _users(client: PanelClient, names: t.Sequence[str], workers: int) -> dict[str, dict[str, str] | str]:
    """The settings of users by their names; a text where the panel refuses them.

    :raises WebsecError: any other failure, after which no further call starts.
    """
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        return dict(zip(names, pool.map(functools.partial(_user, client), names)))


def _user(client: PanelClient, name: str) -> dict[str, str] | str:
    try:
        return _fields(client, "CMD_API_SHOW_USER_CONFIG", {"user": name})
    except RejectedError as refusal:
        return refusal.message


def _add(listing: Listing, domain: str, user: dict[str, str] | str, owner: str) -> None:
    if isinstance(user, str):
        listing.leave_out(domain, user)
        return
    if user.get("username") != owner:
        listing.leave_out(domain, f"CMD_API_SHOW_USER_CONFIG of {owner!r} answers with another user.")
        return
    try:
        suspended = flag(user.get("suspended"), "suspended")
    except ValueError as problem:
        listing.leave_out(domain, f"{problem} (user {owner}).")
        return
    main = str(user.get("domain", "")).lower()
    listing.add(
        domain,
        "main" if domain.lower() == main else "addon",
        account=owner,
        owner=user.get("creator"),
        package=user.get("package"),
        suspended=suspended,
        addresses=(user.get("ip"),),
        parent_domain=None if domain.lower() == main else main,
    )


def _fields(client: PanelClient, command: str, params: t.Mapping[str, str]) -> dict[str, str]:
    """The fields of an answer of the legacy API: URL-encoded, C(error=1) for a refusal."""
    call = f"{command} for {params['user']}" if params else command
    answer = client.send(f"/{command}", call=call, params=params)
    if answer.status != 200:
        raise client.refusal(answer, call=call)
    if answer.body[:200].lstrip().startswith(b"<"):
        raise client.invalid(answer, call, "it is an HTML page")
    try:
        body = answer.body.decode("utf-8").strip()
        pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=bool(body), max_num_fields=_MOST_FIELDS)
    except ValueError as problem:
        raise client.invalid(answer, call, f"it is not URL-encoded: {problem}") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise client.invalid(answer, call, "it has a field twice")
    if fields.get("error", "0") != "0":
        raise client.rejected(call, f"{fields.get('text', '')} {fields.get('details', '')}".strip())
    return fields
