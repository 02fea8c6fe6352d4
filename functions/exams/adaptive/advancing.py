"""The next question of an adaptive session: the answers so far are judged, and what tells most is added to the paper.

It lies with marking, since it takes keys. The paper grows by one question in one transaction, with an entry in the
audit log that names its new hash; so what is scored in the end is what was asked, and each choice can be followed.
"""

from collections import Counter
from typing import Any

from lyceum.kit import clock
from lyceum.kit.errors import Conflict, rule_violation
from lyceum.kit.identity import Principal, require_owner
from lyceum.kit.table import ConditionFailed, Unit
from lyceum.model.exams.sessions import AnswerSheet, ExamSession
from lyceum.model.questions.question import Question
from lyceum.rules.adaptive.ability import Ability
from lyceum.rules.adaptive.selection import is_sure, next_of

from functions.exams.adaptive import choosing
from functions.exams.attempts import answer_sheet, audit_log, delivery
from functions.exams.attempts.answer_sheet import sheet_row
from functions.exams.attempts.schemas import ExamState
from functions.exams.attempts.state import AttemptState, require_attempt
from functions.exams.marking import marks, totals
from functions.exams.marking.keys import keys_of
from functions.exams.papers import paper

_TRIES = 5
_PLACES = 3


def advance(caller: Principal, exam_id: str, question_id: str) -> ExamState:
    """Add the question that follows the answer to another one, or say that enough was seen.

    A question that was followed already changes nothing. Costs 3 reads and a transaction. Two calls at once add one
    question. Raises NotFound, RuleViolation NOT_ADAPTIVE or UNKNOWN_QUESTION, or Conflict (SESSION_FINISHED,
    EXAM_PAUSED, LEASED_ELSEWHERE, NOT_ANSWERED, EDIT_CONFLICT).
    """
    for _ in range(_TRIES):
        attempt = require_attempt(exam_id)
        require_owner(caller, attempt.session.user_id, "exam")
        if "adaptive" not in attempt.session.policy:
            raise rule_violation("NOT_ADAPTIVE", "This exam has all its questions from the start.")
        refused = answer_sheet.closed_to(caller, attempt.sheet, clock.now())
        if refused:
            raise refused
        row = attempt.sheet.answers.as_dict().get(question_id)
        if row is None:
            raise rule_violation("UNKNOWN_QUESTION", "This question is not in this exam.")
        if not row["seq"]:
            raise Conflict("Answer this question first.", code="NOT_ANSWERED")
        try:
            _advance(attempt)
        except (ConditionFailed, Conflict):
            continue  # another call was first
        return delivery.shown(attempt, clock.now())
    raise Conflict("This exam was changed meanwhile.", code="EDIT_CONFLICT")


def _advance(attempt: AttemptState) -> None:
    session, sheet = attempt.session, attempt.sheet
    known = session.policy["adaptive"]
    entries = marks.pinned_entries(attempt)
    if int(sheet.position) < len(entries) or known["is_complete"]:
        return
    pool = choosing.candidates_of(known["pool"])
    ability = choosing.ability_of(pool, _parts(attempt, entries))
    question = None if is_sure(ability) else _next(session, pool, entries, ability)
    told = {"standard_error": round(ability.error, _PLACES), "is_complete": question is None}
    if question is None:
        told["ability"] = round(ability.estimate, _PLACES)
    session.policy = {**session.policy, "adaptive": {**known, **told}}
    unit = Unit()
    if question is not None:
        _add(attempt, unit, entries, question)
    unit.replace(session).commit()


def _parts(attempt: AttemptState, entries: list[dict[str, Any]]) -> dict[str, float]:
    """Return which part of each answer was right, from 0 to 1."""
    chosen = {name: row["chosen"] for name, row in attempt.sheet.answers.as_dict().items() if row["seq"]}
    policy = marks.policy_of({**attempt.session.policy, "negative_marking": "0"})
    scored = totals.score_paper(entries, keys_of(entries), chosen, policy, int(attempt.session.scoring))
    return {each.question_id: float(each.score / each.max_score) if each.max_score else 0.0 for each in scored.marks}


def _next(session: ExamSession, pool: Any, entries: list[dict[str, Any]], ability: Ability) -> Question | None:
    """Read the question that tells most; one that may not be asked any more is passed over (1 request each)."""
    asked = {entry["question_id"] for entry in entries}
    seen = Counter(entry["topic_id"] for entry in entries)
    left = [each for each in pool if each.question_id not in asked]
    topics = sorted({each.topic_id for each in pool})
    while (found := next_of(left, ability, str(session.seed), seen, topics)) is not None:
        question = Question.fetch(question_id=found.question_id)
        if question is not None and choosing.is_askable(question):
            return question
        left = [each for each in left if each.question_id != found.question_id]
    return None


def _add(attempt: AttemptState, unit: Unit, entries: list[dict[str, Any]], question: Question) -> None:
    """Add to a unit that the paper has one more question, which is the current one."""
    session, sheet = attempt.session, attempt.sheet
    (entry,) = paper.arranged([question], str(session.seed), session.policy)
    grown = [*entries, entry]
    frozen = paper.freeze(grown)
    attempt.paper.content = paper.pack(frozen)
    session.paper_hash, session.question_count = paper.hash_of(frozen), len(grown)
    session.max_score = str(paper.most_of(grown, session.policy["sections"]))
    name, row = entry["question_id"], sheet_row(entry, len(entries))
    is_next = (AnswerSheet.state == "running") & (AnswerSheet.position == len(entries))
    unit.change(sheet, AnswerSheet.row(name).set(row), when=is_next & AnswerSheet.row(name).does_not_exist())
    event = audit_log.append(session, "question_added", question=name, paper=session.paper_hash)
    unit.replace(attempt.paper).create(event)
    sheet.answers[name] = row
