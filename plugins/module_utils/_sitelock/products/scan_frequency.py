# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(scan_frequency): how often the pages of a site are scanned.

Sources: C(modifyScanFrequency), C(getPlanScanFrequency), C(scanInfo). No documented answer has the frequency of a site;
the end of that of C(scanInfo) is not public. An element C(frequency) or C(scan_frequency) in it counts. Where there is
none, the frequency is sent only when the entry forces it. C(modifyScanFrequency) is about the scan of pages and those
of vulnerabilities: where the answer says to which scan a frequency belongs, only those of these count.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DIGITS
from ansible_collections.hosting.websec.plugins.module_utils._schemas import FLAG, Schema, mapping, number, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.reference import GET_PLAN_SCAN_FREQUENCY
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.scans import (
    MODIFY_SCAN_FREQUENCY,
    SCAN_INFO,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text, texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given, offered
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data, SectionReader
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import Plain, Write

_WORDS = ("hourly", "daily", "weekly", "monthly", "quarterly", "never")
"""C(hourly) is in an older edition of the page only. A plan that does not offer it is asked first."""
_ELEMENTS = frozenset({"frequency", "scan_frequency", "@frequency", "@scan_frequency"})
_SCANS = frozenset({"malware_scan", "vulnerability_scan", "xss_scan", "sqli_scan"})
"""The scans that C(modifyScanFrequency) is about."""


@dataclasses.dataclass(frozen=True)
class DesiredFrequency:
    """:param force: it is sent even if the API does not show the current one. :param plan: of the site, its id."""

    where: str
    frequency: str
    force: bool
    plan: str | None


@dataclasses.dataclass(frozen=True)
class CurrentFrequency:
    """
    :param shown: what the API shows, or accepted in this run without showing one; empty: nothing.
    :param offers: of the plan; C(None): nobody asked.
    """

    shown: frozenset[str]
    answer: Data
    offers: frozenset[str] | None = None


@dataclasses.dataclass(frozen=True)
class ScanFrequencySection(Plain[DesiredFrequency, CurrentFrequency]):
    """See ``sections.section.Section``."""

    name: t.ClassVar[str] = "scan_frequency"
    schema: t.ClassVar[Schema] = {
        "anyOf": [
            word(*_WORDS),
            mapping(
                {"frequency": word(*_WORDS), "force_frequency": FLAG, "subscription": number(0, 10**MAX_DIGITS)},
                "frequency",
            ),
        ]
    }

    def parse(self, given: Given) -> DesiredFrequency:
        given.only("frequency", "force_frequency", "subscription")
        frequency, plan = given.choice("frequency", _WORDS), given.text("subscription")
        if frequency is None:
            raise BadInputError(f"{given.where}: frequency is missing.", hint=f"Give one of {', '.join(_WORDS)}.")
        if plan is not None and not (plan.isascii() and plan.isdigit()):
            raise given.refusal("subscription", plan, "the id of a plan, as getPlanList shows it")
        return DesiredFrequency(given.where, frequency, bool(given.flag("force_frequency")), plan)

    def read(self, reader: SectionReader, site_id: int, desired: DesiredFrequency | None) -> CurrentFrequency:
        answer = reader.of_site(SCAN_INFO, site_id)
        current = CurrentFrequency(shown_by(answer), answer)
        if desired is None:
            return current
        if not current.shown and reader.was_accepted(MODIFY_SCAN_FREQUENCY, site_id):
            return _with(current, desired)
        if desired.plan is None or not _differs(current, desired):
            return current
        offers = reader.shared(GET_PLAN_SCAN_FREQUENCY, offers_of, {"id": desired.plan})
        return dataclasses.replace(current, offers=offers)

    def plan(self, current: CurrentFrequency, desired: DesiredFrequency) -> list[Write]:
        """One call at most.

        :raises BadInputError: the entry does not say which plan the site has.
        :raises RejectedError: the plan of the site does not offer it.
        """
        if not _differs(current, desired):
            return []
        if current.offers is None:
            raise BadInputError(
                f"{desired.where}: subscription is missing, so it is unknown whether the plan of the site offers "
                f"{desired.frequency}. Nothing was sent for this section.",
                hint="Give the id of the site's plan at subscription in the section.",
            )
        if desired.frequency not in current.offers:
            raise RejectedError(
                f"{desired.where}: plan {desired.plan} does not offer {desired.frequency}. Nothing was sent for this "
                "section.",
                hint=f"It offers {offered(current.offers)}.",
            )
        return [Write(MODIFY_SCAN_FREQUENCY, {"frequency": desired.frequency}, shown_by=lambda seen: bool(seen.shown))]

    def expected(self, current: CurrentFrequency, desired: DesiredFrequency) -> CurrentFrequency:
        return _with(current, desired) if _differs(current, desired) else current

    def dump(self, current: CurrentFrequency) -> dict[str, t.Any]:
        """Empty if the API shows none, or different ones."""
        return {"frequency": next(iter(current.shown))} if len(current.shown) == 1 else {}

    def details(self, current: CurrentFrequency, _desired: DesiredFrequency) -> dict[str, t.Any]:
        return {"answer": current.answer}

    def needs_person(self, current: CurrentFrequency, desired: DesiredFrequency) -> list[str]:
        if current.shown or desired.force:
            return []
        how = "Set force_frequency: true in the section for one run to send it."
        return [f"{self.name}: the API does not show the frequency of this site, so nothing was sent. {how}"]


def _differs(current: CurrentFrequency, desired: DesiredFrequency) -> bool:
    return current.shown != {desired.frequency} if current.shown else desired.force


def _with(current: CurrentFrequency, desired: DesiredFrequency) -> CurrentFrequency:
    return dataclasses.replace(current, shown=frozenset({desired.frequency}))


def shown_by(answer: Data) -> frozenset[str]:
    """The frequencies in an answer of C(scanInfo)."""
    found = [*_frequencies(answer)]
    of_scans = [word for word, names in found if not _SCANS.isdisjoint(names)]
    return frozenset(of_scans or [word for word, _names in found])


def _frequencies(
    data: t.Any, name: str = "", within: frozenset[str] = frozenset()
) -> t.Iterator[tuple[str, frozenset[str]]]:
    """All frequencies in an answer, each with the names of what it is in."""
    if isinstance(data, dict):
        within = within | {each for key in ("@name", "name", "@code", "code") if (each := text(data, key))}
        for key, value in data.items():
            yield from _frequencies(value, key, within | {key})
    elif isinstance(data, list):
        for each in data:
            yield from _frequencies(each, name, within)
    elif name in _ELEMENTS and isinstance(data, str) and data.strip().lower() in _WORDS:
        yield data.strip().lower(), within


def offers_of(data: Data) -> frozenset[str]:
    """What a plan offers for its recurring scans, in an answer of C(getPlanScanFrequency)."""
    scans = [each for value in data.values() for each in (value if isinstance(value, list) else [value])]
    return frozenset(
        word.lower()
        for scan in scans
        if isinstance(scan, dict) and text(scan, "feature_type") != "on_demand"
        for word in texts(child(scan, "options").get("option"))
    )


SCAN_FREQUENCY = ScanFrequencySection()
