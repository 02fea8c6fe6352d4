"""Analytics over HTTP."""

from typing import Annotated

from lyceum.kit.http import USER, Api, Caller, Page, Query, may
from lyceum.kit.identity import Permission
from lyceum.kit.long_jobs.schemas import JobView, view
from lyceum.rules.sessions import recheck

from functions.analytics.classes import dashboards, mentors
from functions.analytics.classes.schemas import InstructorDashboard, InstructorQuery, MentorDashboard
from functions.analytics.progress import details, overviews
from functions.analytics.progress.schemas.advice import AreaQuery, Recommendations, WeakAreas
from functions.analytics.progress.schemas.details import (
    CourseProgress,
    CourseProgressQuery,
    QuestionFigures,
    QuestionQuery,
    TopicAnalytics,
)
from functions.analytics.progress.schemas.overviews import (
    PeriodQuery,
    ProgressAnalytics,
    StudentDashboard,
    TrendQuery,
    Trends,
    UserAnalytics,
)
from functions.analytics.reports import exports
from functions.analytics.reports.schemas import ExportQuery

api = Api("analytics", recheck=recheck)
handler = api.handler


@api.get("/api/users/{userId}/analytics/dashboard", access=USER)
def show_learner(caller: Caller, user_id: str) -> UserAnalytics:
    """Show a learner at a glance: totals, accuracy, time, streak, goals, strengths and weaknesses."""
    return overviews.dashboard(caller, user_id)


@api.get("/api/users/{userId}/analytics/topic/{topicId}", access=USER)
def show_topic_figures(caller: Caller, user_id: str, topic_id: str) -> TopicAnalytics:
    """Show a learner in one topic: accuracy by difficulty, and mastery with its evidence and interval."""
    return details.topic(caller, user_id, topic_id)


@api.get("/api/users/{userId}/analytics/trends", access=USER)
def show_trends(caller: Caller, user_id: str, query: Annotated[TrendQuery, Query()]) -> Trends:
    """Show a learner's last days, and what changed against as many days before."""
    return overviews.trends(caller, user_id, query.period)


@api.get("/api/users/{userId}/analytics/weak-areas", access=USER)
def list_weak_areas(caller: Caller, user_id: str, query: Annotated[AreaQuery, Query()]) -> WeakAreas:
    """List the topics that a learner had best improve, by mastery and evidence."""
    return details.weak_areas(caller, user_id, query)


@api.get("/api/users/{userId}/analytics/recommendations", access=USER)
def list_next_steps(caller: Caller, user_id: str) -> Recommendations:
    """List what a learner had best do next; each piece names its rule."""
    return details.recommendations(caller, user_id)


@api.get("/api/users/{userId}/analytics/questions", access=USER)
def list_question_figures(
    caller: Caller, user_id: str, query: Annotated[QuestionQuery, Query()]
) -> Page[QuestionFigures]:
    """List the questions that a learner met in exams: when, how often, how long, right or wrong."""
    return query.page(details.questions(caller, user_id, query), details.question_figures)


@api.get("/api/analytics", access=USER)
def show_own_progress(caller: Caller, query: Annotated[PeriodQuery, Query()]) -> ProgressAnalytics:
    """Show one's own progress in a week, month, quarter or year."""
    return overviews.progress(caller, caller.user_id, query.period)


@api.get("/api/analytics/export", access=USER, limit="30/hour")
def export_progress(caller: Caller, query: Annotated[ExportQuery, Query()]) -> JobView:
    """Export a progress report as CSV, XLSX or PDF with charts; the job says where the file is."""
    return view(exports.start(caller, query))


@api.get("/api/analytics/{userId}", access=USER)
def show_progress_of(caller: Caller, user_id: str, query: Annotated[PeriodQuery, Query()]) -> ProgressAnalytics:
    """Show a learner's progress in a week, month, quarter or year."""
    return overviews.progress(caller, user_id, query.period)


@api.get("/api/analytics/{userId}/courses", access=USER)
def list_course_progress(
    caller: Caller, user_id: str, query: Annotated[CourseProgressQuery, Query()]
) -> Page[CourseProgress]:
    """List how far a learner is in each course."""
    found = details.courses(caller, user_id, query)
    return query.page(found, lambda row: row)


@api.get("/api/dashboard/student", access=may(Permission.LEARN))
def show_student_home(caller: Caller) -> StudentDashboard:
    """Show a student's home: goals, streak, the last days, what is next."""
    return overviews.student_home(caller)


@api.get("/api/dashboard/instructor", access=may(Permission.WRITE_COURSES))
def show_instructor_home(caller: Caller, query: Annotated[InstructorQuery, Query()]) -> InstructorDashboard:
    """Show a teacher's items and courses, and one course looked into."""
    return dashboards.instructor(caller, query.course_id)


api.alias("GET", "/api/dashboard/educator", of="/api/dashboard/instructor")


@api.get("/api/dashboard/mentor", access=may(Permission.MENTOR_STUDENTS))
def show_mentor_home(caller: Caller) -> MentorDashboard:
    """Show a mentor what waits by subject, and what came of answers."""
    return mentors.mentor(caller)
