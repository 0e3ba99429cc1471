# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(cdn): what the CDN caches, and how it delivers.

Sources: C(getWafCDNSettings), C(setWafCDNSettings). All after C(tcp_pre_pooling) are inferred from the vendor's
WordPress plug-in, as is the list of cache modes in the answer.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._schemas import FLAG, GIVEN_TEXT, mapping
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    GET_WAF_CDN_SETTINGS,
    SET_WAF_CDN_SETTINGS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text, texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import FLAGS, Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.settings import (
    DISABLED,
    Setting,
    Settings,
    SettingsSection,
)

_MODE = "cache_mode"
_MODES = ("disable", "static_only", "static_and_dynamic")
INFERRED_FLAGS = (
    "minify_javascript",
    "minify_css",
    "minify_static_html",
    "compress_jpeg",
    "progressive_image_rendering",
    "aggressive_compression",
    "compress_png",
    "accelerate_https",
)
"""From the vendor's plug-in; the public page ends before them."""
_FLAGS = (
    "comply_no_cache",
    "cache300x",
    "async_validation",
    "comply_vary",
    "prefer_last_modified",
    "use_shortest_caching",
    "disable_client_side_caching",
    "on_the_fly_compression",
    "tcp_pre_pooling",
    *INFERRED_FLAGS,
)


def _given(given: Given) -> dict[str, str]:
    given.only(_MODE, *_FLAGS)
    values = {name: str(int(flag)) for name in _FLAGS if (flag := given.flag(name)) is not None}
    mode = given.text(_MODE)
    return {_MODE: mode.lower(), **values} if mode else values


def _told(data: Data) -> Settings:
    # The vendor's plug-in reads them from an element in the answer.
    data = next((each for each in (data, *data.values()) if isinstance(each, dict) and _MODE in each), data)
    modes = texts(child(child(data, "options"), "cache_modes").get(_MODE)) or _MODES
    return {
        name: Setting(value, modes if name == _MODE else ("0", "1"))
        for name in (_MODE, *_FLAGS)
        if (value := text(data, name)) is not None
    }


CDN = SettingsSection(
    "cdn",
    # Which modes there are, the site says.
    mapping({_MODE: GIVEN_TEXT, **dict.fromkeys(_FLAGS, FLAG)}),
    GET_WAF_CDN_SETTINGS,
    SET_WAF_CDN_SETTINGS,
    _given,
    _told,
    # Another value is not documented. As it stands it is refused when it is applied, and not taken for off.
    dumped=lambda name, value: value if name == _MODE else FLAGS.get(value.lower(), value),
    # How an answer spells the flags that are inferred is not documented.
    same=[DISABLED, *(frozenset(word for word, flag in FLAGS.items() if flag is value) for value in (False, True))],
)
