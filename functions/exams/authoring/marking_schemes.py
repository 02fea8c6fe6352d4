"""A generated paper with its marking scheme, as its author prints it."""

from typing import Any

from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Entity, Unit, batch_fetch
from lyceum.model.audit import audit
from lyceum.model.exams.assessments import Assessment, AssessmentForm
from lyceum.model.questions.question import AnswerKey
from lyceum.rules.questions.views import with_key

from functions.exams.authoring import assessments, views
from functions.exams.authoring.schemas.papers import FormView, GeneratePaper, PaperView, SchemeQuestion
from functions.exams.marking.keys import answer_keys
from functions.exams.papers import forms, paper

PAPER_MODES = frozenset({"paper"})


def generate(caller: Principal, wanted: GeneratePaper) -> PaperView:
    """Make a paper and show it with its marking scheme.

    Raises RuleViolation when the bank can not satisfy the blueprint.
    """
    return show(caller, assessments.create_paper(caller, wanted).assessment_id)


def show(caller: Principal, paper_id: str, reason: str | None = None) -> PaperView:
    """Show the caller's own paper or, to who manages exams, another's, with a reason for the audit log (EXAM U3).

    Costs 2 storage requests for a hundred questions, and one more to log. Raises NotFound or RuleViolation
    REASON_MISSING.
    """
    assessment, found = read(caller, paper_id, reason)
    arranged = [(form, arrange(assessment, form)) for form in found]
    keys = answer_keys([entry for _, entries in arranged for entry in entries])
    shown = views.view_own(assessment).model_dump()
    return PaperView(**shown, forms=[_form(form, entries, keys) for form, entries in arranged])


def read(caller: Principal, paper_id: str, reason: str | None = None) -> tuple[Assessment, list[AssessmentForm]]:
    """Read the caller's own paper with its forms or, for who manages exams, another's, which is logged.

    Costs 1 storage request, and one more to log. Raises NotFound or RuleViolation REASON_MISSING.
    """
    names: list[Entity] = [AssessmentForm.at(assessment_id=paper_id, form=letter) for letter in forms.LETTERS]
    assessment, *found = batch_fetch([Assessment.at(assessment_id=paper_id), *names], consistent=True)
    if not isinstance(assessment, Assessment):
        raise NotFound("There is no such assessment.")
    assessments.require_mine(caller, assessment, PAPER_MODES)
    _log(caller, assessment, reason)
    return assessment, [form for form in found if isinstance(form, AssessmentForm)]


def _log(caller: Principal, assessment: Assessment, reason: str | None) -> None:
    """Log that somebody reads another's paper with its keys."""
    if caller.user_id == assessment.owner_id:
        return
    if not reason:
        raise rule_violation("REASON_MISSING", "This paper is somebody else's: say why you read it.")
    Unit().create(audit("paper.read", assessment.assessment_id, before={}, after={}, reason=reason)).commit()


def arrange(assessment: Assessment, form: AssessmentForm) -> list[dict[str, Any]]:
    """Arrange a form as it is printed: by the paper's seed, whatever the seeds of single sessions."""
    return paper.in_sections(
        forms.questions_of(form),
        assessment.sections,
        f"{assessment.draw.get('seed', '')} {form.form}",
        assessment.policy,
    )


def _form(form: AssessmentForm, entries: list[dict[str, Any]], keys: dict[str, AnswerKey]) -> FormView:
    return FormView(
        form=form.form,
        hash=paper.hash_of(paper.freeze(entries)),
        expected_facility=form.expected_facility,
        questions=[with_its_key(entry, keys.get(entry["question_id"])) for entry in entries],
    )


def with_its_key(entry: dict[str, Any], key: AnswerKey | None) -> SchemeQuestion:
    """Show a question with what its marker needs."""
    if key is None:
        return SchemeQuestion.model_validate(entry)
    return SchemeQuestion.model_validate({**with_key(entry, key.key), "explanation": key.explanation})
