"""The Lambdas of boards and badges, and what each reads and writes."""

from lyceum.kit.manifest import Function, Http, Queue, Schedule
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.exams.marks import ExamMarks, MarksRevision
from lyceum.model.gamification.boards import BoardInUse, BoardPulse, FrozenBoard, Standing, Tally
from lyceum.model.gamification.points import BadgeDefinition, PlayerFigures, PointsDay, PointsEntry
from lyceum.model.users.account import User

_POINTS = (PointsEntry, PointsDay, PlayerFigures)
_BOARDS = (Standing, Tally)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(*_BOARDS, Standing.index("gsi1"), FrozenBoard, PlayerFigures, BadgeDefinition, User, Session),
        writes=(BadgeDefinition, AuditEvent),
    ),
    Function(
        "events",
        Queue(batch_size=100, window_seconds=1, concurrency=40),
        reads=(*_POINTS, *_BOARDS, BoardInUse, BadgeDefinition, ExamMarks, MarksRevision, User),
        writes=(*_POINTS, *_BOARDS, BoardInUse, BoardPulse),
        timeout_seconds=60,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(BoardInUse, Standing.index("gsi1"), Tally),
        writes=(FrozenBoard,),
        timeout_seconds=300,
    ),
)
