"""The Lambdas of studying, and what each reads and writes."""

from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.manifest import Function, Http, Queue, Schedule
from lyceum.model.catalog import Topic
from lyceum.model.courses.course import Course, CourseRanking
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.exams.sessions import ExamSession
from lyceum.model.exams.statistics import Performance
from lyceum.model.questions.passages import Passage
from lyceum.model.questions.question import Question
from lyceum.model.study.learners import DailyTotals, Learner, PersonalizationAnswers, StudyClock
from lyceum.model.study.notes import Bookmark, Note, NoteCount
from lyceum.model.study.plans import PlanProgress, StudyPlan
from lyceum.model.study.reviews import ReviewCard, ReviewLog, ReviewPile
from lyceum.model.study.sessions import StudySession
from lyceum.model.users.account import User

_PLAN = (StudyPlan, PlanProgress)
_LEARNER = (Learner, DailyTotals, StudyClock, PersonalizationAnswers)
_NOTES = (Note, NoteCount, Bookmark)
_WRITTEN = (*_PLAN, *_LEARNER, *_NOTES, ReviewCard, ReviewPile, StudySession)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_WRITTEN,
            ReviewCard.index("gsi1"),
            Note.index("gsi1"),
            Bookmark.index("gsi1"),
            User,
            Course,
            CourseRanking.index("gsi1"),
            Enrolment.index("gsi1"),
            Topic,
            Topic.index("gsi1"),
            Lesson,
            Question,
            Passage,
            Performance,
        ),
        writes=(*_WRITTEN, OutboxItem),
        layers=("study",),
    ),
    Function(
        "events",
        Queue(concurrency=16),
        reads=(*_PLAN, *_LEARNER, ReviewCard, ReviewPile, ExamSession, ExamMarks, MarksRevision, Topic, User),
        writes=(PlanProgress, *_LEARNER, ReviewCard, ReviewPile, ReviewLog),
        timeout_seconds=30,
        layers=("study",),
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(Learner, Learner.index("gsi1"), ReviewCard.index("gsi1"), ReviewPile, User),
        writes=(Learner,),
        timeout_seconds=300,
    ),
)
