"""The rows of each data set, a page at a time: which columns there are, and how a page is read."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from lyceum.kit import clock
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Slice, find, find_all
from lyceum.model.assignments import GradeSheet
from lyceum.model.audit import AuditEvent, first_id, last_id
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.users.account import User
from lyceum.tasks.imports import ExportDataSet

Row = list[str]


@frozen
class Table:
    """A data set as a table.

    Attributes:
        columns: Their names, as in the API.
        read: Reads the rows of a page behind a storage key, with the key to go on from.
    """

    columns: Sequence[str]
    read: Callable[[ExportDataSet, Any], Slice[Row]]


def _users(_task: ExportDataSet, after: Any) -> Slice[Row]:
    found = find(User, index="gsi1", limit=500, after=after)
    return Slice([_user(each) for each in found.items if each.status != "deleted"], found.last_key)


def _user(user: User) -> Row:
    return [
        user.user_id, user.username, user.first_name, user.last_name, user.email or "", user.phone or "",
        user.school_id or "", user.role, user.tier, user.status_at(clock.now()), _flag(user.is_verified), user.language,
        _time(user.created_at), _time(user.last_login_at),
    ]  # fmt: skip


def _results(task: ExportDataSet, after: Any) -> Slice[Row]:
    people = find(User, index="gsi1", limit=25, after=after)
    return Slice([row for user in people.items for row in _results_of(user, task)], people.last_key)


def _results_of(user: User, task: ExportDataSet) -> Iterator[Row]:
    for session in find_all(ExamSession, index="gsi2", user_id=user.user_id):
        if not isinstance(session, ExamSession) or session.finished_at is None or session.is_preview:
            continue
        if (task.since and session.finished_at < task.since) or (task.until and session.finished_at > task.until):
            continue
        yield [
            session.exam_id, user.user_id, user.username, session.mode, session.title or "",
            session.assessment_id or "", session.course_id or "", str(int(session.attempt)), _time(session.started_at),
            _time(session.finished_at), session.cause or "", session.score or "", session.max_score or "",
            session.percent or "", "" if session.is_passed is None else _flag(session.is_passed),
        ]  # fmt: skip


def _grades(_task: ExportDataSet, after: Any) -> Slice[Row]:
    people = find(User, index="gsi1", limit=25, after=after)
    return Slice([row for user in people.items for row in _grades_of(user)], people.last_key)


def _grades_of(user: User) -> Iterator[Row]:
    for sheet in find_all(GradeSheet, index="gsi1", user_id=user.user_id):
        for item_id, entry in sorted(sheet.entries.items()):
            yield [
                sheet.course_id, user.user_id, user.username, item_id, str(entry.get("kind", "")),
                str(entry.get("title", "")), str(entry.get("category", "")), str(entry.get("points", "")),
                str(entry.get("max_points", "")), str(entry.get("at", "")),
            ]  # fmt: skip


def _audit(task: ExportDataSet, after: Any) -> Slice[Row]:
    found = find(
        AuditEvent,
        index="gsi2",
        limit=500,
        after=after,
        from_sort=first_id(task.since) if task.since else None,
        to_sort=last_id(task.until) if task.until else None,
    )
    return Slice([_event(each) for each in found.items], found.last_key)


def _event(event: AuditEvent) -> Row:
    changes = [json.dumps(each, sort_keys=True, ensure_ascii=False) for each in (event.before or {}, event.after or {})]
    return [
        event.audit_id, _time(event.happened_at), event.action, event.actor_id, event.subject_id, event.reason or "",
        *changes, event.correlation_id,
    ]  # fmt: skip


def _time(moment: datetime | None) -> str:
    return clock.iso(moment) if moment else ""


def _flag(value: object) -> str:
    return "true" if value else "false"


TABLES: dict[str, Table] = {
    "users": Table(
        (
            "userId", "username", "firstName", "lastName", "email", "phone", "schoolId", "role", "tier", "status",
            "isVerified", "language", "createdAt", "lastLoginAt",
        ),
        _users,
    ),
    "results": Table(
        (
            "examId", "userId", "username", "mode", "title", "assessmentId", "courseId", "attempt", "startedAt",
            "finishedAt", "cause", "score", "maxScore", "percent", "isPassed",
        ),
        _results,
    ),
    "grades": Table(
        (
            "courseId", "userId", "username", "itemId", "kind", "title", "category", "points", "maxPoints", "gradedAt",
        ),
        _grades,
    ),
    "audit": Table(
        ("auditId", "at", "action", "actorId", "subjectId", "reason", "before", "after", "correlationId"), _audit
    ),
}  # fmt: skip
"""Every data set by its name."""
