"""A document from its template and data; done again, it is the same file."""

import json
from typing import Any

from lyceum.kit import clock
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.tasks.documents import RenderDocument
from lyceum.typeset import documents

_PDF = "application/pdf"


def render(task: RenderDocument) -> str:
    """Typeset a document and return the key of the file; it expires with its data."""
    data = json.loads(_get(task.data_key))
    key = f"{task.data_key.rpartition('/')[0]}/{task.file_name}"
    content = documents.pdf(task.template, data, clock.parse(data["asOf"]))
    form: dict[str, Any] = {"ContentType": _PDF, "ContentDisposition": "attachment"}
    clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=content, **form)
    return key


def _get(key: str) -> bytes:
    body: bytes = clients.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    return body
