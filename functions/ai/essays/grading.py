"""Drafts of grades for essays: two passes over a rubric, in two orders, which have to agree, with evidence."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, Detail, NotFound, ValidationFailed, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_many, find
from lyceum.kit.values.text import plain
from lyceum.model.ai.asking import EssayDraft, ModelCircuit
from lyceum.model.assignments import Assignment, AssignmentText, Rubric, Submission, SubmissionAttempt
from lyceum.model.courses.course import Course
from lyceum.rules.courses import course_access

from functions.ai.essays.addressing import speaks_to_grader
from functions.ai.essays.schemas import Confidence, ConfirmDraft, CriterionDraft, EssayDraftView, GradeEssay
from functions.ai.model import asking, circuit
from functions.ai.model.prompts import ESSAY

_LEAST_EVIDENCE = 8
_SPACES = re.compile(r"\s+")
Criteria = Sequence[Mapping[str, Any]]


class Judgement(BaseModel, defer_build=True):
    """What a pass says of a criterion."""

    criterion_id: str
    level_id: str
    evidence: list[str] = Field(default=[], max_length=5)
    confidence: Confidence


class Judged(BaseModel, defer_build=True):
    """The form of a pass."""

    criteria: list[Judgement] = Field(max_length=12)
    has_instructions: bool = False


class _Essay(BaseModel, defer_build=True):
    """What is looked at: the words, what was asked for, the rubric, and whose it is."""

    text: str
    task: str
    criteria: list[dict[str, Any]]
    user_id: str


def grade(caller: Principal, wanted: GradeEssay) -> EssayDraftView:
    """Draft a grade (up to 4 storage requests to read).

    Raises NotFound, Forbidden for another's course, RuleViolation NO_RUBRIC and NOTHING_TO_CHECK, RateLimited,
    ModelDown or ModelNonsense.
    """
    essay, known = _submitted(caller, wanted.submission_id) if wanted.submission_id else _given(caller, wanted)
    unit = Unit()
    shared = {"task": essay.task, "essay": essay.text}
    parts = [{**shared, "criteria": _written(each)} for each in (essay.criteria, essay.criteria[::-1])]
    first, second = asking.ask(caller.user_id, ESSAY, Judged, parts, known=known, unit=unit)
    criteria = merged(essay.criteria, essay.text, first.content, second.content)
    told = first.content.has_instructions or second.content.has_instructions
    speaks = told or speaks_to_grader(essay.text)
    is_safe = not speaks and not any(each.needs_person for each in criteria)
    draft = EssayDraft(
        user_id=essay.user_id,
        draft_id=ids.new_id(),
        grader_id=caller.user_id,
        submission_id=wanted.submission_id,
        state="draft" if is_safe else "needs_person",
        criteria=[each.model_dump(mode="json") for each in criteria],
        has_instructions=speaks,
        made_by={**first.made_by, "tokens": first.made_by["tokens"] + second.made_by["tokens"]},
    )
    unit.create(draft).commit()
    return view(draft)


def _given(caller: Principal, wanted: GradeEssay) -> tuple[_Essay, ModelCircuit | None]:
    criteria = [each.model_dump(mode="json") for each in wanted.criteria]
    essay = _Essay(text=wanted.text or "", task=wanted.task or "", criteria=criteria, user_id=caller.user_id)
    (known,) = fetch_many(circuit.named())
    return essay, known


def _submitted(caller: Principal, submission_id: str) -> tuple[_Essay, ModelCircuit | None]:
    found = find(Submission, index="gsi2", submission_id=submission_id, limit=1).items
    if not found:
        raise NotFound("There is no such submission.")
    submission = found[0]
    assignment, task, rubric, course, known = fetch_many(
        Assignment.at(assignment_id=submission.assignment_id),
        AssignmentText.at(assignment_id=submission.assignment_id),
        Rubric.at(assignment_id=submission.assignment_id),
        Course.at(course_id=submission.course_id),
        circuit.named(),
    )
    if assignment is None:
        raise NotFound("There is no such submission.")
    course_access.taught(caller, course)
    if rubric is None:
        raise rule_violation("NO_RUBRIC", "The assignment has no rubric to go by.", field="submissionId")
    attempts = find(SubmissionAttempt, assignment_id=submission.assignment_id, user_id=submission.user_id).items
    texts = [plain(str(each.text)) for each in attempts if each.text]
    if not texts:
        raise rule_violation("NOTHING_TO_CHECK", "This submission has no text.", field="submissionId")
    criteria = [_criterion(each) for each in rubric.criteria]
    words = plain(task.instructions) if task else ""
    return _Essay(text=texts[-1], task=words, criteria=criteria, user_id=submission.user_id), known


def _criterion(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored criterion with its levels from the lowest points to the highest."""
    levels = sorted(stored["levels"], key=lambda level: float(level["points"]))
    return {
        "id": stored["id"],
        "text": stored["text"],
        "levels": [{"id": each["id"], "text": each.get("text", "")} for each in levels],
    }


def _written(criteria: Criteria) -> str:
    return json.dumps(list(criteria), ensure_ascii=False)


def merged(criteria: Criteria, essay: str, first: Judged, second: Judged) -> list[CriterionDraft]:
    """Bring both passes together; pure.

    A criterion needs a person where a pass says nothing of it or names a level that there is not, where levels are more
    than one apart, and where no evidence is left that stands in the essay.
    """
    passes = [{each.criterion_id: each for each in judged.criteria} for judged in (first, second)]
    found = []
    for criterion in criteria:
        order = [level["id"] for level in criterion["levels"]]
        said = [own[criterion["id"]] for own in passes if criterion["id"] in own]
        levels = [each.level_id for each in said if each.level_id in order]
        evidence = [quote for each in said for quote in each.evidence if stands_in(quote, essay)]
        places = [order.index(each) for each in levels]
        agrees = len(places) == len(passes) and max(places) - min(places) <= 1
        found.append(
            CriterionDraft(
                criterion_id=criterion["id"],
                levels=order,
                level_id=order[min(places)] if agrees and evidence else None,
                level_ids=levels,
                evidence=list(dict.fromkeys(evidence)),
                confidence=round(min(each.confidence for each in said), 2) if said and evidence else 0.0,
                needs_person=not agrees or not evidence,
            )
        )
    return found


def stands_in(quote: str, essay: str) -> bool:
    """Say whether a quotation stands in the essay, letter by letter but for spaces."""
    wanted = _SPACES.sub(" ", quote).strip()
    return len(wanted) >= _LEAST_EVIDENCE and wanted in _SPACES.sub(" ", essay)


def confirm(caller: Principal, draft_id: str, given: ConfirmDraft) -> EssayDraftView:
    """Decide on one's own draft (1 request and a write); the grade itself is given where work is graded.

    Raises NotFound, Conflict DRAFT_DECIDED, and ValidationFailed for criteria or levels that there are not.
    """
    draft = next(iter(find(EssayDraft, index="gsi1", draft_id=draft_id, limit=1).items), None)
    if draft is None or draft.grader_id != caller.user_id:
        raise NotFound("There is no such draft.")
    if draft.state in {"confirmed", "discarded"}:
        raise Conflict("This draft was decided on already.", code="DRAFT_DECIDED")
    known = {each["criterion_id"] for each in draft.criteria}
    if given.decision == "confirmed" and set(given.levels) != known:
        details = [Detail("levels", f"Name a level for each of {', '.join(sorted(known))}.")]
        raise ValidationFailed("A grade has a level for each criterion.", details=details)
    _require_levels(draft, given)
    draft.state = given.decision
    draft.decision = {"levels": given.levels, "by": caller.user_id, "at": clock.iso(clock.now())}
    Unit().replace(draft).commit()
    return view(draft)


def _require_levels(draft: EssayDraft, given: ConfirmDraft) -> None:
    """Demand levels that their criteria have."""
    orders = {each["criterion_id"]: each.get("levels") for each in draft.criteria}
    details = [
        Detail(f"levels.{name}", f"Its levels are {', '.join(order)}.")
        for name, level in given.levels.items()
        if (order := orders.get(name)) and level not in order
    ]
    if details:
        raise ValidationFailed("A criterion has no such level.", details=details)


def view(draft: EssayDraft) -> EssayDraftView:
    """Show a draft to its teacher."""
    return EssayDraftView.model_validate(draft)
