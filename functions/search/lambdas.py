"""The Lambdas of search, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, Function, Http, Links, Queue, Schedule, SearchCollection, SendTasks
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.catalog import Topic
from lyceum.model.community.questions import HelpQuestion
from lyceum.model.content.library import ContentItem, ContentStatistics
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.lessons import Lesson, LessonBody
from lyceum.model.marketplace.offers import Offer
from lyceum.model.questions.question import Question
from lyceum.model.questions.statistics import QuestionStatistics, SolvedQuestions
from lyceum.model.search import (
    SearchBacklog,
    SearchChange,
    SearchFigures,
    SearchFilter,
    SearchSynonyms,
    SharedSearchFilter,
)
from lyceum.model.store.products import Product
from lyceum.model.users.account import User

_FILTERS = (SearchFilter, SharedSearchFilter)
_FOUND = (
    Question,
    QuestionStatistics,
    Course,
    CourseOutline,
    Topic,
    Topic.index("gsi1"),
    Lesson,
    LessonBody,
    ContentItem,
    ContentStatistics,
    Product,
    HelpQuestion,
    Offer,
)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_FILTERS,
            SearchChange,
            SolvedQuestions,
            SearchFigures.index("gsi1"),
            SearchFigures.index("gsi2"),
            User,
            Session,
        ),
        writes=(*_FILTERS, AuditEvent),
        permissions=(Bucket("search/", ("read", "miss")), SearchCollection(), SendTasks()),
        memory_mb=1024,
        layers=("search",),
    ),
    Function(
        "events",
        Queue(),
        reads=(*_FOUND, SearchFigures),
        writes=(SearchChange, SearchBacklog, SearchFigures),
        permissions=(SearchCollection(), Links()),
        timeout_seconds=30,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(
            *_FOUND,
            Question.index("gsi2"),
            Course.index("gsi2"),
            ContentItem.index("gsi1"),
            Product.index("gsi1"),
            HelpQuestion.index("gsi1"),
            Offer.index("gsi1"),
            SearchChange,
            SearchBacklog,
            SearchSynonyms,
            SearchFigures.index("gsi1"),
        ),
        writes=(SearchBacklog,),
        permissions=(Bucket("search/", ("read", "write", "delete", "miss")),),
        memory_mb=1024,
        timeout_seconds=900,
        storage_mb=2048,
        layers=("search",),
    ),
)
