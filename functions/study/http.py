"""Studying over HTTP."""

from typing import Annotated

from lyceum.kit.http import PUBLIC, USER, Api, Caller, IfMatch, Page, Query, may
from lyceum.kit.http.schemas import Removed
from lyceum.kit.identity import Permission

from functions.study.notes import bookmarks, notes
from functions.study.notes.schemas import (
    BookmarkQuery,
    BookmarkView,
    MakeBookmark,
    MakeNote,
    NoteQuery,
    NoteView,
    UpdateNote,
)
from functions.study.personalization import answering
from functions.study.personalization.schemas import Advice, QuizAnswers, QuizView
from functions.study.plans import calendar_feed, plans, progress, views
from functions.study.plans.schemas import (
    CalendarLink,
    CompleteTopic,
    FeedLink,
    MakePlan,
    PlanProgressView,
    PlanQuery,
    PlanSummary,
    PlanView,
    UpdatePlan,
)
from functions.study.reviews import grading, queue
from functions.study.reviews.schemas import DueQuery, DueReviews, GradedReview, GradeReview
from functions.study.sessions import goals, study_sessions
from functions.study.sessions.schemas import (
    ChangeSession,
    GoalsView,
    SessionHistory,
    SessionQuery,
    SessionView,
    StartSession,
)

api = Api("study")
handler = api.handler
_CALENDAR = "text/calendar; charset=utf-8"


@api.post("/api/study-plans", access=may(Permission.LEARN), status=201, limit="30/hour", idempotent=True)
def make_plan(caller: Caller, body: MakePlan) -> PlanView:
    """Lay a study plan that leads to a date."""
    return plans.make(caller, body)


@api.get("/api/study-plans", access=may(Permission.LEARN))
def list_plans(caller: Caller, query: Annotated[PlanQuery, Query()]) -> Page[PlanSummary]:
    """List one's own study plans, the newest first."""
    return query.page(plans.listed(caller, query), views.summary)


@api.get("/api/study-plans/{planId}", access=may(Permission.LEARN))
def show_plan(caller: Caller, plan_id: str) -> PlanView:
    """Show a study plan with its calendar as it is to be followed today."""
    return plans.show(caller, plan_id)


@api.put("/api/study-plans/{planId}", access=may(Permission.LEARN))
def update_plan(caller: Caller, plan_id: str, body: UpdatePlan, if_match: IfMatch) -> PlanView:
    """Change, pause, resume or complete a study plan; the rest of its calendar is laid again."""
    return plans.update(caller, plan_id, body, if_match)


@api.delete("/api/study-plans/{planId}", access=may(Permission.LEARN))
def remove_plan(caller: Caller, plan_id: str) -> Removed:
    """Remove a study plan with its progress."""
    plans.remove(caller, plan_id)
    return Removed(id=plan_id)


@api.get("/api/study-plans/{planId}/progress", access=may(Permission.LEARN))
def show_plan_progress(caller: Caller, plan_id: str) -> PlanProgressView:
    """Show what was done of a study plan against what was planned, by topic and day."""
    return progress.show(caller, plan_id)


@api.post("/api/study-plans/{planId}/complete-topic", access=may(Permission.LEARN))
def complete_topic(caller: Caller, plan_id: str, body: CompleteTopic) -> PlanView:
    """Mark a topic of a study plan done; the rest of its calendar is laid again."""
    return plans.complete_topic(caller, plan_id, body)


@api.get(
    "/api/study-plans/{planId}/calendar.ics",
    access=PUBLIC,
    raw=_CALENDAR,
    cache_control="private, max-age=3600",
    refuses=(404, 410),
)
def show_calendar(plan_id: str, query: Annotated[FeedLink, Query()]) -> str:
    """Return a study plan as a calendar that programs follow, by its private link (RFC 5545)."""
    return calendar_feed.show(plan_id, query.token)


@api.post("/api/study-plans/{planId}/calendar/revoke", access=may(Permission.LEARN), limit="30/hour")
def revoke_calendar(caller: Caller, plan_id: str) -> CalendarLink:
    """End the private link of a study plan's calendar and make another."""
    return calendar_feed.revoke(caller, plan_id)


@api.post("/api/study-sessions", access=may(Permission.LEARN), status=201, limit="120/hour", idempotent=True)
def start_session(caller: Caller, body: StartSession) -> SessionView:
    """Start a study or pomodoro session."""
    return study_sessions.start(caller, body)


@api.patch("/api/study-sessions/{sessionId}", access=may(Permission.LEARN))
def change_session(caller: Caller, session_id: str, body: ChangeSession) -> SessionView:
    """Pause, resume or finish a session from any device, or say what it was about."""
    return study_sessions.change(caller, session_id, body)


@api.get("/api/study-sessions", access=may(Permission.LEARN))
def list_study_sessions(caller: Caller, query: Annotated[SessionQuery, Query()]) -> SessionHistory:
    """List one's own sessions, the newest first, with the totals of the last seven days."""
    return study_sessions.history(caller, query)


@api.get("/api/study/goals", access=may(Permission.LEARN))
def show_goals(caller: Caller) -> GoalsView:
    """Show the goals of today and of this week, and the streak with its freeze days."""
    return goals.show(caller)


@api.get("/api/reviews/due", access=may(Permission.LEARN))
def list_due_reviews(caller: Caller, query: Annotated[DueQuery, Query()]) -> DueReviews:
    """List the questions to review today."""
    return queue.due(caller, query)


@api.post("/api/reviews/{questionId}", access=may(Permission.LEARN), limit="1000/hour", idempotent=True)
def grade_review(caller: Caller, question_id: str, body: GradeReview) -> GradedReview:
    """Grade how well a question was remembered; the answer says when it is due next."""
    return grading.grade(caller, question_id, body)


@api.post("/api/notes", access=USER, status=201, idempotent=True, refuses=(429,))
def make_note(caller: Caller, body: MakeNote) -> NoteView:
    """Write a note on a question, topic or lesson."""
    return notes.make(caller, body)


@api.get("/api/notes", access=USER)
def list_notes(caller: Caller, query: Annotated[NoteQuery, Query()]) -> Page[NoteView]:
    """List one's own notes, the newest first."""
    return query.page(notes.listed(caller, query), NoteView.model_validate)


@api.put("/api/notes/{noteId}", access=USER, refuses=(429,))
def update_note(caller: Caller, note_id: str, body: UpdateNote, if_match: IfMatch) -> NoteView:
    """Change a note; an edit of an older version is merged, refused with both texts, or kept as a copy."""
    return notes.update(caller, note_id, body, if_match)


@api.delete("/api/notes/{noteId}", access=USER)
def remove_note(caller: Caller, note_id: str) -> Removed:
    """Remove a note."""
    notes.remove(caller, note_id)
    return Removed(id=note_id)


@api.post("/api/bookmarks", access=USER, status=201, limit="300/hour")
def make_bookmark(caller: Caller, body: MakeBookmark) -> BookmarkView:
    """Bookmark a question, or change its mark."""
    return BookmarkView.model_validate(bookmarks.make(caller, body))


@api.get("/api/bookmarks", access=USER)
def list_bookmarks(caller: Caller, query: Annotated[BookmarkQuery, Query()]) -> Page[BookmarkView]:
    """List one's own bookmarks, the last one first."""
    return query.page(bookmarks.listed(caller, query), BookmarkView.model_validate)


@api.delete("/api/bookmarks/{questionId}", access=USER)
def remove_bookmark(caller: Caller, question_id: str) -> Removed:
    """Take a bookmark away."""
    bookmarks.remove(caller, question_id)
    return Removed(id=question_id)


@api.get("/api/personalization/quiz", access=may(Permission.LEARN))
def show_personalization_quiz(caller: Caller) -> QuizView:
    """Show the eight questions of the personalization quiz."""
    return answering.show(caller)


@api.post("/api/personalization/quiz", access=may(Permission.LEARN), limit="30/hour")
def answer_personalization_quiz(caller: Caller, body: QuizAnswers) -> Advice:
    """Answer the quiz: it advises courses, a plan, times and preferences, each with its reason."""
    return answering.answer(caller, body)
