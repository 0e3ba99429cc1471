# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(bypass): a switch that takes the protection of the C(www) host away for a time.

Sources: C(getWafBypass), C(setWafBypass). The element C(bypass) is inferred. Its values are C(on) and C(off) in the
pages and C(1) and C(0) in the vendor's WordPress plug-in; C(on) and C(off) are sent, and the getter is read again.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._schemas import BOOLEAN, FLAG, TEXT, Schema, mapping, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    GET_WAF_BYPASS,
    SET_WAF_BYPASS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import flag, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write

ON, OFF = "on", "off"
_SHIELD, _SPEED = "use_true_shield", "use_true_speed"
_SPELLINGS = {"on": ON, "1": ON, "off": OFF, "0": OFF}


@dataclasses.dataclass(frozen=True)
class Bypass:
    """:param status: C(on): visitors go past the firewall. C(None) of a flag: not told, or not asked for."""

    status: str
    use_true_shield: bool | None
    use_true_speed: bool | None


@dataclasses.dataclass(frozen=True)
class DesiredBypass:
    """:param until: when it ends. :param is_over: that time has passed."""

    where: str
    bypass: Bypass
    until: datetime.datetime | None = None
    is_over: bool = False


class BypassSection(Plain[DesiredBypass, Bypass]):
    """See ``sections.section.Section``."""

    name = "bypass"
    schema: t.ClassVar[Schema] = mapping(
        {
            "status": {"anyOf": [BOOLEAN, word(ON, OFF)]},
            "until": TEXT,
            "use_true_shield": FLAG,
            "use_true_speed": FLAG,
        },
        "status",
    )

    def parse(self, given: Given) -> DesiredBypass:
        given.only("status", "until", _SHIELD, _SPEED)
        status, until = given.choice("status", (ON, OFF)), given.time("until")
        if status is None:
            raise BadInputError(f"{given.where}: status is missing.", hint='Set status: "on" or status: "off".')
        if until is not None and status == OFF:
            raise BadInputError(
                f"{given.where}: until is given with status off.", hint='until is the end of status: "on".'
            )
        wanted = Bypass(status, given.flag(_SHIELD), given.flag(_SPEED))
        for name in (_SHIELD, _SPEED):
            if until is not None and getattr(wanted, name) is False:
                raise BadInputError(
                    f"{given.where}: {name} is false, and until is given. It would stay off after until.",
                    hint=f"Remove {name}: it has no effect while the bypass is on.",
                )
        return DesiredBypass(given.where, wanted, until, is_over=until is not None and until <= given.now)

    def read(self, reader: SectionReader, site_id: int, _desired: DesiredBypass | None) -> Bypass:
        data = reader.of_site(GET_WAF_BYPASS, site_id)
        status = _SPELLINGS.get((text(data, "bypass_status") or "").lower())
        if status is None:
            raise BadResponseError(f"{GET_WAF_BYPASS.name}: the response of the SiteLock API says neither on nor off.")
        return Bypass(status, flag(data, _SHIELD), flag(data, _SPEED))

    def refuse(self, current: Bypass, desired: DesiredBypass) -> None:
        """A bypass that is on is switched off at its end. One that is off must not begin after it."""
        if desired.is_over and current.status == OFF:
            raise BadInputError(
                f"{desired.where}: until is {desired.until and utc_text(desired.until)}, which has passed, and "
                "the bypass is off.",
                hint="Remove the section bypass, or set a later time.",
            )

    def plan(self, current: Bypass, desired: DesiredBypass) -> list[Write]:
        wanted = self.expected(current, desired)
        if wanted == current:
            return []
        flags = {name: getattr(wanted, name) for name in (_SHIELD, _SPEED)}
        return [Write(SET_WAF_BYPASS, {"bypass": wanted.status, **flags}, fresh=True)]

    def expected(self, current: Bypass, desired: DesiredBypass) -> Bypass:
        wanted = desired.bypass
        return Bypass(
            OFF if desired.is_over else wanted.status,
            current.use_true_shield if wanted.use_true_shield is None else wanted.use_true_shield,
            current.use_true_speed if wanted.use_true_speed is None else wanted.use_true_speed,
        )

    def dump(self, current: Bypass) -> dict[str, t.Any]:
        return {name: value for name, value in vars(current).items() if value is not None}

    def needs_person(self, current: Bypass, desired: DesiredBypass) -> list[str]:
        if current.status == OFF:
            return [] if current.use_true_shield is not False else [_SHIELD_IS_OFF]
        if desired.until:
            return [f"The firewall is bypassed until {utc_text(desired.until)}."]
        return ["The firewall is bypassed, and no end is set. Set until, or set status to off."]


_SHIELD_IS_OFF = (
    "The bypass is off, but so is the firewall: use_true_shield is false. Set it to true, or use the dashboard."
)

BYPASS = BypassSection()
