"""Whose data it is, in the deployed stack: an act is chained and signed for, a copy is fetched, files are exported."""

import io
import urllib.request
import zipfile
from typing import Any

import pytest

from tests.e2e.conftest import Remote, Stack, eventually

pytestmark = pytest.mark.e2e


def test_acts_are_chained_and_people_have_their_data(stack: Stack) -> None:
    admin, student = stack.as_("admin"), stack.as_("second_student")
    user_id = student.get("/api/auth/me").data["userId"]
    assert admin.post(f"/api/admin/users/{user_id}/reset-stats").status == 202
    assert student.post("/api/consents", {"purpose": "terms", "version": "1", "isGiven": True}).status == 201
    assert student.get(f"/api/users/{user_id}/data-export").data["state"] in {"queued", "done"}
    job = admin.post("/api/admin/export", {"dataSet": "users", "format": "xlsx"}).data
    copy = eventually(lambda: written(student, user_id), "the copy of the data is written")
    with zipfile.ZipFile(io.BytesIO(fetched(copy["url"]))) as archive:
        assert {"data/user.json", "data/README.json", "README.txt"} <= set(archive.namelist())
    done = eventually(lambda: finished(admin, job["jobId"]), "the accounts are exported")
    assert fetched(done["result"])[:2] == b"PK"
    stack.run_job("compliance-jobs-link-audit-events")
    eventually(lambda: chained(stack, admin), "the acts are in the chain")
    stack.run_job("compliance-jobs-seal-audit-days")
    assert admin.get("/api/admin/data-check").data["items"] > 0
    report = admin.get("/api/admin/compliance/reports").data
    assert report["requests"][0]["received"] >= 1
    told = stack.as_("instructor").get("/api/questions/export?format=qti30&limit=5").data
    assert told["questions"] + len(told["losses"]) >= 0 and fetched(told["url"])[:2] == b"PK"


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        body: bytes = answer.read()
    return body


def written(student: Remote, user_id: str) -> dict[str, Any] | None:
    view: dict[str, Any] = student.get(f"/api/users/{user_id}/data-export").data
    return view if view["state"] == "done" else None


def finished(admin: Remote, job_id: str) -> dict[str, Any] | None:
    job: dict[str, Any] = admin.get(f"/api/jobs/{job_id}").data
    return job if job["state"] == "done" else None


def chained(stack: Stack, admin: Remote) -> bool | None:
    stack.run_job("compliance-jobs-link-audit-events")
    told = admin.get("/api/admin/audit-logs/verify").data
    assert told["isIntact"], told["findings"]
    return True if told["links"] >= 1 else None
