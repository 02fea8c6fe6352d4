"""The Lambdas of courses, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, Function, Http, Queue, Schedule, SearchCollection
from lyceum.model.assignments import AssignmentIndex, Extensions, GradeSheet
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.catalog import Department, Topic
from lyceum.model.content.library import ContentItem
from lyceum.model.content.uploads import Upload
from lyceum.model.courses.announcements import Announcement, AnnouncementReceipt
from lyceum.model.courses.course import (
    Course,
    CourseOutline,
    CourseRanking,
    CourseRating,
    DependentCourse,
    PrerequisiteGraph,
)
from lyceum.model.courses.enrolments import Enrolment, SeatPart, Seats, StudyTime
from lyceum.model.courses.lessons import Lesson, LessonBody
from lyceum.model.courses.recommendations import CourseNeighbours, CourseSuggestions
from lyceum.model.entitlements import Entitlement
from lyceum.model.search import SearchChange
from lyceum.model.users.account import User

_COURSE = (Course, CourseOutline, DependentCourse, PrerequisiteGraph)
_ENROLMENT = (Enrolment, Seats, SeatPart, StudyTime)
_LESSON = (Lesson, LessonBody)
_WRITTEN = (*_COURSE, *_ENROLMENT, *_LESSON, CourseRating, Announcement)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_WRITTEN,
            Course.index("gsi1"),
            Course.index("gsi2"),
            CourseRanking,
            CourseRanking.index("gsi1"),
            CourseRanking.index("gsi2"),
            CourseRating.index("gsi1"),
            Enrolment.index("gsi1"),
            AnnouncementReceipt,
            Department,
            Topic,
            Topic.index("gsi1"),
            User,
            Session,
            Upload,
            ContentItem,
            Entitlement,
            AssignmentIndex,
            Extensions,
            GradeSheet,
            CourseNeighbours,
            CourseSuggestions,
            SearchChange,
        ),
        writes=(*_WRITTEN, AuditEvent, CourseSuggestions),
        permissions=(Bucket("derived/", ("read",)), Bucket("search/", ("read", "miss")), SearchCollection()),
        layers=("search",),
    ),
    Function(
        "events.statistics",
        Queue(batch_size=100, window_seconds=5, concurrency=2),
        reads=(Course,),
        writes=(Course,),
        timeout_seconds=20,
    ),
    Function(
        "events.rankings",
        Queue(window_seconds=1, concurrency=2),
        reads=(Course, CourseRanking),
        writes=(CourseRanking,),
    ),
    Function(
        "events.progress",
        Queue(),
        reads=(Course, CourseOutline, Enrolment, StudyTime, AssignmentIndex),
        writes=(Course, CourseOutline, Enrolment, StudyTime, CourseSuggestions),
    ),
    Function(
        "events.announcements",
        Queue(concurrency=5),
        reads=(Announcement, AnnouncementReceipt, Course, Enrolment),
        writes=(AnnouncementReceipt,),
    ),
    Function(
        "events.copying",
        Queue(),
        reads=(Course, CourseOutline, *_LESSON),
        writes=(Course, CourseOutline, *_LESSON),
    ),
    Function("events.thumbnails", Queue(), reads=(Course, Upload), writes=(Course,)),
    Function(
        "events.purge",
        Queue(batch_size=1),
        reads=(*_WRITTEN, Enrolment.index("gsi1"), GradeSheet),
        writes=(*_WRITTEN, AnnouncementReceipt, CourseRanking),
        timeout_seconds=60,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(CourseRanking, Enrolment),
        writes=(CourseNeighbours,),
        memory_mb=1024,
        timeout_seconds=300,
    ),
)
