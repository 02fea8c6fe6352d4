"""The gradebook of a large course as CSV: a job writes it, a page of students at a time."""

import csv
import io
from collections.abc import Callable

import pytest

from lyceum.kit import clock
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.settings import settings
from lyceum.kit.table import Unit, find_all, write_many
from lyceum.model.assignments import GradeSheet
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from tests.assignments.conftest import Term
from tests.support import workers
from tests.support.acting import within_rights
from tests.support.cloud import Cloud
from tests.support.http import Client

from functions.assignments.grades import gradebook, gradebook_export

STUDENTS = 25


@pytest.fixture
def path(term: Term, monkeypatch: pytest.MonkeyPatch) -> str:
    """The gradebook of a course with more students than one request writes."""
    monkeypatch.setattr(gradebook, "_MOST_AT_ONCE", 20)
    monkeypatch.setattr(gradebook, "_PAGE", 10)
    monkeypatch.setattr(gradebook_export, "_PAGE", 10)
    names = [f"u{number:03d}" for number in range(STUDENTS)]
    write_many(
        Enrolment(course_id=term.course_id, user_id=name, state="active", enrolled_at=clock.now()) for name in names
    )
    return f"/api/courses/{term.course_id}/gradebook"


@pytest.fixture
def work(cloud: Cloud, tenant: str) -> Callable[[], int]:
    def go() -> int:
        with within_rights():
            return workers.deliver(cloud, tenant, rounds=8, only="assignments")

    return go


def written(cloud: Cloud, tenant: str) -> list[list[str]]:
    (job,) = [each for each in cloud.items(tenant) if each["kind"]["S"] == "long_job"]
    body = cloud.s3.get_object(Bucket=settings().bucket, Key=job["result"]["S"])["Body"].read().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(body)))


def test_a_csv_of_too_many_students_names_the_job_instead_of_running_out_of_time(term: Term, path: str) -> None:
    refused = term.teacher.get(path, {"format": "csv"})
    assert (refused.status, refused.error.fields) == (422, {"GRADEBOOK_TOO_LARGE"})
    assert term.teacher.get(path).status == 200, "pages are of any course"


def test_a_job_writes_every_student_once_with_one_header(
    term: Term, path: str, work: Callable[[], int], cloud: Cloud, tenant: str
) -> None:
    assignment_id = term.assignment(title="=Essay")
    write_many(
        [
            GradeSheet(
                course_id=term.course_id,
                user_id="u007",
                entries={
                    assignment_id: {
                        "title": "=Essay", "category": "homework", "kind": "assignment", "points": "15.00",
                        "max_points": "20",
                    }
                },
            )
        ]
    )  # fmt: skip
    begun = term.teacher.post(path)
    assert (begun.status, begun.data["type"], begun.data["state"]) == (202, "gradebook.export", "queued")
    assert work() == 0
    shown = term.teacher.get(f"/api/jobs/{begun.data['jobId']}").data
    enrolled = [each.user_id for each in find_all(Enrolment, course_id=term.course_id)]
    assert (shown["state"], shown["done"]) == ("done", len(enrolled))
    assert f"gradebook-{term.course_id}.csv" in shown["result"]
    head, *lines = written(cloud, tenant)
    assert head == ["userId", "firstName", "lastName", "state", "'=Essay", "percent", "letter"]
    assert [line[0] for line in lines] == enrolled
    assert {line[0]: line[4] for line in lines if line[4]} == {"u007": "15.00"}


def test_the_columns_are_those_of_the_beginning(
    term: Term, path: str, work: Callable[[], int], cloud: Cloud, tenant: str
) -> None:
    gone = term.assignment(title="Gone")
    term.teacher.post(path)
    workers.deliver(cloud, tenant, rounds=1, only="assignments.events.exports")
    term.assignment(title="Later")
    assert term.teacher.delete(f"/api/assignments/{gone}").status == 200
    assert work() == 0
    head, *lines = written(cloud, tenant)
    assert head[4:] == ["Gone", "percent", "letter"]
    assert {len(line) for line in lines} == {len(head)}


def test_a_page_that_comes_twice_changes_nothing(
    term: Term, path: str, work: Callable[[], int], cloud: Cloud, tenant: str
) -> None:
    term.teacher.post(path)
    assert work() == 0
    before = written(cloud, tenant)
    job = next(each for each in cloud.items(tenant) if each["kind"]["S"] == "long_job")
    assert work() == 0
    assert written(cloud, tenant) == before
    assert next(each for each in cloud.items(tenant) if each["kind"]["S"] == "long_job") == job


def test_only_those_who_teach_the_course_begin_a_job_and_only_they_see_it(
    term: Term, path: str, client: Client
) -> None:
    assert client.post(path).status == 401
    assert term.ada.post(path).status == 403
    assert client.as_("other", "instructor").post(path).status == 403
    assert client.as_("instructor").post("/api/courses/nothing/gradebook").status == 404
    job_id = term.teacher.post(path).data["jobId"]
    assert client.as_("other", "instructor").get(f"/api/jobs/{job_id}").status == 404


def test_a_course_that_was_deleted_meanwhile_ends_the_job_with_a_reason(
    term: Term, path: str, work: Callable[[], int]
) -> None:
    job_id = term.teacher.post(path).data["jobId"]
    Unit().change(Course.at(course_id=term.course_id), Course.status.set("deleted")).commit()
    assert work() == 0
    job = LongJob.require(owner_id=term.teacher.user_id, job_id=job_id, consistent=True)
    assert (job.state, job.error_code) == ("failed", "NOT_FOUND")
