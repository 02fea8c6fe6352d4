"""From what happened to a user's things and in their courses to the feeds that their devices read.

A row that is written twice for one event does no harm, so a reaction is no part of its marker's transaction: it is
tried again by itself when others write to the same feed.
"""

from lyceum.events.assignments import AssignmentCreated, AssignmentDeleted
from lyceum.events.courses import (
    AnnouncementPosted,
    CourseCompleted,
    CourseDeleted,
    CourseEnrolled,
    CourseLeft,
    CoursePartChanged,
    CoursePublished,
    CourseUncompleted,
    CourseUpdated,
    LessonCompleted,
    QuizPublished,
    QuizWithdrawn,
)
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


@consumer.on(CoursePartChanged, outside=True)
def note_part(event: CoursePartChanged, _unit: Unit) -> None:
    """Tell all in a course of a lesson, an assignment or the order of lessons."""
    shown = event.model_dump(include={"title", "due_at", "is_removed"})
    feed.add_to_course(event.course_id, event.part, event.part_id, event.at, **shown)


@consumer.on(AssignmentCreated, outside=True)
def note_new_assignment(event: AssignmentCreated, _unit: Unit) -> None:
    """Tell all in a course of a new assignment."""
    feed.add_to_course(
        event.course_id, "assignment", event.assignment_id, event.at, title=event.title, due_at=event.due_at
    )


@consumer.on(AssignmentDeleted, outside=True)
def note_gone_assignment(event: AssignmentDeleted, _unit: Unit) -> None:
    """Tell all in a course that an assignment went."""
    feed.add_to_course(event.course_id, "assignment", event.assignment_id, event.at, is_removed=True)


@consumer.on(QuizPublished, outside=True)
def note_quiz(event: QuizPublished, _unit: Unit) -> None:
    """Tell all in a course of a quiz."""
    feed.add_to_course(event.course_id, "quiz", event.quiz_id, event.at, title=event.title)


@consumer.on(QuizWithdrawn, outside=True)
def note_gone_quiz(event: QuizWithdrawn, _unit: Unit) -> None:
    """Tell all in a course that a quiz went."""
    feed.add_to_course(event.course_id, "quiz", event.quiz_id, event.at, is_removed=True)


@consumer.on(AnnouncementPosted, outside=True)
def note_announcement(event: AnnouncementPosted, _unit: Unit) -> None:
    """Tell all in a course of an announcement; one to everybody reaches people by their inbox."""
    if event.course_id:
        feed.add_to_course(event.course_id, "announcement", event.announcement_id, event.at, title=event.title)


@consumer.on(CourseUpdated, outside=True)
@consumer.on(CoursePublished, outside=True)
@consumer.on(CourseDeleted, outside=True)
def note_card(event: CourseUpdated | CoursePublished | CourseDeleted, _unit: Unit) -> None:
    """Tell all in a course that its own fields changed, or that it went."""
    is_gone = isinstance(event, CourseDeleted)
    feed.add_to_course(event.course_id, "courseCard", event.course_id, event.at, is_removed=is_gone)
