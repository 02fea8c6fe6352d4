"""Quizzes of a course that was made from another: under new ids, without window, accommodations and attempts."""

from lyceum.kit.table import Unit, batch_fetch
from lyceum.model.courses.course import Course, CourseOutline
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.exams.statistics import ScoreDistribution
from lyceum.rules.courses.course_copies import copy_id
from lyceum.tasks.exams import CopyQuizzes

from functions.exams.authoring.assessments import events_for_course
from functions.exams.papers.forms import LETTERS

_COPIED = (
    "mode",
    "title",
    "description",
    "is_required",
    "topic_ids",
    "question_count",
    "max_score",
    "sections",
    "draw",
    "forms",
)
_PAGE = 4
"""Forms may be of a third of a megabyte, and a transaction holds four."""


def copy_page(task: CopyQuizzes, unit: Unit) -> int | None:
    """Copy a page of a course's published quizzes with their questions; returns how many are done, None when all are.

    Each asks what it asked, by the same rules. It has no window, since dates are not copied: results that waited for
    its end are told after submission. Quizzes of a copy that was deleted meanwhile are left out.
    """
    course, outline = batch_fetch(
        [Course.at(course_id=task.course_id), CourseOutline.at(course_id=task.source_id)], consistent=True
    )
    if not isinstance(course, Course) or course.status == "deleted":
        return None
    names = sorted(quiz["quiz_id"] for quiz in outline.quizzes) if isinstance(outline, CourseOutline) else []
    done = int(task.after or 0)
    for quiz, forms in _read(names[done : done + _PAGE]):
        copy = _copy(task, quiz, course)
        unit.create(copy, *events_for_course(copy, was="draft"))
        unit.create(ScoreDistribution(assessment_id=copy.assessment_id))
        for form in forms:
            own = AssessmentForm(assessment_id=copy.assessment_id, form=form.form, content=form.content)
            own.expected_facility = form.expected_facility
            unit.create(own)
    return done + _PAGE if done + _PAGE < len(names) else None


def _read(names: list[str]) -> list[tuple[Assessment, list[AssessmentForm]]]:
    """Read published quizzes with their forms (1 request)."""
    keys = [Assessment.at(assessment_id=each) for each in names]
    forms = [AssessmentForm.at(assessment_id=each, form=letter) for each in names for letter in LETTERS]
    read = batch_fetch([*keys, *forms], consistent=True)
    of_quiz: dict[str, list[AssessmentForm]] = {}
    for item in read:
        if isinstance(item, AssessmentForm):
            of_quiz.setdefault(item.assessment_id, []).append(item)
    quizzes = [item for item in read if isinstance(item, Assessment) and item.state == "published"]
    return [(quiz, of_quiz.get(quiz.assessment_id, [])) for quiz in quizzes]


def _copy(task: CopyQuizzes, quiz: Assessment, course: Course) -> Assessment:
    def named(source_id: str) -> str:
        return copy_id(task.copied_at, task.course_id, source_id)

    window = {**quiz.policy["window"], "opens_at": None, "closes_at": None}
    policy = {name: each for name, each in quiz.policy.items() if name != "access_code_hash"} | {"window": window}
    if policy["feedback"] == "after_window":
        policy["feedback"] = "after_submit"
    return Assessment(
        assessment_id=named(quiz.assessment_id),
        owner_id=course.instructor_id,
        course_id=task.course_id,
        lesson_id=named(quiz.lesson_id) if quiz.lesson_id else None,
        state="published",
        policy=policy,
        **{name: getattr(quiz, name) for name in _COPIED},
    )
