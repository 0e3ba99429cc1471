# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the vendors' documentation leaves open, and the pace of the stand-in: values that can be switched."""

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
    """All settings with their defaults. Delays are seconds of the stand-in's own clock."""

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
    error_http_status: typing.Literal[200, 500] = 500
    error_mode: typing.Literal["current", "legacy"] = "current"
    second_purchase: typing.Literal["buy", "refuse"] = "buy"
    getstatus_site_id: typing.Literal["element", "none"] = "element"
    nonssl_ssl_element: typing.Literal["absent", "zeros"] = "absent"
    subdomain_a_records: bool = False
    ready_answer: typing.Literal["short", "full"] = "short"
    origins_form: typing.Literal["comma", "repeat"] = "comma"
    item_order: typing.Literal["request", "reversed"] = "request"
    token_form: typing.Literal["token", "code"] = "token"
    untidy_values: bool = False
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


def _checked(name: str, value: object, kind: object) -> object:
    if kind is None:
        raise ValueError(f"unknown setting {name}")
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise ValueError(f"{name} must be true or false")
    if kind is float:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
            return float(value)
        raise ValueError(f"{name} must be a number of at least 0")
    if kind is str:
        if isinstance(value, str) and value:
            return value
        raise ValueError(f"{name} must be a text that is not empty")
    if kind == list[str]:
        if isinstance(value, list) and all(isinstance(one, str) and one for one in value):
            return value
        raise ValueError(f"{name} must be a list of texts that are not empty")
    choices = typing.get_args(kind)
    if value in choices and not isinstance(value, bool):
        return value
    raise ValueError(f"{name} must be one of {', '.join(str(choice) for choice in choices)}")
