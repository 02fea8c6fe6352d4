"""Courses: announcements, due dates, grades, completions."""

from lyceum.events.assignments import AssignmentDueSoon, AssignmentGraded
from lyceum.events.courses import AnnouncementReceived, CourseCompleted
from lyceum.kit import clock
from lyceum.kit.table import Unit

from functions.notifications import kinds
from functions.notifications.inbox import subjects
from functions.notifications.inbox.inbox_writer import notify


def tell_news(event: AnnouncementReceived, unit: Unit) -> None:
    """Tell a student of an announcement in a course."""
    data = {"announcementId": event.announcement_id, "courseId": event.course_id, "title": event.title}
    data |= subjects.of_course(event.course_id)
    notify(kinds.ANNOUNCEMENT, event, event.user_id, data, unit, where=data.get("courseTitle"))


def warn_of_due_date(event: AssignmentDueSoon, unit: Unit) -> None:
    """Remind a student of an assignment that is due."""
    data = {
        "assignmentId": event.assignment_id,
        "courseId": event.course_id,
        "title": event.title,
        "dueAt": clock.iso(event.due_at),
    }
    data["hoursLeft"] = str(event.hours_left)
    data |= subjects.of_course(event.course_id)
    notify(
        kinds.ASSIGNMENT_DUE,
        event,
        event.user_id,
        data,
        unit,
        about=event.assignment_id,
        ends=event.due_at,
        due=event.due_at,
        course=data.get("courseTitle"),
    )


def tell_grade(event: AssignmentGraded, unit: Unit) -> None:
    """Tell a student that a grade was released."""
    data = {
        "assignmentId": event.assignment_id,
        "courseId": event.course_id,
        "title": event.title,
        "points": str(event.points),
        "maxPoints": str(event.max_points),
        **subjects.of_course(event.course_id),
    }
    notify(
        kinds.ASSIGNMENT_GRADED,
        event,
        event.user_id,
        data,
        unit,
        about=event.assignment_id,
        points=event.points,
        maxPoints=event.max_points,
        course=data.get("courseTitle"),
    )


def congratulate(event: CourseCompleted, unit: Unit) -> None:
    """Tell a student that a course is completed."""
    notify(kinds.COURSE_COMPLETED, event, event.user_id, {"courseId": event.course_id, "title": event.title}, unit)
