"""The Lambdas of assignments, and what each reads and writes."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, Queue, Schedule
from lyceum.model.assignments import (
    Assignment,
    AssignmentIndex,
    AssignmentStatistics,
    AssignmentText,
    Extensions,
    GradeRecord,
    GradeSheet,
    Rubric,
    RubricVersion,
    Submission,
    SubmissionAttempt,
)
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson
from lyceum.model.users.account import User

_ASSIGNMENT = (Assignment, AssignmentText, Rubric, RubricVersion, Extensions, AssignmentStatistics)
_COURSEWORK = (*_ASSIGNMENT, AssignmentIndex, Submission, SubmissionAttempt, GradeRecord, GradeSheet)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_COURSEWORK,
            Assignment.index("gsi1"),
            Submission.index("gsi1"),
            Submission.index("gsi2"),
            GradeSheet.index("gsi1"),
            Course,
            Course.index("gsi2"),
            CourseOutline,
            Enrolment,
            Enrolment.index("gsi1"),
            Lesson,
            Upload,
            User,
            Session,
        ),
        writes=(*_COURSEWORK, AuditEvent, LongJob),
    ),
    Function(
        "events.coursework",
        Queue(),
        reads=(*_COURSEWORK, Course, CourseOutline, Enrolment),
        writes=(*_ASSIGNMENT, Submission, SubmissionAttempt, GradeRecord, GradeSheet, AssignmentIndex),
    ),
    Function(
        "events.statistics", Queue(window_seconds=1), reads=(AssignmentStatistics,), writes=(AssignmentStatistics,)
    ),
    Function(
        "events.purge",
        Queue(batch_size=1),
        reads=_COURSEWORK,
        writes=_COURSEWORK,
        timeout_seconds=60,
    ),
    Function(
        "events.exports",
        Queue(batch_size=1, concurrency=2),
        reads=(LongJob, Course, AssignmentIndex, CourseOutline, Enrolment, GradeSheet, User),
        writes=(LongJob,),
        permissions=(Bucket("derived/exports/", ("read", "write")),),
        timeout_seconds=60,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(Assignment, Assignment.index("gsi1"), Extensions, Extensions.index("gsi1")),
        writes=(Assignment, Extensions),
        timeout_seconds=60,
    ),
)
