"""Practice tests, quizzes, assignments and papers: made, changed, published and deleted by whom they belong to."""

from collections.abc import Sequence
from datetime import datetime

from lyceum.events.courses import QuizPublished, QuizWithdrawn
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.event import Event
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit
from lyceum.kit.values.text import normalise
from lyceum.model.courses.course import Course
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.exams.statistics import ScoreDistribution
from lyceum.rules import audits
from lyceum.rules.courses import course_access, teaching

from functions.exams.authoring import contents, kept_blueprints, more_attempts
from functions.exams.authoring.schemas.assessments import (
    ChangeAssessment,
    NewAssessment,
    NewPracticeTest,
    NewQuiz,
    OwnAssessmentView,
)
from functions.exams.authoring.schemas.papers import GeneratePaper
from functions.exams.authoring.views import view_own
from functions.exams.papers import embargo, policies, spreading
from functions.exams.papers.incidents import incident
from functions.exams.papers.policies import QUIZ_MODES, Accommodation, ExamRules, in_zone


def create_test(caller: Principal, wanted: NewPracticeTest) -> OwnAssessmentView:
    """Make a practice test.

    Raises RuleViolation for questions that can not be used, or a blueprint that the bank can not satisfy.
    """
    assessment = _new(caller.user_id, "practice_test", wanted)
    assessment.subject, assessment.grade_level = wanted.subject, wanted.grade_level
    return _create(caller, assessment, wanted)


def create_quiz(caller: Principal, wanted: NewQuiz) -> OwnAssessmentView:
    """Make a quiz for a course of the caller's; raises NotFound for another's course."""
    course = Course.require(course_id=wanted.course_id)
    if caller.user_id not in course_access.teachers_of(course):
        require_owner(caller, course.instructor_id, "course", Permission.MANAGE_EXAMS)
    assessment = _new(course.instructor_id, wanted.mode, wanted)
    assessment.course_id, assessment.lesson_id, assessment.is_required = (
        wanted.course_id,
        wanted.lesson_id,
        wanted.is_required,
    )
    return _create(caller, assessment, wanted)


def create_paper(caller: Principal, wanted: GeneratePaper) -> Assessment:
    """Make a paper from a blueprint, in one form or two parallel ones.

    Raises NotFound for a blueprint that there is not, and RuleViolation.
    """
    blueprint, duration = kept_blueprints.resolve(caller, wanted)
    assessment = _new(caller.user_id, "paper", wanted)
    if duration and "duration_seconds" not in wanted.rules.model_fields_set:
        assessment.policy = {**assessment.policy, "duration_seconds": duration}
    _store(caller, assessment, contents.draw(caller, assessment, blueprint, wanted.forms))
    return assessment


def _new(owner_id: str, mode: str, wanted: NewAssessment | GeneratePaper) -> Assessment:
    assessment = Assessment(
        assessment_id=ids.new_id(),
        owner_id=owner_id,
        mode=mode,
        state="published" if wanted.published else "draft",
        title=wanted.title,
        description=wanted.description,
    )
    _put_rules(assessment, wanted.rules)
    _put_accommodations(assessment, wanted.accommodations)
    return assessment


def _create(caller: Principal, assessment: Assessment, wanted: NewAssessment) -> OwnAssessmentView:
    _store(caller, assessment, contents.put(caller, assessment, wanted))
    return view_own(assessment)


def _store(caller: Principal, assessment: Assessment, made: Sequence[AssessmentForm]) -> None:
    """Write a new assessment with its forms, and the empty statistics that its counters go to, in one transaction."""
    _put_list_keys(assessment)
    _check_rules(assessment)
    _number(assessment, made)
    spreading.announce(assessment)
    unit = Unit()
    embargo.hold(unit, caller, assessment, assessment.draw.get("others", 0))
    unit.create(assessment, *_events_of(assessment, was="draft"))
    for form in made:
        unit.create(form)
    audits.note(unit, caller.user_id, assessment.owner_id, "assessment.create", assessment.assessment_id)
    unit.create(ScoreDistribution(assessment_id=assessment.assessment_id)).commit()


def _number(assessment: Assessment, made: Sequence[AssessmentForm]) -> None:
    """Mark forms as those of the assessment from now on, so that who keeps them knows when they are no more."""
    assessment.forms_version = int(assessment.forms_version or 0) + 1
    for form in made:
        form.forms_version = assessment.forms_version


def _put_list_keys(assessment: Assessment) -> None:
    assessment.subject_key = normalise(assessment.subject) if assessment.subject else None
    assessment.grade_key = normalise(assessment.grade_level) if assessment.grade_level else None


def _put_rules(assessment: Assessment, rules: ExamRules) -> None:
    """Take over the rules of something new."""
    assessment.policy = rules.stored()
    spreading.widen(assessment, assessment.policy)
    assessment.opens_at, assessment.closes_at = rules.window.opening(), rules.window.closing()


def _change_rules(assessment: Assessment, wanted: ExamRules) -> None:
    """Take over the rules that are named and leave the others as they are; a window is named as a whole.

    An access code stays unless it is named; null takes it away. Raises RuleViolation for rules that do not go together.
    """
    policy, named = wanted.stored(), wanted.model_fields_set
    kept = {**assessment.policy, **{name: policy[name] for name in named if name in policy}}
    if "partial_credit" in named:
        changed = wanted.partial_credit.model_fields_set
        credit = {name: each for name, each in policy["partial_credit"].items() if name in changed}
        kept["partial_credit"] = {**assessment.policy["partial_credit"], **credit}
    if "access_code" in named:
        kept.pop("access_code_hash", None)
        kept |= {name: policy[name] for name in ("access_code_hash",) if name in policy}
    assessment.policy = kept
    spreading.widen(assessment, kept)
    if "window" in named:
        assessment.opens_at, assessment.closes_at = wanted.window.opening(), wanted.window.closing()


def _check_rules(assessment: Assessment) -> None:
    """Refuse rules that do not go together or not with what is asked, whether they are new or changed."""
    if assessment.policy["offline_hours"]:
        if assessment.mode != "practice_test":
            raise rule_violation("OFFLINE_IS_FOR_PRACTICE", "Only practice tests take answers given offline.")
        if policies.limits(assessment.sections):
            raise rule_violation("TIMED_IS_ONLINE", "Sections with a time of their own can not be answered offline.")
    for extra in assessment.accommodations.values():
        opens, closes = embargo.window(assessment, extra)
        if opens and closes and closes <= opens:
            raise rule_violation("WINDOW_EMPTY", "A student's window must close after it opens.")
    _check_end(assessment)


def _check_end(assessment: Assessment) -> None:
    """Refuse results after a window that never ends for somebody."""
    if assessment.policy["feedback"] == "after_window" and embargo.last_closing(assessment) is None:
        raise rule_violation("WINDOW_WITHOUT_END", "Results after the window need a window with an end: give closesAt.")


def _put_accommodations(assessment: Assessment, wanted: Sequence[Accommodation]) -> None:
    """Take over what single students get; their own windows are read by the clocks of the exam's zone."""
    zone = assessment.policy["window"]["time_zone"]

    def moment(value: datetime | None) -> str | None:
        return clock.iso(in_zone(value, zone)) if value else None

    assessment.accommodations = {
        each.user_id: {
            "extra_time_percent": each.extra_time_percent,
            "extra_attempts": each.extra_attempts,
            "opens_at": moment(each.opens_at),
            "closes_at": moment(each.closes_at),
            **({"after_keys": True, "reason": each.reason} if each.after_keys else {}),
        }
        for each in wanted
    }


def change(
    caller: Principal, assessment_id: str, wanted: ChangeAssessment, modes: frozenset[str], expect: int | None
) -> OwnAssessmentView:
    """Change or publish what is the caller's own; sessions that run keep what they were given (EXAM T6).

    Raises NotFound for another's, PreconditionFailed, Conflict (EDIT_CONFLICT, KEYS_SHOWN) or RuleViolation.
    """
    assessment = _own(caller, assessment_id, modes)
    was, asked, closing = assessment.state, embargo.asked(assessment), embargo.last_closing(assessment)
    unit = Unit()
    for name in ("title", "description", "lesson_id", "is_required", "subject", "grade_level"):
        if name in wanted.model_fields_set and (
            getattr(wanted, name) is not None or name in {"description", "lesson_id"}
        ):
            setattr(assessment, name, getattr(wanted, name))
    allowed = assessment.policy["attempts"]
    if wanted.rules is not None:
        _change_rules(assessment, wanted.rules)
    more_attempts.check(unit, assessment, allowed, wanted)
    if wanted.accommodations is not None:
        _put_accommodations(assessment, wanted.accommodations)
    if wanted.question_ids is not None or wanted.blueprint is not None:
        earlier = set(assessment.forms)
        made = contents.put(caller, assessment, wanted)
        _number(assessment, made)
        for form in made:
            unit.put(form)
        for letter in earlier - set(assessment.forms):
            unit.remove(AssessmentForm.at(assessment_id=assessment_id, form=letter))
    if wanted.published is not None:
        assessment.state = "published" if wanted.published else "draft"
    _put_list_keys(assessment)
    _check_rules(assessment)
    spreading.announce(assessment)
    if embargo.last_closing(assessment) != closing:
        moved, fan_out = incident(assessment, "move_release", "The window was moved.")
        unit.create(moved, fan_out)
    unit.replace(assessment, *_events_of(assessment, was=was, asked=asked), expect=expect)
    embargo.hold(unit, caller, assessment, assessment.draw.get("others", 0))
    audits.note(
        unit, caller.user_id, assessment.owner_id, "assessment.change", assessment_id, after={"state": assessment.state}
    )
    unit.commit()
    return view_own(assessment)


def _events_of(assessment: Assessment, *, was: str, asked: Sequence[str] = ()) -> list[Event]:
    """Say what is embargoed from now on or no more, and what a course has to know of its quizzes."""
    return [*embargo.embargoed(assessment, asked), *events_for_course(assessment, was=was)]


def events_for_course(assessment: Assessment, *, was: str) -> list[Event]:
    """Say what a course has to know of an assessment that is stored: it has it now, or no longer."""
    if assessment.mode not in QUIZ_MODES or assessment.course_id is None:
        return []
    about = {"quiz_id": assessment.assessment_id, "course_id": assessment.course_id}
    if assessment.state == "published":
        return [
            QuizPublished(
                **about,
                title=assessment.title,
                lesson_id=assessment.lesson_id,
                is_required=bool(assessment.is_required),
                description=assessment.description,
                question_count=int(assessment.question_count),
                total_marks=assessment.max_score,
                duration_minutes=-(-int(assessment.policy["duration_seconds"]) // 60),
            )
        ]
    return [QuizWithdrawn(**about)] if was == "published" else []


def delete(
    caller: Principal, assessment_id: str, modes: frozenset[str], expect: int | None, *, is_forced: bool = False
) -> None:
    """Take away what is the caller's own: nobody finds or starts it any more; sessions and their results stay.

    Of a course that is, as with assignments, only by an admin's force once it has results; raises Conflict HAS_GRADES.
    """
    assessment = _own(caller, assessment_id, modes)
    may_force = is_forced and caller.may(Permission.MANAGE_CATALOGUE)
    if assessment.course_id and modes is QUIZ_MODES and not may_force and _has_results(assessment_id):
        raise Conflict("There are results already; only an admin can take this away, by force.", code="HAS_GRADES")
    was, asked = assessment.state, embargo.asked(assessment)
    assessment.state = "deleted"
    unit = Unit().replace(assessment, *_events_of(assessment, was=was, asked=asked), expect=expect)
    embargo.hold(unit, caller, assessment, 0)
    for letter in assessment.forms:
        unit.remove(AssessmentForm.at(assessment_id=assessment_id, form=letter))
    audits.note(unit, caller.user_id, assessment.owner_id, "assessment.delete", assessment_id)
    unit.commit()


def _has_results(assessment_id: str) -> bool:
    found = ScoreDistribution.fetch(assessment_id=assessment_id)
    return found is not None and found.attempts > 0


def _own(caller: Principal, assessment_id: str, modes: frozenset[str]) -> Assessment:
    assessment = Assessment.require(assessment_id=assessment_id, consistent=True)
    require_mine(caller, assessment, modes)
    return assessment


def require_mine(caller: Principal, assessment: Assessment, modes: frozenset[str]) -> None:
    """Raise NotFound unless an assessment is the caller's own, of a course they teach, or theirs to manage.

    It has to be of one of the modes.
    """
    if assessment.mode not in modes or assessment.state == "deleted":
        raise NotFound(f"There is no such {assessment.noun}.")
    teaching.require(caller, assessment.owner_id, assessment.course_id, assessment.noun)
