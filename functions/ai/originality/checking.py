"""A text beside all that was handed in for its assignment, and beside the lessons of its course."""

from collections.abc import Iterator, Sequence
from typing import Literal

from lyceum.kit.errors import NotFound, RuleViolation, rule_violation
from lyceum.kit.frozen import frozen
from lyceum.kit.identity import Principal
from lyceum.kit.table import batch_fetch, fetch_many, find
from lyceum.kit.values.text import plain
from lyceum.model.assignments import Assignment, AssignmentText, Submission, SubmissionAttempt
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.courses.lessons import LessonBody
from lyceum.rules.courses import course_access

from functions.ai.originality.schemas import CheckOriginality, Match, OriginalityReport, SharedPassage
from functions.ai.originality.winnowing import (
    GUARANTEED,
    Passage,
    Prints,
    covered,
    prints,
    shared,
    without_quotations,
)

METHOD = "winnowing-1"
_PAGES = 4
_PAGE = 250
_MOST_LESSONS = 100
_MOST_MATCHES = 20
_MOST_PASSAGES = 50
_MOST_CHARACTERS = 2_000_000


@frozen
class Other:
    """A text to compare with: of a submission or a lesson."""

    kind: Literal["submission", "lesson"]
    source_id: str
    user_id: str
    text: str


def check(caller: Principal, wanted: CheckOriginality) -> OriginalityReport:
    """Compare a text (5 storage requests, up to 3 more in a large class).

    Whose a submission is is not said, so blind grading stays blind; passages of the task itself do not count. Raises
    NotFound, Forbidden for another's course, and RuleViolation NOTHING_TO_CHECK for a submission without a text.
    """
    assignment, task = fetch_many(
        Assignment.at(assignment_id=wanted.assignment_id), AssignmentText.at(assignment_id=wanted.assignment_id)
    )
    if assignment is None:
        raise NotFound("There is no such assignment.")
    course, outline = fetch_many(
        Course.at(course_id=assignment.course_id), CourseOutline.at(course_id=assignment.course_id)
    )
    course_access.taught(caller, course)
    owner_id = _owner(wanted)
    attempts, is_whole = _handed_in(wanted.assignment_id)
    text = wanted.text or _latest_text(attempts, owner_id)
    names = _names(attempts)
    others = [
        *(Other("submission", names[user], user, each) for user, each in _texts(attempts) if user != owner_id),
        *_lessons(outline),
    ]
    own = prints(without_quotations(text) if wanted.leaves_quotations_out else text)
    known = [prints(plain(task.instructions))] if task else []
    found = [(each, _passages(own, each, known, wanted.least_letters)) for each in others]
    matches = [_match(text, own, each, passages) for each, passages in found if passages]
    matches.sort(key=lambda match: (-match.share, match.source_id))
    return OriginalityReport(
        assignment_id=wanted.assignment_id,
        submission_id=wanted.submission_id,
        method=METHOD,
        share=round(covered([passage for _, passages in found for passage in passages], own), 4),
        compared=len(others),
        is_whole=is_whole,
        guaranteed_letters=GUARANTEED,
        matches=matches[:_MOST_MATCHES],
    )


def _owner(wanted: CheckOriginality) -> str | None:
    if wanted.submission_id is None:
        return None
    found = find(Submission, index="gsi2", submission_id=wanted.submission_id, limit=1).items
    if not found or found[0].assignment_id != wanted.assignment_id:
        raise NotFound("There is no such submission.")
    return str(found[0].user_id)


def _handed_in(assignment_id: str) -> tuple[list[SubmissionAttempt], bool]:
    """Read what was handed in, and say whether that is all of it."""
    attempts: list[SubmissionAttempt] = []
    after = None
    for _ in range(_PAGES):
        page = find(SubmissionAttempt, assignment_id=assignment_id, limit=_PAGE, after=after)
        attempts += page.items
        after = page.last_key
        if after is None:
            return attempts, True
    return attempts, False


def _texts(attempts: Sequence[SubmissionAttempt]) -> Iterator[tuple[str, str]]:
    """Yield the latest text of each student; formatting is taken away."""
    latest = {each.user_id: each for each in attempts if each.text}
    budget = _MOST_CHARACTERS
    for user_id, each in latest.items():
        budget -= len(each.text or "")
        if budget > 0:
            yield user_id, plain(each.text or "")


def _latest_text(attempts: Sequence[SubmissionAttempt], owner_id: str | None) -> str:
    texts = [each.text for each in attempts if each.user_id == owner_id and each.text]
    if not texts:
        raise nothing_to_check()
    return plain(str(texts[-1]))


def nothing_to_check() -> RuleViolation:
    """Return the refusal of a submission that has no text."""
    return rule_violation("NOTHING_TO_CHECK", "This submission has no text to compare.", field="submissionId")


def _names(attempts: Sequence[SubmissionAttempt]) -> dict[str, str]:
    """Return by student the name under which graders know a submission (1 request for each hundred)."""
    users = list(dict.fromkeys((each.assignment_id, each.user_id) for each in attempts if each.text))
    read = batch_fetch([Submission.at(assignment_id=one, user_id=other) for one, other in users])
    return {each.user_id: str(each.submission_id) for each in read if isinstance(each, Submission)}


def _lessons(outline: CourseOutline | None) -> list[Other]:
    names = [LessonBody.at(lesson_id=each) for each in (outline.lesson_ids[:_MOST_LESSONS] if outline else [])]
    read = batch_fetch(names) if names else []
    return [Other("lesson", each.lesson_id, "", plain(each.body)) for each in read if isinstance(each, LessonBody)]


def _passages(own: Prints, other: Other, known: Sequence[Prints], least: int) -> list[Passage]:
    return [each for each in shared(own, prints(other.text), known) if each.letters >= least][:_MOST_PASSAGES]


def _match(text: str, own: Prints, other: Other, passages: Sequence[Passage]) -> Match:
    return Match(
        kind=other.kind,
        source_id=other.source_id,
        share=round(covered(passages, own), 4),
        passages=[
            SharedPassage(
                text=text[each.start : each.end],
                start=each.start,
                end=each.end,
                other_text=other.text[each.other_start : each.other_end],
                other_start=each.other_start,
                other_end=each.other_end,
                letters=each.letters,
            )
            for each in passages
        ],
    )
