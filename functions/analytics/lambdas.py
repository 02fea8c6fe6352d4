"""The Lambdas of analytics, and what each reads and writes."""

from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.manifest import Bucket, Function, Http, Queue, Schedule
from lyceum.model.analytics.classes import CourseReport, StaleReport, TeacherReport, Teaching
from lyceum.model.analytics.learners import (
    FigureEntry,
    LearnerFigures,
    TopicEvidence,
    TopicFigures,
    WeekFigures,
)
from lyceum.model.assignments import AssignmentIndex, AssignmentStatistics, Extensions, GradeSheet
from lyceum.model.auth import Session
from lyceum.model.catalog import Topic
from lyceum.model.community.questions import HelpQuestion, MentorOffer
from lyceum.model.content.library import ContentItem, ContentStatistics
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.enrolments import Enrolment, StudyTime
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.mentors import MentorFigures
from lyceum.model.questions.statistics import QuestionHistory, QuestionStatistics
from lyceum.model.study.learners import Learner
from lyceum.model.users.account import User
from lyceum.model.users.guardians import Guardianship

_FIGURES = (LearnerFigures, WeekFigures, TopicFigures, TopicEvidence, FigureEntry)
_REPORTS = (CourseReport, TeacherReport)
_REPORTED = (
    TopicFigures.index("gsi1"),
    Course,
    Enrolment,
    GradeSheet,
    AssignmentIndex,
    AssignmentStatistics,
    CourseOutline,
    Extensions,
    QuestionStatistics.index("gsi2"),
    ContentItem.index("gsi2"),
    ContentStatistics,
    Teaching,
)
"""What reports are worked out of."""
_LEARNER = (
    LearnerFigures,
    WeekFigures,
    TopicFigures,
    User,
    Learner,
    Course,
    CourseOutline,
    Enrolment.index("gsi1"),
    StudyTime,
    AssignmentIndex,
    GradeSheet,
)
"""What is shown of a learner."""

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_LEARNER,
            FigureEntry.index("gsi1"),
            *_REPORTS,
            *_REPORTED,
            Guardianship,
            Topic,
            QuestionHistory,
            MentorOffer,
            MentorFigures,
            HelpQuestion,
            User,
            Session,
        ),
        writes=(*_REPORTS, LongJob),
        permissions=(Bucket("derived/exports/", ("read", "write")),),
        layers=("workbooks",),
    ),
    Function(
        "events.statistics",
        Queue(concurrency=40),
        reads=(*_FIGURES, User, Topic, ExamMarks, MarksRevision, ContentItem),
        writes=(*_FIGURES, StaleReport, Teaching),
        timeout_seconds=30,
    ),
    Function(
        "events.exports",
        Queue(batch_size=1),
        reads=(*_LEARNER, QuestionHistory, LongJob),
        writes=(LongJob,),
        permissions=(Bucket("derived/exports/", ("read", "write")),),
        memory_mb=1024,
        timeout_seconds=60,
        layers=("workbooks",),
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(*_REPORTED, StaleReport),
        writes=(*_REPORTS, StaleReport),
        timeout_seconds=300,
    ),
)
