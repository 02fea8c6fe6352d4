"""From what happened to a user's things to the feed that their devices read.

A row that is written twice for one event does no harm, so a reaction is no part of its marker's transaction: it is
tried again by itself when others write to the same feed.
"""

from lyceum.events.courses import CourseCompleted, CourseEnrolled, CourseLeft, CourseUncompleted, LessonCompleted
from lyceum.events.study import BookmarkChanged, NoteChanged, ReviewGraded
from lyceum.events.users import UserPreferencesChosen
from lyceum.kit.consumers.consumer import Consumer
from lyceum.kit.table import Unit

from functions.sync import feed

consumer = Consumer("sync-events")
handler = consumer.handler


@consumer.on(NoteChanged, outside=True)
def note_note(event: NoteChanged, _unit: Unit) -> None:
    """Tell a user's devices of a note."""
    feed.add(event.user_id, "note", event.note_id)


@consumer.on(BookmarkChanged, outside=True)
def note_bookmark(event: BookmarkChanged, _unit: Unit) -> None:
    """Tell a user's devices of a bookmark."""
    feed.add(event.user_id, "bookmark", event.question_id)


@consumer.on(ReviewGraded, outside=True)
def note_review(event: ReviewGraded, _unit: Unit) -> None:
    """Tell a user's devices when a question is due for review."""
    feed.add(event.user_id, "review", event.question_id)


@consumer.on(LessonCompleted, outside=True)
@consumer.on(CourseEnrolled, outside=True)
@consumer.on(CourseLeft, outside=True)
@consumer.on(CourseCompleted, outside=True)
@consumer.on(CourseUncompleted, outside=True)
def note_course(
    event: LessonCompleted | CourseEnrolled | CourseLeft | CourseCompleted | CourseUncompleted, _unit: Unit
) -> None:
    """Tell a user's devices how far a course is."""
    feed.add(event.user_id, "course", event.course_id)


@consumer.on(UserPreferencesChosen, outside=True)
def note_preferences(event: UserPreferencesChosen, _unit: Unit) -> None:
    """Tell a user's devices of other preferences."""
    feed.add(event.user_id, "preferences", event.user_id)
