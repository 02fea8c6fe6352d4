"""The history of a question: its revisions, each with the fields that it changed."""

from typing import Any

from lyceum.kit.identity import Principal
from lyceum.kit.table import find
from lyceum.model.questions.question import AnswerKey, Question, QuestionRevision
from lyceum.rules.questions.views import with_key

from functions.questions.authoring import reads_key, snapshot
from functions.questions.schemas.history import Change, History, RevisionView
from functions.questions.schemas.question import Keyed


def show(caller: Principal, question_id: str, reason: str | None) -> History:
    """Return all revisions, the newest first, in three storage requests; raises NotFound.

    What changed in the keys of somebody else's question is told as its key is: see `authoring.reads_key`. A question
    has at most `authoring.MOST_REVISIONS` revisions.
    """
    current = Question.require(question_id=question_id)
    newest = QuestionRevision(
        question_id=question_id,
        revision=current.revision,
        written_at=current.updated_at,
        written_by=current.updated_by,
        fields=snapshot(current),
    )
    earlier = find(QuestionRevision, question_id=question_id, from_sort="REV#", to_sort="REV$", descending=True).items
    is_seen = reads_key(caller, current, reason)
    found = find(AnswerKey, question_id=question_id).items if is_seen else []
    keys = {int(key.revision): key for key in found}
    revisions = [newest, *earlier]
    wholes = [_whole(revision, keys.get(int(revision.revision))) for revision in revisions]
    return History(
        question_id=question_id,
        status=current.status,
        revisions=[
            _revision(revision, whole, before, is_current=revision is newest)
            for revision, whole, before in zip(revisions, wholes, [*wholes[1:], {}], strict=True)
        ],
    )


def _whole(revision: QuestionRevision, key: AnswerKey | None) -> dict[str, Any]:
    if key is None:
        return dict(revision.fields)
    return {**with_key(revision.fields, key.key), "explanation": key.explanation}


def _revision(
    revision: QuestionRevision, whole: dict[str, Any], before: dict[str, Any], *, is_current: bool
) -> RevisionView:
    names = sorted(name for name in {*whole, *before} if whole.get(name) != before.get(name))
    return RevisionView(
        revision=int(revision.revision),
        written_at=revision.written_at,
        written_by=revision.written_by,
        is_current=is_current,
        changes=[Change(field=_shown_name(name), before=before.get(name), after=whole.get(name)) for name in names],
    )


def _shown_name(name: str) -> str:
    """Name a field as callers know it."""
    return Keyed.model_fields[name].alias or name
