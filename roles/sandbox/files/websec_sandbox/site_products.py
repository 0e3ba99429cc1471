# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the products behind the firewall do on one site and what they found: a plain record, stored as JSON."""

from __future__ import annotations

import dataclasses
import typing

Record = dict[str, typing.Any]

SHIELD = {"language": "en", "size": "medium", "color": "red", "type": "secure"}
SHIELD_CHOICES = {"size": ("small", "medium", "big"), "color": ("red", "white"), "type": ("mal", "secure")}
"""Documented; what a new shield looks like is ours."""
PATCH_CHOICES = ("warn", "fix", "ignore")


@dataclasses.dataclass
class SiteProducts:
    """
    The products of one site. C(smart), C(smart_database), C(backup_files) and C(backup_db) are None until configured.

    Of passwords only digests are kept, in the fields whose names end in C(_sha256). C(backups) are made and restored
    ones, those that run too, with times of the sandbox's clock. C(shield_types) are what the plan allows.
    C(scans) are those that somebody started. C(findings) have a C(code) (the scan that finds them), C(since), a
    C(flag), C(fixed_at) when they are gone, and anything else that a scan tells.
    C(ftp_error) is why every sign-in at the site's FTP server fails; C(ftp_password_sha256) is what its password must
    be, if that is given.
    """

    smart: Record | None = None
    smart_patch: Record = dataclasses.field(default_factory=lambda: {"auto_fix_app": "warn", "feature_status": "fix"})
    smart_database: Record | None = None
    backup_files: Record | None = None
    backup_db: Record | None = None
    backups: list[Record] = dataclasses.field(default_factory=list)
    shield: dict[str, str] = dataclasses.field(default_factory=lambda: dict(SHIELD))
    shield_types: list[str] = dataclasses.field(default_factory=lambda: list(SHIELD_CHOICES["type"]))
    ssl_hosts: list[dict[str, str]] = dataclasses.field(default_factory=list)
    domain_verified: bool = True
    scan_frequency: str = "daily"
    scans: list[Record] = dataclasses.field(default_factory=list)
    findings: list[Record] = dataclasses.field(default_factory=list)
    ftp_error: str = ""
    ftp_password_sha256: str = ""

    def sign_in_error(self, ftp: Record | None) -> str:
        """What the site's FTP server says to these settings; empty when it lets them in."""
        if not ftp:
            return ""
        if self.ftp_error:
            return self.ftp_error
        wrong = self.ftp_password_sha256 and ftp.get("ftp_pw_sha256", "") != self.ftp_password_sha256
        return "530 Login incorrect." if wrong else ""

    def pending_backup(self, now: float) -> Record | None:
        """The backup or restore that runs."""
        return next((one for one in self.backups if one["done_at"] > now), None)
