"""The worker that typesets: a job for each document, told of once, and failed where there is nothing to be set."""

import json

import pytest

from lyceum.kit.aws import clients
from lyceum.kit.long_jobs import control
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.tasks.documents import RenderDocument
from tests.support.clock import Clock
from tests.support.cloud import Cloud
from tests.support.workers import deliver
from tests.typeset.test_documents import data


@pytest.mark.parametrize(("template", "state"), [("progress", "done"), ("nothing", "failed")])
def test_a_document_is_set_by_a_job(cloud: Cloud, tenant: str, clock: Clock, template: str, state: str) -> None:
    key = f"derived/exports/{tenant}/ada/job/data.json"
    content = json.dumps({**data(), "asOf": "2027-01-31T09:00:00.000Z"})
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=content.encode())
    task = RenderDocument(owner_id="ada", template=template, data_key=key, file_name="report.pdf", reference="r1")
    unit = Unit()
    job = control.start(unit, task)
    unit.commit()
    deliver(cloud, tenant, only="documents")
    ended = control.show("ada", job.job_id)
    assert ended.state == state
    told = [json.loads(each["Detail"]) for each in cloud.published(tenant) if each["DetailType"] == "document.rendered"]
    if state == "failed":
        assert (ended.result, told) == (None, [])
        return
    stored = clients.client("s3").get_object(Bucket=settings().bucket, Key=ended.result)
    assert stored["Body"].read().startswith(b"%PDF-")
    assert stored["ContentType"] == "application/pdf"
    assert [(each["reference"], each["key"]) for each in told] == [("r1", ended.result)]
