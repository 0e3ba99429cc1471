# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A hosted zone of Route 53, played by moto in this process."""

from __future__ import annotations

import collections.abc
import contextlib
import typing as t

import boto3
import botocore.loaders
import botocore.session
import moto
import moto.route53.models
import pytest

ZONE, WWW = "customer.example", "www.customer.example"
SECRET = "9tpVnYPwq2sYbGq7dR4mTz1x"
PROVIDER: t.Mapping[str, t.Any] = {
    "type": "octodns",
    "class": "octodns_route53.Route53Provider",
    "access_key_id": "AKIA0TEST",
    "secret_access_key": SECRET,
}
"""The account of the zone as a DNS provider."""

_LOADER = botocore.loaders.create_loader()
"""Reads the descriptions of the services once, because it takes half a second per client."""

Content = dict[tuple[str, str], tuple[int, list[str]]]


class Zone:
    """A hosted zone, and how many change batches were sent to it."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "route53", region_name="us-east-1", aws_access_key_id="AKIA0TEST", aws_secret_access_key=SECRET
        )
        made = self.client.create_hosted_zone(Name=ZONE, CallerReference="1")
        self.id = made["HostedZone"]["Id"]
        self.batches = 0

    def set(self, kind: str, *values: str, name: str, ttl: int = 3600) -> None:
        """Change a record set as another writer; values are in presentation format."""
        self._change("UPSERT", name, kind, ttl, values)

    def remove(self, kind: str, *, name: str) -> None:
        ttl, values = self.records()[name, kind]
        self._change("DELETE", name, kind, ttl, values)

    def _change(self, action: str, name: str, kind: str, ttl: int, values: t.Sequence[str]) -> None:
        record_set = {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": each} for each in values]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record_set}]}
        self.client.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch=batch)

    def records(self) -> Content:
        """TTL and values of all record sets, as the API has them."""
        found = self.client.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"]
        return {
            (each["Name"].rstrip("."), each["Type"]): (
                each["TTL"],
                # The provider escapes semicolons, which is equivalent.
                sorted(record["Value"].replace("\\;", ";") for record in each["ResourceRecords"]),
            )
            for each in found
        }

    def content(self) -> Content:
        """The same without SOA and NS records."""
        return {at: there for at, there in self.records().items() if at[1] not in ("SOA", "NS")}


@contextlib.contextmanager
def played_zone(monkeypatch: pytest.MonkeyPatch) -> collections.abc.Iterator[Zone]:
    """An account with one empty zone."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    # moto omits IsTruncated here, which the provider reads.
    monkeypatch.setattr(
        "octodns_route53.provider.Route53Provider.health_checks", property(lambda provider: {}), raising=True
    )
    monkeypatch.setattr(botocore.session, "create_loader", lambda _path: _LOADER)
    with moto.mock_aws():
        zone = Zone()
        backend = moto.route53.models.Route53Backend
        change = backend.change_resource_record_sets

        def counted(*arguments: t.Any, **options: t.Any) -> t.Any:
            zone.batches += 1
            return change(*arguments, **options)

        monkeypatch.setattr(backend, "change_resource_record_sets", counted)
        yield zone
