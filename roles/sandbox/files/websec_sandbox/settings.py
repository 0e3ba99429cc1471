# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the vendors' documentation leaves open, and the pace of the sandbox: values that can be switched."""

from __future__ import annotations

import dataclasses
import typing

# The documented time between two attempts of a provisioning that could not be completed, in seconds.
RETRY_INTERVAL = 6 * 3600
# Free products are given up after this many attempts.
FREE_RETRY_LIMIT = 50
# What the check API takes for tools that copy content, when the user agent of a visitor begins so.
BAD_AGENTS = ("curl/", "Wget/", "python-requests/", "Python-urllib/", "Go-http-client/", "Scrapy/", "libwww-perl/")
# A TXT verification value is replaced by a new one after this time, in seconds.
TXT_LIFETIME = 30 * 86400


@dataclasses.dataclass
class Settings:
    """All settings with their defaults. Delays are seconds of the sandbox's own clock."""

    # The pace
    latency_ms: float = 0.0
    validation_delay: float = 0.0
    certificate_delay: float = 0.0
    ready_delay: float = 0.0
    recheck_ready: bool = False
    # SiteLock: forms that the documentation does not show
    auth_failure: typing.Literal[
        "http_401", "http_403", "error_below_root", "error_below_authentication", "error_below_method"
    ] = "http_401"
    accept_username: bool = False
    brand_with_token: bool = False
    error_http_status: typing.Literal[200, 500] = 500
    error_mode: typing.Literal["current", "legacy"] = "current"
    second_purchase: typing.Literal["buy", "refuse"] = "buy"
    getstatus_site_id: typing.Literal["element", "none"] = "element"
    nonssl_ssl_element: typing.Literal["absent", "zeros"] = "absent"
    subdomain_a_records: bool = False
    cdn_domain: typing.Literal["sitelockcdn.example", "sitelockcdn.net", "sitelockdns.com"] = "sitelockcdn.example"
    ready_answer: typing.Literal["short", "full"] = "short"
    origins_form: typing.Literal["comma", "repeat"] = "comma"
    item_order: typing.Literal["request", "reversed"] = "request"
    token_form: typing.Literal["token", "code"] = "token"
    token_lifetime: float = 4 * 3600.0
    token_expires_in: typing.Literal["number", "text", "none"] = "number"
    untidy_values: bool = False
    # SiteLock, accounts: forms that the documentation does not show
    provision_ids: typing.Literal["below_method", "in_containers", "account_only", "none"] = "below_method"
    modify_answer: typing.Literal["result", "status", "empty"] = "result"
    account_errors: typing.Literal["text", "code", "status"] = "text"
    addon_answer: typing.Literal["full", "without_ids"] = "full"
    getstatus_tail: typing.Literal["full", "none"] = "full"
    getstatus_plans: typing.Literal["site", "addons", "none"] = "site"
    getstatus_bundled: typing.Literal["listed", "hidden"] = "listed"
    renewal_form: typing.Literal["date", "time"] = "date"
    renewal_after_change: typing.Literal["new_period", "kept"] = "new_period"
    second_account: typing.Literal["refuse", "buy"] = "refuse"
    deleted_accounts: typing.Literal["inactive", "gone"] = "inactive"
    deleted_logins: typing.Literal["free", "taken"] = "free"
    foreign_ids: typing.Literal["none", "given"] = "none"
    login_follows_email: bool = False
    revenue_sharing: bool = False
    customer_data: typing.Literal["short", "full"] = "short"
    strict_passwords: bool = False
    feature_type_form: typing.Literal["element", "attribute"] = "element"
    accounts_page_max: int = 1000
    # SiteLock, what a firewall is set to do: forms that the documentation does not show
    omitted_elements: typing.Literal["keep", "default"] = "keep"
    rule_off_word: typing.Literal["disable", "disabled"] = "disable"
    refused_rules: typing.Literal["nothing", "others"] = "nothing"
    unoffered_rules: typing.Literal["absent", "empty"] = "absent"
    rule_exceptions: typing.Literal["listed", "hidden"] = "listed"
    empty_lists: typing.Literal["element", "absent"] = "element"
    ip_form: typing.Literal["as_sent", "range"] = "as_sent"
    removal_answer: typing.Literal["remaining", "removed"] = "remaining"
    known_url: typing.Literal["refuse", "replace", "ignore"] = "refuse"
    url_answer: typing.Literal["attributes", "text"] = "attributes"
    url_removal_element: typing.Literal["removeWafBlacklistUrls", "removeWafUrlBlacklist"] = "removeWafBlacklistUrls"
    geo_info_form: typing.Literal["beside", "nested"] = "beside"
    exception_spelling: typing.Literal["snake", "camel"] = "snake"
    exception_urls: typing.Literal["attributes", "elements", "text"] = "attributes"
    exception_url_request: typing.Literal["any", "path_elements", "value_elements", "attributes", "text"] = "any"
    exception_lists: typing.Literal["repeat", "comma"] = "repeat"
    exception_answer: typing.Literal["one", "all"] = "one"
    exception_criteria: typing.Literal["any", "table"] = "any"
    cdn_elements: typing.Literal["all", "documented"] = "all"
    cdn_form: typing.Literal["flat", "wrapped"] = "flat"
    bypass_value: typing.Literal["on_off", "one_zero"] = "on_off"
    bypass_other_value: typing.Literal["refuse", "ignore"] = "refuse"
    ssl_answer: typing.Literal["record", "status"] = "record"
    certificate_element: typing.Literal["example", "description"] = "example"
    certificate_absent: typing.Literal["error", "ok"] = "error"
    authentication_methods_form: typing.Literal["comma", "repeat"] = "comma"
    login_protect_values: typing.Literal["strict", "as_in_examples"] = "strict"
    login_protect_users: typing.Literal["site", "account"] = "site"
    login_protect_omitted: typing.Literal["keep", "default"] = "keep"
    visits: int = 25
    # SiteLock, products behind the firewall: their pace, and forms that the documentation does not show
    backup_duration: float = 0.0
    scan_duration: float = 0.0
    free_scan_delay: float = 0.0
    product_errors: typing.Literal["status", "text", "code"] = "status"
    product_answer: typing.Literal["status", "message", "empty"] = "status"
    product_sites: typing.Literal["any", "bought"] = "any"
    product_required: typing.Literal["first", "always", "none"] = "first"
    product_omitted: typing.Literal["keep", "default"] = "keep"
    empty_values: typing.Literal["clear", "refuse"] = "clear"
    unconfigured: typing.Literal["empty", "blank", "error"] = "empty"
    smart_elements: typing.Literal["all", "documented"] = "all"
    smart_error: typing.Literal["empty", "absent"] = "empty"
    smart_protocol: typing.Literal["any", "protocol", "ftp_type"] = "any"
    backup_db_request: typing.Literal["accept", "refuse"] = "accept"
    database_password: typing.Literal["db_pw", "db_password"] = "db_pw"
    backup_id_form: typing.Literal["element", "attribute", "parts"] = "element"
    backup_err_code: typing.Literal["zero", "empty", "absent"] = "zero"
    restore_files: typing.Literal["flags", "any"] = "flags"
    shield_options: typing.Literal["comma", "repeat", "nested"] = "comma"
    shield_answer: typing.Literal["product", "shield"] = "product"
    ssl_hosts_per_site: typing.Literal["one", "several"] = "one"
    ssl_host_absent: typing.Literal["empty", "error"] = "empty"
    ssl_host_known: typing.Literal["edited", "created"] = "edited"
    hourly_scans: bool = False
    second_scan: typing.Literal["join", "refuse"] = "join"
    scan_now_answer: typing.Literal["status", "scans", "empty"] = "status"
    scan_info_form: typing.Literal["repeat", "nested"] = "repeat"
    scan_info_scans: typing.Literal["full", "without_frequency", "none"] = "full"
    scan_answers: typing.Literal["attributes", "elements"] = "attributes"
    white_label_mail: bool = True
    pending_emails: typing.Literal["all", "last_30_days"] = "all"
    invalid_dates: typing.Literal["ignore", "refuse"] = "ignore"
    replacements_form: typing.Literal["elements", "pairs", "attributes", "groups"] = "elements"
    simple_emails: typing.Literal["queue_ids", "count", "full"] = "queue_ids"
    reason_form: typing.Literal["code_first", "code_last"] = "code_first"
    free_scan_form: typing.Literal["below_page", "beside_page"] = "below_page"
    free_scan_failure: typing.Literal["error", "empty"] = "error"
    bulk_reports: bool = True
    # A number of rows: at least 0.
    report_rows: float = 0.0
    report_rows_per_file: int = 1_000_000
    report_encoding: typing.Literal["content_encoding", "gzip_file"] = "content_encoding"
    report_file_ids: typing.Literal["number", "opaque"] = "number"
    report_headers: typing.Literal["each", "first"] = "each"
    report_errors: typing.Literal["http_400", "http_200"] = "http_400"
    # BotGuard: forms that the documentation does not show
    not_found: typing.Literal["http_404_error", "http_200_error", "null"] = "http_404_error"
    existing_website: typing.Literal["refuse", "duplicate"] = "refuse"
    existing_user: typing.Literal["refuse", "return", "duplicate"] = "refuse"
    user_filter: typing.Literal["honoured", "ignored"] = "honoured"
    servers_form: typing.Literal["none", "flat", "list"] = "flat"
    delete_answer: typing.Literal["object", "empty_204"] = "object"
    primary_server: str = "de-1.botguard.example"
    secondary_server: str = "fi-1.botguard.example"
    bad_agents: list[str] = dataclasses.field(default_factory=lambda: list(BAD_AGENTS))

    def change(self, wanted: typing.Mapping[str, object]) -> None:
        """Set the settings in C(wanted); all or none. Raises ValueError for an unknown name or value."""
        hints = typing.get_type_hints(type(self))
        checked = {name: _checked(name, value, hints.get(name)) for name, value in wanted.items()}
        for name, value in checked.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, object]:
        """All settings by name."""
        return dataclasses.asdict(self)


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


def _whole_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(_text(one) for one in value)


# By the type of a setting: what is allowed, and how that is called.
_PLAIN: dict[object, tuple[typing.Callable[[object], bool], str]] = {
    bool: (lambda value: isinstance(value, bool), "true or false"),
    float: (_number, "a number of at least 0"),
    int: (_whole_number, "a whole number of at least 1"),
    str: (_text, "a text that is not empty"),
    list[str]: (_texts, "a list of texts that are not empty"),
}


def _checked(name: str, value: object, kind: object) -> object:
    if kind is None:
        raise ValueError(f"unknown setting {name}")
    choices = typing.get_args(kind)
    if kind in _PLAIN:
        allowed, words = _PLAIN[kind]
        good = allowed(value)
    else:
        good, words = value in choices and not isinstance(value, bool), f"one of {', '.join(map(str, choices))}"
    if not good:
        raise ValueError(f"{name} must be {words}")
    return value
