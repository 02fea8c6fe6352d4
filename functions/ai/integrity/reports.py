"""Looking through an assessment: who may ask for it, what is read, and the flags that come of it."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lyceum.kit import clock, ids
from lyceum.kit.errors import NotFound
from lyceum.kit.identity import Permission, Principal
from lyceum.kit.long_jobs import control
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.table import Unit, batch_fetch, find_all
from lyceum.model.ai.integrity import CheatFlag, FocusLoss, IntegrityReport
from lyceum.model.courses.course import Course
from lyceum.model.exams.assessments import Assessment, AssessmentAttempt
from lyceum.model.exams.marks import ExamMarks
from lyceum.model.exams.sessions import AnswerSheet
from lyceum.rules.courses import course_access
from lyceum.tasks.ai import DetectCheating

from functions.ai.integrity import similarity, timing
from functions.ai.integrity.schemas import AgreementView, CandidateView, IntegrityReportView
from functions.ai.integrity.similarity import Pair, Paper
from functions.ai.integrity.timing import Timing

DETECTOR = "similarity-1"
MOST_CANDIDATES = 1500
_KEPT_PAIRS = 200
_TOGETHER = 50
_FAST_DEVIATIONS = 4.0
_FOCUS_LOSSES = 10
_SCORES = {"similar_answers": 800, "fast_right": 400, "focus_loss": 150, "rapid_guessing": 50}


@dataclass
class FinishedSession:
    """One candidate's finished session."""

    exam_id: str
    user_id: str
    answers: dict[str, str] = field(default_factory=dict)
    right: frozenset[str] = frozenset()
    seconds: dict[str, float] = field(default_factory=dict)
    device: str | None = None
    focus: FocusLoss | None = None


def start(caller: Principal, assessment_id: str) -> LongJob:
    """Begin to look through an assessment of one's own (2 requests and a write); raises NotFound."""
    _owned(caller, assessment_id)
    unit = Unit()
    job = control.start(unit, DetectCheating(owner_id=caller.user_id, assessment_id=assessment_id))
    unit.commit()
    return job


def show(caller: Principal, assessment_id: str) -> IntegrityReportView:
    """Show the last report of an assessment (3 requests at most); raises NotFound."""
    _owned(caller, assessment_id)
    report = IntegrityReport.require(assessment_id=assessment_id)
    return IntegrityReportView(
        assessment_id=assessment_id,
        as_of=report.as_of,
        detector=report.detector,
        sat=int(report.sat),
        questions=int(report.questions),
        is_judged=report.is_judged == "yes",
        candidates=[CandidateView(**each) for each in report.candidates],
        pairs=[AgreementView(**each) for each in report.pairs],
    )


def _owned(caller: Principal, assessment_id: str) -> Assessment:
    """Return an assessment that the caller made, or whose course they teach."""
    found = Assessment.fetch(assessment_id=assessment_id)
    missing = NotFound("There is no such assessment.")
    if found is None or found.state == "deleted":
        raise missing
    if found.owner_id == caller.user_id or caller.may(Permission.MANAGE_EXAMS):
        return found
    course = Course.fetch(course_id=found.course_id) if found.course_id else None
    if course is None or not course_access.is_teacher(caller, course):
        raise missing
    return found


def look_through(assessment_id: str, unit: Unit) -> int:
    """Look through all finished sessions and add report and flags to a unit; returns how many sessions there were.

    Flags that somebody has decided on stay as they are. Raises NotFound.
    """
    assessment = Assessment.require(assessment_id=assessment_id)
    sittings = _sittings(assessment)
    found = similarity.pairs([Paper(each.user_id, each.answers, each.right) for each in sittings])
    times = timing.timings(
        {each.user_id: each.seconds for each in sittings}, {each.user_id: each.right for each in sittings}
    )
    questions = {name for each in sittings for name in each.answers}
    is_judged = len(sittings) >= similarity.FEWEST_CANDIDATES and len(questions) >= similarity.FEWEST_ITEMS
    by_user = {each.user_id: each for each in sittings}
    pairs = [_pair_row(pair, by_user) for pair in found[:_KEPT_PAIRS]]
    rows = _candidates(sittings, found, {each.candidate: each for each in times})
    unit.put(
        IntegrityReport(
            assessment_id=assessment_id,
            as_of=clock.now(),
            sat=len(sittings),
            questions=len(questions),
            is_judged="yes" if is_judged else "no",
            candidates=rows,
            pairs=pairs,
            detector=DETECTOR,
        )
    )
    _flag(assessment, pairs, rows, unit)
    return len(sittings)


def _sittings(assessment: Assessment) -> list[FinishedSession]:
    """Read the last finished session of each candidate, page by page."""
    parts = [assessment.assessment_id, *(f"{assessment.assessment_id}.{n}" for n in range(1, int(assessment.parts)))]
    latest: dict[str, str] = {}
    for part in parts:
        for each in find_all(AssessmentAttempt, assessment_id=part):
            if each.state == "finished" and (each.user_id in latest or len(latest) < MOST_CANDIDATES):
                latest[each.user_id] = max(each.exam_id, latest.get(each.user_id, ""))
    exams = [(exam_id, user_id) for user_id, exam_id in latest.items()]
    found: list[FinishedSession] = []
    for begin in range(0, len(exams), _TOGETHER):
        found += _read(exams[begin : begin + _TOGETHER])
    return found


def _read(exams: Sequence[tuple[str, str]]) -> list[FinishedSession]:
    names = [kind.at(exam_id=exam_id) for exam_id, _ in exams for kind in (ExamMarks, AnswerSheet, FocusLoss)]
    read: list[Any] = []
    for begin in range(0, len(names), 99):
        read += batch_fetch(names[begin : begin + 99])
    found = []
    for place, (exam_id, user_id) in enumerate(exams):
        marks, sheet, focus = read[3 * place : 3 * place + 3]
        if isinstance(marks, ExamMarks):
            found.append(_sitting(exam_id, user_id, marks, sheet, focus))
    return found


def _sitting(exam_id: str, user_id: str, marks: ExamMarks, sheet: Any, focus: Any) -> FinishedSession:
    rows = [row for row in marks.marks if row["outcome"] not in {"blank", "pending"}]
    return FinishedSession(
        exam_id,
        user_id,
        {row["question_id"]: json.dumps(row["response"], sort_keys=True) for row in rows},
        frozenset(row["question_id"] for row in rows if row["outcome"] == "right"),
        {row["question_id"]: float(row.get("time_spent_seconds", 0)) for row in rows},
        sheet.device if isinstance(sheet, AnswerSheet) else None,
        focus if isinstance(focus, FocusLoss) else None,
    )


def _pair_row(pair: Pair, sittings: Mapping[str, FinishedSession]) -> dict[str, Any]:
    one, other = sittings[pair.source], sittings[pair.other]
    return {
        "user_id": pair.source,
        "other_id": pair.other,
        "evidence": pair.evidence,
        "bar": pair.bar,
        "agreed": len(pair.agreed),
        "same_wrong": len(pair.same_wrong),
        "expected": pair.expected,
        "shared_device": one.device is not None and one.device == other.device,
    }


def _candidates(
    sittings: Sequence[FinishedSession], pairs: Sequence[Pair], times: Mapping[str, Timing]
) -> list[dict[str, Any]]:
    similar: dict[str, float] = defaultdict(float)
    for pair in pairs:
        for who in (pair.source, pair.other):
            similar[who] = max(similar[who], pair.evidence)
    rows = [_candidate(each, similar.get(each.user_id), times.get(each.user_id)) for each in sittings]
    return sorted(rows, key=lambda row: (-row["score"], row["user_id"]))


def _candidate(sitting: FinishedSession, evidence: float | None, time: Timing | None) -> dict[str, Any]:
    signs = []
    if evidence is not None:
        signs.append("similar_answers")
    if time and time.z >= _FAST_DEVIATIONS:
        signs.append("fast_right")
    if time and timing.rapid_guessers([time]):
        signs.append("rapid_guessing")
    if sitting.focus and sitting.focus.times >= _FOCUS_LOSSES:
        signs.append("focus_loss")
    row: dict[str, Any] = {
        "user_id": sitting.user_id,
        "exam_id": sitting.exam_id,
        "score": min(1000, sum(_SCORES[each] for each in signs) + min(150, round(evidence or 0))),
        "focus_losses": int(sitting.focus.times) if sitting.focus else 0,
        "focus_seconds": int(sitting.focus.seconds) if sitting.focus else 0,
        "signs": signs,
    }
    if time:
        row |= {
            "pace": time.pace,
            "rapid_share": round(time.rapid_share, 4),
            "fast_right": len(time.fast_right),
            "fast_right_deviations": time.z,
        }
    return row


def _flag(assessment: Assessment, pairs: Sequence[dict[str, Any]], rows: Sequence[dict[str, Any]], unit: Unit) -> None:
    """Add a flag for each pair and each candidate that calls for one; the id follows from whom it is about."""
    by_user = {row["user_id"]: row for row in rows}
    wanted: list[tuple[str, list[str], int, dict[str, Any]]] = []
    for pair in pairs:
        people = sorted((pair["user_id"], pair["other_id"]))
        score = max(by_user[who]["score"] for who in people) + 50 * pair["shared_device"]
        wanted.append(("similar_answers", people, score, dict(pair)))
    wanted += [("fast_right", [row["user_id"]], row["score"], row) for row in rows if "fast_right" in row["signs"]]
    names = [
        ids.derived_id(assessment.created_at or clock.now(), assessment.assessment_id, sign, *people)
        for sign, people, _, _ in wanted
    ]
    room = 99 - len(unit)
    stored = batch_fetch([CheatFlag.at(flag_id=each) for each in names[:room]], consistent=True) if names else []
    for name, known, (sign, people, score, evidence) in zip(names, stored, wanted, strict=False):
        if isinstance(known, CheatFlag) and known.state != "waiting":
            continue
        flag = (
            known if isinstance(known, CheatFlag) else CheatFlag(flag_id=name, assessment_id=assessment.assessment_id)
        )
        flag.sign, flag.people, flag.score = sign, people, min(1000, score)
        flag.course_id, flag.evidence, flag.detector = assessment.course_id, evidence, DETECTOR
        unit.save(flag)
