"""The Lambdas of sync, and what each reads and writes."""

from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.manifest import CallOwnApi, Function, Http, Queue
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.questions.question import Question
from lyceum.model.study.notes import Bookmark, Note
from lyceum.model.study.reviews import ReviewCard, ReviewPile
from lyceum.model.sync import (
    CourseFeedChange,
    CourseFeedPlace,
    CourseFeedPosition,
    SyncChange,
    SyncDevice,
    SyncOperation,
    SyncPlace,
    SyncPosition,
)
from lyceum.model.users.account import User

_PUSHED = (SyncOperation, SyncDevice)
_COURSES = (CourseFeedPosition, CourseFeedChange)
_THINGS = (Note, Bookmark, ReviewCard, ReviewPile, Enrolment, Enrolment.index("gsi1"), Question, User)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_PUSHED, SyncPosition, SyncChange, *_COURSES, *_THINGS),
        writes=(*_PUSHED, OutboxItem),
        permissions=(CallOwnApi(),),
        timeout_seconds=28,
    ),
    Function(
        "events",
        Queue(concurrency=10),
        reads=(SyncPosition, SyncPlace, CourseFeedPosition, CourseFeedPlace),
        writes=(SyncPosition, SyncPlace, SyncChange, *_COURSES, CourseFeedPlace),
        timeout_seconds=30,
    ),
)
