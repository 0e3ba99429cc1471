# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the method table of the relay from the one of the client.

    python tools/relay_table.py           writes
    python tools/relay_table.py --check   fails if the file is not up to date (tools/lint does this)

The relay runs without Ansible on a machine of its own, so it cannot import the table. What goes into the file:

* C(effect): the gravest of the method's entries. The relay does not tell variants of one method apart.
* C(elements), C(attributes), C(repeated): all that a request may contain, as paths below the element of the method.
* C(subjects): which of them say whose data the call is about: a C(site), an C(account), or C(other), which the relay
  cannot trace to an account (a login, a domain, a backup).
* C(items): the element with one item of a batch.
* C(common): the answer is the same for all customers.
* C(answer_secrets): the answer has a secret: a sign-on link, a password.

Methods with an address of their own (scanDomain, bulkReports) are left out: the relay has one upstream address.
"""

from __future__ import annotations

import json
import sys
import typing as t
from pathlib import Path

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS, Method, reference
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.parameters import DIRECT, REPEATED

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "roles" / "sitelock_relay" / "files" / "sitelock_relay" / "methods.json"

_GRAVITY = (Effect.READ, Effect.ACTION, Effect.CHANGE, Effect.BUY, Effect.DESTROY)
# They describe what is new, and identify nothing that exists.
_NEW = {
    "addSSLHost": {"domain"},
    "editSSLHost": {"domain"},
    "provisionAccount": {"login", "domain", "reseller_account_id"},
}
_OTHER_NAMES = frozenset({"login", "user", "domain"})
# No parameters, and no data of a customer (pages of getWafGeoInfo, getWafClientAppInfo, getMessageTypes).
_COMMON = frozenset({"getWafGeoInfo", "getWafClientAppInfo", "getMessageTypes"})


def table() -> dict[str, dict[str, t.Any]]:
    """Return the table of the relay: by method, in alphabetical order."""
    by_name: dict[str, list[Method]] = {}
    for each in METHODS:
        by_name.setdefault(each.name, []).append(each)
    return {name: entry(by_name[name]) for name in sorted(by_name) if by_name[name][0].endpoint is None}


def entry(variants: t.Sequence[Method]) -> dict[str, t.Any]:
    """Return the entry of a method.

    :param variants: the entries of the same name.
    """
    name = variants[0].name
    attributes = frozenset().union(*(each.attributes for each in variants))
    elements = DIRECT.get(name, frozenset()).union(*(each.nested for each in variants))
    subjects = {path: kind for path in sorted(elements | attributes) if (kind := subject(name, path))}
    batch = next((each.batch[0] for each in variants if each.batch), None)
    written: dict[str, t.Any] = {
        "effect": max((each.effect for each in variants), key=_GRAVITY.index).value,
        "elements": sorted(elements),
        "attributes": sorted(attributes),
        "repeated": sorted(REPEATED.get(name, ())),
        "subjects": subjects,
        "items": batch,
        "common": name in _COMMON or variants[0] in vars(reference).values(),
        "answer_secrets": any(each.answer_secrets for each in variants),
    }
    return {key: value for key, value in written.items() if value}


def subject(method: str, path: str) -> str | None:
    """Return the kind of subject that a parameter identifies, or None."""
    parent, _slash, last = path.rpartition("/")
    if last == "site_id" or (parent, last) == ("siteInformation", "id"):
        return "site"
    if last in ("account", "account_id") or (parent, last) == ("accountInformation", "id"):
        return "account"
    if last in _NEW.get(method, ()):
        return None
    # scans/smart_scan/id is the id of a scan.
    of_a_scan = last == "id" and parent.endswith("_scan")
    return "other" if of_a_scan or last in _OTHER_NAMES or last.endswith("_id") else None


def main() -> None:
    """Write the file, or fail if it is not up to date."""
    text = json.dumps(table(), indent=1) + "\n"
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return
    if sys.argv[1:] == ["--check"]:
        raise SystemExit("relay_table: methods.json is not up to date: run python tools/relay_table.py")
    TARGET.write_text(text, encoding="utf-8")
    print("relay_table: methods.json written")


if __name__ == "__main__":
    main()
