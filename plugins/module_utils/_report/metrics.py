# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The counts of a report as metrics of Prometheus, for the textfile collector of the node exporter.

The form is the text format 0.0.4; names follow the conventions of Prometheus.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.overview import Overview

Samples = t.Iterable[tuple[dict[str, str], float]]


def to_metrics(overview: Overview) -> str:
    """The text of the file. It has counts only, no domain and no account."""
    count = overview.summary()
    reasons: dict[str, int] = {}
    for problem in overview.attention:
        reasons[problem.reason.key] = reasons.get(problem.reason.key, 0) + len(problem.sites)
    metrics: list[tuple[str, str, Samples]] = [
        ("report_timestamp_seconds", "Time of the report.", [({}, overview.time.timestamp())]),
        ("check_mode", "Whether the report is of a run in check mode.", [({}, int(overview.check_mode))]),
        ("sites", "Sites by state.", _labelled("state", count["states"])),
        ("sites_changed", "Sites and accounts that were changed, or in check mode would be.", [({}, count["changed"])]),
        ("sites_waiting", "Sites and accounts that wait for something.", [({}, count["waiting"])]),
        ("sites_failed", "Sites and accounts with an error.", [({}, count["failed"])]),
        (
            "sites_attention",
            "Sites and accounts that need action, by the most urgent reason.",
            _labelled("reason", reasons),
        ),
    ]
    if overview.health is not None:
        metrics.append(
            ("sites_findings", "Sites by what scans, backups and products say.", _labelled("reason", overview.health))
        )
        metrics.append(
            (
                "findings_oldest_timestamp_seconds",
                "Since when the oldest finding that is still there lasts.",
                _labelled("reason", _oldest(overview)),
            )
        )
        metrics.append(
            (
                "sites_health_not_read",
                "Sites whose health could not be read, or not all of it.",
                [({}, overview.health_not_read)],
            )
        )
    if overview.accounts is not None:
        metrics.append(("accounts", "Accounts.", [({}, overview.all_accounts)]))
    if overview.unmanaged is not None:
        metrics.append(
            ("unmanaged_subscriptions", "Subscriptions that are in no file.", [({}, len(overview.unmanaged))])
        )
    return "".join(_metric(f"websec_{name}", told, samples) for name, told, samples in metrics)


def _oldest(overview: Overview) -> dict[str, float]:
    """By the keys of reasons; without those that no site has."""
    times: dict[str, float] = {}
    for finding in (finding for site in overview.sites for finding in site.findings):
        if finding.since:
            known = times.setdefault(finding.reason.key, finding.since.timestamp())
            times[finding.reason.key] = min(known, finding.since.timestamp())
    return times


def _labelled(label: str, amounts: t.Mapping[str, float]) -> Samples:
    return [({label: value}, amount) for value, amount in amounts.items()]


def _metric(name: str, told: str, samples: Samples) -> str:
    lines = [f"# HELP {name} {told}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{f'{{{shown}}}' if shown else ''} {value:.0f}")
    return "".join(f"{line}\n" for line in lines)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
