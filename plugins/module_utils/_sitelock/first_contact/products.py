# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the methods about SMART, backups, the seal and the SSL monitor do."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import NotFoundError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import (
    YES_OR_NO,
    Observation,
    one_word,
    yes_or_no,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import says_not_configured, values_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import calls, contract
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.accounts import (
    ERROR_FORMS,
    error_form,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Response, Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text

_INFERRED = ("parallel", "port", "protocol")
_PARTS = ("backup_db", "backup_files")
_NUMBER_OF_PART = ("backup_db_id", "backup_files_id")
_LISTS = ("exclude_exts", "exclude_files", "excluded_dirs", "excluded_exts", "excluded_files")
_SEPARATORS = {",": "comma", ";": "semicolon", "\n": "line"}
_NO_HOST = "sslhost not set"

Data = t.Mapping[str, t.Any]


def _product_errors(seen: Responses) -> str:
    return one_word(map(error_form, seen.of(calls.UNKNOWN_SITE_SMART)))


def _unconfigured(seen: Responses) -> str:
    responses = [each for call in (calls.SMART, calls.SMART_DATABASE, calls.BACKUP_SETTINGS) for each in seen.of(call)]
    return one_word(map(_form_of_nothing, responses))


def _form_of_nothing(response: Response) -> str | None:
    if response.error is not None:
        return "error" if says_not_configured(response.error) else None
    if not response.data:
        return "empty"
    return "blank" if all(value == "inactive" for _name, value in values_in(response.data)) else None


def _configured(seen: Responses) -> list[Data]:
    """SMART of the sites where it is configured."""
    return [data for _site, data in seen.data(calls.SMART) if text(data, "ftp_host")]


def _smart_elements(seen: Responses) -> str:
    return one_word("all" if any(name in data for name in _INFERRED) else "documented" for data in _configured(seen))


def _smart_key(seen: Responses) -> str:
    """An element may be left out because there is no key, so only a site that has one shows it."""
    return one_word(
        yes_or_no("ssh_pub_key" in data)
        for site, data in seen.data(calls.SMART)
        if site is not None and contract.SSH_KEY in site.has
    )


def _smart_error(seen: Responses) -> str:
    return one_word(
        "absent" if "error_str" not in data else None if text(data, "error_str") else "empty"
        for data in _configured(seen)
    )


def _product_sites(seen: Responses) -> str:
    return one_word(_without_backup(each) for each in seen.of(calls.BACKUPS))


def _without_backup(response: Response) -> str | None:
    if response.site is None or contract.BACKUP in response.site.has:
        return None
    if response.data is None:
        return "bought" if isinstance(response.error, (RejectedError, NotFoundError)) else None
    return None if response.data.get("backup") else "any"


def _backups(seen: Responses) -> list[Data]:
    return [
        each for _site, data in seen.data(calls.BACKUPS) for each in data.get("backup", []) if isinstance(each, dict)
    ]


def _backup_parts(seen: Responses) -> list[Data]:
    return [child(backup, part) for backup in _backups(seen) for part in _PARTS if child(backup, part)]


def _files_part(seen: Responses) -> str:
    words = {"active": "active", "inactive": "inactive", None: "none"}
    return one_word(
        words.get(text(child(data, "backup_files"), "status"), "other")
        for _site, data in seen.data(calls.BACKUP_SETTINGS)
        if child(data, "backup_files")
    )


def _separator(seen: Responses) -> str:
    lists = [
        value
        for call in (calls.SMART, calls.BACKUP_SETTINGS)
        for response in seen.of(call)
        for name, value in values_in(response.data)
        if name in _LISTS
    ]
    return one_word(next((word for mark, word in _SEPARATORS.items() if mark in value), None) for value in lists)


def _backup_id(seen: Responses) -> str:
    return one_word(map(_place_of_number, _backups(seen)))


def _place_of_number(backup: Data) -> str:
    if "backup_id" in backup:
        return "element"
    if "@id" in backup or "@backup_id" in backup:
        return "attribute"
    parts = (child(backup, part) for part in _PARTS)
    return "parts" if any(name in part for part in parts for name in _NUMBER_OF_PART) else "none"


def _backup_error(seen: Responses) -> str:
    done = [part for part in _backup_parts(seen) if text(part, "completed_at")]
    return one_word(
        "absent" if "err_code" not in part else {"0": "zero", "": "empty"}.get(part["err_code"]) for part in done
    )


def _shield_options(seen: Responses) -> str:
    options = [
        value
        for _site, data in seen.data(calls.SHIELD)
        for shield in data.get("shield", [])
        if isinstance(shield, dict)
        for value in child(shield, "options").values()
    ]
    return one_word(map(_form_of_options, options))


def _form_of_options(value: t.Any) -> str | None:
    if isinstance(value, list):
        return "repeat"
    if isinstance(value, dict):
        return "nested"
    return "comma" if "," in value else None


def _ssl_host_absent(seen: Responses) -> str:
    return one_word(_without_host(each) for each in seen.of(calls.SSL_HOSTS))


def _without_host(response: Response) -> str | None:
    if response.data is None:
        refused = isinstance(response.error, RejectedError) and _NO_HOST in response.error.message
        return "error" if refused else None
    return None if response.data.get("sslhost") else "empty"


def _hosts_of_site(seen: Responses) -> str:
    """A site with several shows that it may have them. One with one shows nothing."""
    return one_word(
        "several" if len(data.get("sslhost", [])) > 1 else None for _site, data in seen.data(calls.SSL_HOSTS)
    )


OBSERVATIONS: tuple[Observation[Responses], ...] = (
    Observation("product_errors", "form of errors of the products", ERROR_FORMS, _product_errors),
    Observation(
        "unconfigured", "what a product answers that was never configured", ("empty", "blank", "error"), _unconfigured
    ),
    Observation(
        "smart_elements", "whether getSMART has port, protocol and parallel", ("all", "documented"), _smart_elements
    ),
    Observation("smart_ssh_pub_key", "whether getSMART has ssh_pub_key", YES_OR_NO, _smart_key),
    Observation("smart_error", "error_str while the sign-in works", ("empty", "absent"), _smart_error),
    Observation(
        "product_sites", "whether a site without backups answers about backups", ("any", "bought"), _product_sites
    ),
    Observation(
        "backup_files_status",
        "status of the part backup_files",
        ("active", "inactive", "other", "none"),
        _files_part,
    ),
    Observation(
        "list_separator",
        "what separates the extensions and files in one element",
        ("comma", "semicolon", "line"),
        _separator,
    ),
    Observation(
        "backup_id_form",
        "where getBackupSummary has the number of a backup",
        ("element", "attribute", "parts", "none"),
        _backup_id,
    ),
    Observation("backup_err_code", "err_code of a backup without an error", ("zero", "empty", "absent"), _backup_error),
    Observation("shield_options", "values in options of getShield", ("comma", "repeat", "nested"), _shield_options),
    Observation(
        "ssl_host_absent", "what getSSLHost answers for a site without one", ("empty", "error"), _ssl_host_absent
    ),
    Observation("ssl_hosts_per_site", "whether a site has several SSL hosts", ("several",), _hosts_of_site),
)
