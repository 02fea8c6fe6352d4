"""What an assessment asks: questions that are named or drawn by a blueprint, frozen into its forms."""

from collections.abc import Sequence

from lyceum.kit import ids
from lyceum.kit.errors import rule_violation
from lyceum.kit.identity import Principal
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.questions.question import Question

from functions.exams.authoring import blueprints
from functions.exams.authoring.schemas.assessments import (
    ChangeAssessment,
    NewAssessment,
)
from functions.exams.authoring.schemas.blueprints import Blueprint
from functions.exams.authoring.schemas.papers import ChangePaper
from functions.exams.papers import forms, paper, question_choice

Content = Sequence[Sequence[Question]]


def put(caller: Principal, assessment: Assessment, wanted: NewAssessment | ChangeAssessment) -> list[AssessmentForm]:
    """Put into an assessment the questions that were named, or draw those of the blueprint; returns its forms.

    Raises RuleViolation for questions that can not be used, or a blueprint that the bank can not satisfy.
    """
    if wanted.blueprint:
        count = wanted.forms if isinstance(wanted, ChangePaper) else 1
        return draw(caller, assessment, wanted.blueprint, count)
    parts = [question_choice.approved(wanted.question_ids or [], caller.user_id)]
    assessment.draw = {"question_ids": [question.question_id for question in parts[0]]}
    assessment.sections = []
    return [_frozen(assessment, "A", parts)]


def draw(caller: Principal, assessment: Assessment, blueprint: Blueprint, count: int) -> list[AssessmentForm]:
    """Put into an assessment what is drawn by a blueprint, in so many parallel forms; returns them.

    Raises RuleViolation for a blueprint that the bank can not satisfy.
    """
    seed = blueprint.seed or ids.new_secret(12)
    chosen = _chosen(caller, blueprint, count, is_printed=assessment.mode == "paper")
    drawn = blueprints.draw(blueprint, seed, count, chosen)
    shown = {
        "title",
        "instructions",
        "marks_each",
        "answer",
        "choice",
        "min_per_topic",
        "scale_to",
        "time_limit_seconds",
    }
    assessment.sections = [
        plan.model_dump(mode="json", include=shown, exclude_none=True) for plan in blueprint.sections
    ]
    assessment.draw = {"seed": seed, "blueprint": blueprint.model_dump(mode="json", exclude_none=True)}
    made = []
    for letter, each in zip(forms.LETTERS, drawn, strict=False):
        form = _frozen(assessment, letter, each.parts)
        form.expected_facility = str(each.expected_facility)
        made.append(form)
    assessment.draw["question_ids"] = [
        question.question_id for each in drawn for part in each.parts for question in part
    ]
    assessment.forms = [form.form for form in made]
    return made


def _chosen(caller: Principal, blueprint: Blueprint, count: int, *, is_printed: bool) -> dict[int, list[Question]]:
    """Read the questions of sections that name them (1 storage request); they stand in one form, and once in it."""
    named = {number: plan.question_ids for number, plan in enumerate(blueprint.sections) if plan.question_ids}
    if not named:
        return {}
    if count > 1:
        raise rule_violation("ONE_FORM", "Questions that are named make one form: parallel forms are drawn.")
    names = [name for each in named.values() for name in each]
    if len(set(names)) < len(names):
        raise rule_violation("QUESTION_TWICE", "Every question stands in one section.")
    usable = question_choice.approved(names, caller.user_id, is_printed=is_printed)
    found = {question.question_id: question for question in usable}
    return {number: [found[name] for name in each] for number, each in named.items()}


def _frozen(assessment: Assessment, letter: str, parts: Content) -> AssessmentForm:
    entries = paper.in_sections(parts, assessment.sections, "", {"shuffle_questions": False, "shuffle_options": False})
    assessment.forms = [letter]
    assessment.question_count = len(entries)
    strangers = {each.question_id for part in parts for each in part if each.author_id != assessment.owner_id}
    earlier = 0 if letter == forms.LETTERS[0] else assessment.draw["others"]
    assessment.draw = {**assessment.draw, "others": earlier + len(strangers)}
    assessment.topic_ids = list(dict.fromkeys(entry["topic_id"] for entry in entries))
    assessment.max_score = str(paper.most_of(entries, assessment.sections))
    return forms.frozen(assessment.assessment_id, letter, parts)
