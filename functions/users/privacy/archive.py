"""The copy of somebody's data as one zip: a JSON file for each section, what every field means, and their files.

It is written to disk and then to the bucket, so memory holds one row or one piece of a file at a time.
"""

import json
import re
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger

from lyceum.kit import clock, context
from lyceum.kit.aws import clients
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.users.account import User
from lyceum.model.users.privacy import DataExport, PrivacyRequest
from lyceum.tasks.notifications import DeliverNotice
from lyceum.tasks.users import ExportPersonalData

from functions.users.privacy import personal_data

PREFIX = "derived/privacy/"
KEPT = timedelta(days=7)
MOST_FILE_BYTES = 1 << 30
"""Of all files together; what does not fit is named in the copy."""
_PIECE = 1 << 20
_UNSAFE = re.compile(r"[/\\\x00-\x1f]")
_README = """Everything that {issuer} keeps about you, as of {now}.

data/*.json    one file for each kind of information; data/README.json says what each field means
files/         files that you sent and that are still kept

Times are in UTC (ISO 8601). This copy can be fetched until {until}.
"""
logger = Logger()


class _File(NamedTuple):
    key: str
    size_bytes: int

    @property
    def name(self) -> str:
        """Its name in the copy: the upload's id, and what its owner called it as far as that is known."""
        upload_id, _, name = self.key.split("/", 3)[3].partition("/")
        upload = Upload.fetch(upload_id=upload_id)
        given = _UNSAFE.sub("", upload.file_name).lstrip(".") if upload else ""
        return f"{upload_id}/{given or name}"


def write(task: ExportPersonalData, unit: Unit) -> None:
    """Write the copy that a task asks for, and tell the person; one that was begun anew meanwhile is left alone."""
    export = DataExport.fetch(user_id=task.user_id, consistent=True)
    user = User.fetch(user_id=task.user_id, consistent=True)
    if export is None or export.request_id != task.request_id or export.state != "queued":
        return
    now = clock.now()
    if user is None or user.status == "deleted":
        _close(unit, export, "failed")
        return
    with tempfile.TemporaryFile() as file:
        left_out = _fill(file, task.user_id)
        size = file.tell()
        file.seek(0)
        key = f"{PREFIX}{context.tenant()}/{task.user_id}/{task.request_id}/data.zip"
        form = {"ContentType": "application/zip", "ContentDisposition": 'attachment; filename="my-data.zip"'}
        clients.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=file, ContentLength=size, **form)
    export.key, export.size_bytes, export.left_out = key, size, left_out
    export.expires_at = now + KEPT
    _close(unit, export, "done")
    logger.info("copy of personal data written", extra={"user": task.user_id, "bytes": size})


def _close(unit: Unit, export: DataExport, state: str) -> None:
    export.state, export.finished_at = state, clock.now()
    told = [DeliverNotice(kind="privacy.export_ready", user_ids=[export.user_id], data={})] if state == "done" else []
    unit.replace(export, *told)
    request = PrivacyRequest.at(user_id=export.user_id, request_id=export.request_id)
    unit.change(request, PrivacyRequest.state.set(state), PrivacyRequest.finished_at.set(export.finished_at))


def _fill(file: Any, user_id: str) -> list[str]:
    """Write the zip into a file and return the names of what did not fit."""
    left_out = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        explained = {}
        for section in personal_data.sections():
            explained[section.name] = section.explained()
            with archive.open(f"data/{section.name}.json", "w") as entry:
                for piece in _array(section.rows(user_id)):
                    entry.write(piece)
        archive.writestr("data/README.json", json.dumps(explained, indent=1, ensure_ascii=False))
        room = MOST_FILE_BYTES
        for found in _files(user_id):
            if found.size_bytes > room:
                left_out.append(found.name)
                continue
            room -= found.size_bytes
            _add(archive, found)
        now = clock.now()
        told = {"issuer": settings().issuer, "now": clock.iso(now), "until": clock.iso(now + KEPT)}
        archive.writestr("README.txt", _README.format(**told))
    return left_out


def _array(rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield b"["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n").encode() + json.dumps(row, ensure_ascii=False).encode()
    yield b"\n]\n"


def _files(user_id: str) -> Iterator[_File]:
    folder = f"uploads/{context.tenant()}/{user_id}/"
    pages = clients.client("s3").get_paginator("list_objects_v2").paginate(Bucket=settings().bucket, Prefix=folder)
    return (_File(each["Key"], int(each["Size"])) for page in pages for each in page.get("Contents", []))


def _add(archive: zipfile.ZipFile, found: _File) -> None:
    body = clients.client("s3").get_object(Bucket=settings().bucket, Key=found.key)["Body"]
    with archive.open(f"files/{found.name}", "w", force_zip64=True) as entry:
        for piece in body.iter_chunks(_PIECE):
            entry.write(piece)
