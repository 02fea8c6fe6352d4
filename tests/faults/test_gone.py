"""What is gone needs no counting: a message about things that are not there any more fails nobody for ever."""

import json
from typing import Any

import pytest

from infra.functions import FUNCTIONS
from lyceum.kit.manifest import Queue
from tests.support.acting import acting
from tests.support.cloud import Cloud
from tests.support.http import LAMBDA
from tests.support.sample_events import all_samples
from tests.support.workers import consumers

ROWS = {row.name: row for row in FUNCTIONS}
SAMPLES = [each for each in all_samples() if each.function in ROWS and isinstance(ROWS[each.function].trigger, Queue)]


@pytest.mark.parametrize("domain", sorted({each.name.partition("/")[0] for each in SAMPLES}))
def test_every_worker_takes_a_message_about_what_is_gone(cloud: Cloud, tenant: str, domain: str) -> None:
    failed = [
        each.name
        for each in SAMPLES
        if each.name.startswith(f"{domain}/") and _failures(str(each.function), each.event, tenant)
    ]
    assert failed == []


def _failures(function: str, event: dict[str, Any], tenant: str) -> list[Any]:
    entry = ROWS[function].entry
    with acting(entry):
        records = [_in_tenant(record, tenant) for record in event["Records"]]
        failures: list[Any] = consumers()[entry].handler({"Records": records}, LAMBDA)["batchItemFailures"]
    return failures


def _in_tenant(record: dict[str, Any], tenant: str) -> dict[str, Any]:
    """Let a sample be of a test's tenant, keys of files included."""
    body = json.loads(record["body"].replace("/main/", f"/{tenant}/"))
    body["detail"]["tenant"] = tenant
    return {**record, "body": json.dumps(body)}
