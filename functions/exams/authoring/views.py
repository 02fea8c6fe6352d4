"""Assessments as students and owners see them; lists."""

from decimal import Decimal
from typing import Any

from pydantic.alias_generators import to_camel

from lyceum.kit.errors import NotFound
from lyceum.kit.http.pages import Listing, Page
from lyceum.kit.identity import Principal
from lyceum.kit.identity.permissions import Role
from lyceum.kit.table import batch_fetch, find
from lyceum.kit.values.text import normalise
from lyceum.model.exams.assessments import Assessment
from lyceum.model.exams.sessions import AttemptCount
from lyceum.rules.courses import teaching

from functions.exams.authoring.schemas.assessments import AssessmentView, OwnAssessmentView, TestFilter
from functions.exams.authoring.schemas.papers import PaperSummary
from functions.exams.papers import policies
from functions.exams.papers.policies import QUIZ_MODES


def show(caller: Principal, assessment_id: str, modes: frozenset[str]) -> OwnAssessmentView:
    """Show what is published to everybody, with the caller's own attempts; to its owner whole, and drafts too.

    Costs 1 storage request, and another for staff where it is of a course.
    """
    names = [
        Assessment.at(assessment_id=assessment_id),
        AttemptCount.at(user_id=caller.user_id, assessment_id=assessment_id),
    ]
    assessment, attempts = batch_fetch(names)
    if not isinstance(assessment, Assessment) or assessment.mode not in modes or assessment.state == "deleted":
        raise NotFound("There is no such assessment.")
    if teaching.teaches(caller, assessment.owner_id, assessment.course_id if _is_staff(caller) else None):
        shown = view_own(assessment)
    elif assessment.state == "published":
        shown = OwnAssessmentView(**_facts(assessment))
    else:
        raise NotFound("There is no such assessment.")
    shown.attempts_used = int(attempts.used) if isinstance(attempts, AttemptCount) else 0
    return shown


def _is_staff(caller: Principal) -> bool:
    return caller.role is not Role.STUDENT


def list_tests(query: TestFilter) -> Page[AssessmentView]:
    """Return a page of published practice tests, by subject and grade level.

    Costs 1 storage request; 3 at most for a level alone.
    """
    subject = normalise(query.subject) if query.subject else None
    grade = normalise(query.grade_level) if query.grade_level else None
    where = Assessment.grade_key == grade if grade and not subject else None
    found = find(
        Assessment,
        index="gsi1",
        limit=query.limit,
        after=query.start_key(),
        where=where,
        mode="practice_test",
        subject_key=subject,
        grade_key=grade if subject else None,
    )
    return query.page(found, lambda assessment: AssessmentView(**_facts(assessment)))


def list_papers(caller: Principal, listing: Listing) -> Page[PaperSummary]:
    """Return a page of the caller's own papers, the latest first (1 storage request)."""
    found = find(
        Assessment,
        index="gsi2",
        limit=listing.limit,
        after=listing.start_key(),
        descending=True,
        where=Assessment.state != "deleted",
        owner_id=caller.user_id,
        mode="paper",
    )
    return listing.page(found, lambda paper: PaperSummary(**_facts(paper), forms=list(paper.forms)))


def view_own(assessment: Assessment) -> OwnAssessmentView:
    """Show an assessment whole, as its owner sees it: all but the access code."""
    rules = {name: value for name, value in assessment.policy.items() if name != "access_code_hash"}
    return OwnAssessmentView(
        **_facts(assessment),
        question_ids=assessment.draw.get("question_ids", []),
        seed=assessment.draw.get("seed"),
        rules=_as_sent(rules),
        accommodations=[{"userId": name, **_camel(each)} for name, each in assessment.accommodations.items()],
        paused_at=assessment.paused_at,
    )


def _as_sent(value: Any) -> Any:
    """Name what is stored as it is sent, so that rules that were read may be sent back."""
    return {to_camel(name): _as_sent(each) for name, each in value.items()} if isinstance(value, dict) else value


def _camel(values: dict[str, Any]) -> dict[str, Any]:
    return {to_camel(name): value for name, value in values.items() if value is not None}


def _facts(assessment: Assessment) -> dict[str, Any]:
    policy = assessment.policy
    names = (
        "assessment_id",
        "mode",
        "title",
        "description",
        "subject",
        "grade_level",
        "course_id",
        "lesson_id",
        "state",
        "topic_ids",
    )
    rules = ("attempts", "navigation", "passing_percent", "negative_marking", "feedback", "offline_hours")
    return {
        **{name: getattr(assessment, name) for name in names},
        **{name: policy[name] for name in rules},
        "duration_seconds": policies.duration_seconds(assessment.sections, policy["duration_seconds"]),
        "is_required": assessment.is_required if assessment.mode in QUIZ_MODES else None,
        "question_count": int(assessment.question_count),
        "max_score": Decimal(assessment.max_score),
        "sections": assessment.sections,
        "opens_at": assessment.opens_at,
        "closes_at": assessment.closes_at,
        "needs_access_code": "access_code_hash" in policy,
        "version": int(assessment.version),
    }
