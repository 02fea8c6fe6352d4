"""Documents that a job typesets from data: the same for every domain that has one."""

import json
from collections.abc import Mapping
from typing import Any

from lyceum.kit import context, ids
from lyceum.kit.aws import clients
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.tasks.documents import RenderDocument

EXPORTS = "derived/exports/"


def folder_of(owner_id: str, job_id: str) -> str:
    """Name the folder of a job's files, which are its owner's."""
    return f"{EXPORTS}{context.tenant()}/{owner_id}/{job_id}/"


def typeset(owner_id: str, template: str, data: Mapping[str, Any], file_name: str) -> LongJob:
    """Have a template filled with data; the job's outcome is the PDF, for its owner."""
    job_id = ids.new_id()
    key = f"{folder_of(owner_id, job_id)}data.json"
    body = json.dumps(data, ensure_ascii=False).encode()
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body, ContentType="application/json")
    task = RenderDocument(owner_id=owner_id, job_id=job_id, template=template, data_key=key, file_name=file_name)
    unit = Unit()
    job = control.start(unit, task, total=1)
    unit.commit()
    return job
