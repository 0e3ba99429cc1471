# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall of one site is set to do: a plain record, stored as JSON with the firewall, gone with it."""

from __future__ import annotations

import dataclasses
import typing

Record = dict[str, typing.Any]

# Documented for illegal_resource, inferred for the rules whose word for "off" is a setting.
_ATTACK = ("alert", "disable", "block_ip", "block_user", "block_request")
RULES: dict[str, tuple[str, ...]] = {
    "backdoor": ("alert", "disabled", "quarantine_url"),
    "bot_access_control": ("block_challenge", "challenge", "block", "disabled"),
    "ddos": ("on", "auto", "off"),
    "illegal_resource": _ATTACK,
    "remote_file_inclusion": _ATTACK,
    "sql_injection": _ATTACK,
    "cross_site_scripting": _ATTACK,
}
"""What each rule can be set to."""

# What a new firewall does is not documented: these are ours.
_NEW_RULES = {
    "backdoor": "quarantine_url",
    "bot_access_control": "block",
    "ddos": "auto",
    "illegal_resource": "block_request",
    "remote_file_inclusion": "block_request",
    "sql_injection": "block_request",
    "cross_site_scripting": "block_request",
}

CACHE_MODES = ("disable", "static_only", "static_and_dynamic")
DOCUMENTED_FLAGS = {
    "comply_no_cache": "0",
    "cache300x": "0",
    "async_validation": "1",
    "comply_vary": "0",
    "prefer_last_modified": "0",
    "use_shortest_caching": "0",
    "disable_client_side_caching": "0",
    "on_the_fly_compression": "1",
    "tcp_pre_pooling": "1",
}
"""With their documented defaults."""
INFERRED_FLAGS = dict.fromkeys(
    (
        "minify_javascript",
        "minify_css",
        "minify_static_html",
        "compress_jpeg",
        "progressive_image_rendering",
        "aggressive_compression",
        "compress_png",
        "accelerate_https",
    ),
    "0",
)
"""Known from another front end of the vendor only; their defaults are ours, as is that of C(cache_mode)."""

URL_PATTERNS = ("EQUALS", "NOT_EQUALS", "CONTAINS", "NOT_CONTAINS", "PREFIX", "SUFFIX")
BYPASS = {"bypass_status": "off", "use_true_shield": "1", "use_true_speed": "1"}
LOGIN_PROTECT = {
    "enabled": "no",
    "allow_all_users": "no",
    "send_lp_notifications": "no",
    "authentication_methods": "email",
    "specific_users_list": "",
}


def new_cdn() -> dict[str, str]:
    """The cache of a new firewall."""
    return {"cache_mode": "static_only", **DOCUMENTED_FLAGS, **INFERRED_FLAGS}


@dataclasses.dataclass
class Policy:
    """
    All that the methods of Firewall & CDN set.

    C(ip_allow) is without the addresses of the scanners, which are always allowed. C(url_block) has a pattern for each
    path, C(login_urls) for each value. An exception has an C(id), the C(type) that it is from, and its C(criteria).
    Of a certificate only what can be seen from outside is kept, and of purges their patterns.
    """

    rules: dict[str, str] = dataclasses.field(default_factory=lambda: dict(_NEW_RULES))
    ip_block: list[str] = dataclasses.field(default_factory=list)
    ip_allow: list[str] = dataclasses.field(default_factory=list)
    url_block: dict[str, str] = dataclasses.field(default_factory=dict)
    geo_block: dict[str, list[str]] = dataclasses.field(default_factory=lambda: {"countries": [], "continents": []})
    exceptions: list[Record] = dataclasses.field(default_factory=list)
    cdn: dict[str, str] = dataclasses.field(default_factory=new_cdn)
    bypass: dict[str, str] = dataclasses.field(default_factory=lambda: dict(BYPASS))
    login_protect: dict[str, str] = dataclasses.field(default_factory=lambda: dict(LOGIN_PROTECT))
    login_urls: dict[str, str] = dataclasses.field(default_factory=dict)
    login_users: list[dict[str, str]] = dataclasses.field(default_factory=list)
    login_app: str = ""
    certificate: Record | None = None
    purges: list[str] = dataclasses.field(default_factory=list)
