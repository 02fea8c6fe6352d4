"""Asking: a question from its posting to its end, and the history of its edits."""

from lyceum.events.community import QuestionAsked, QuestionSettled
from lyceum.kit import clock, ids
from lyceum.kit.errors import Conflict, NotFound, PreconditionFailed
from lyceum.kit.identity import Permission, Principal, require_owner
from lyceum.kit.table import Unit, find, remove_many
from lyceum.kit.table.retrying import retry_on_conflict
from lyceum.kit.values.text import fingerprint
from lyceum.model.community.questions import HelpAnswer, HelpQuestion, HelpRouting, SubjectFigures, TextRevision
from lyceum.rules import audits
from lyceum.tasks.community import RouteQuestion

from functions.community.questions import similar, statistics, subjects, views
from functions.community.questions.schemas import Ask, Asked, EditQuestion, QuestionView
from functions.community.writing import filters, people, pictures

MOST_ANSWERS = 50
MOST_REVISIONS = 20
_TEXTS = ("title", "text", "image_ids")


def ask(caller: Principal, wanted: Ask) -> Asked:
    """Post a question and send it on its way to mentors, or only look for earlier ones that are like it.

    3 storage requests, one more with pictures, and a transaction. A question that the filter holds goes to nobody until
    a moderator releases it. Raises RuleViolation for what the filter refuses and pictures that are not the caller's.
    """
    key = subjects.key_of(wanted.subject)
    like = similar.find_like(key, wanted.title, wanted.text)
    minutes = statistics.typical_minutes(SubjectFigures.fetch(subject_key=key))
    if wanted.check_only:
        return Asked(similar=like, typical_answer_minutes=minutes)
    pictures.require(caller, wanted.image_ids, "imageIds")
    made = retry_on_conflict(lambda: _post(caller, wanted, key))
    shown = views.whole(caller, made)
    return Asked(question=shown, similar=like, typical_answer_minutes=minutes)


def _post(caller: Principal, wanted: Ask, key: str) -> HelpQuestion:
    now, (user, poster) = clock.now(), people.writer(caller)
    words = f"{wanted.title}\n{wanted.text}"
    question = HelpQuestion(
        question_id=ids.new_id(),
        asker_id=caller.user_id,
        asker_name=people.shown_name(user),
        subject_key=key,
        language=user.language,
        asked_at=now,
        fingerprint=fingerprint(words),
        held=filters.admit("post", words, poster, now, is_trusted=people.is_staff(caller)) or None,
        **wanted.model_dump(exclude={"check_only"}),
    )
    asked = QuestionAsked(
        question_id=question.question_id, asker_id=caller.user_id, subject_key=key, subject=wanted.subject
    )
    on_its_way = [] if question.held else [RouteQuestion(question_id=question.question_id, wave=1)]
    routing = HelpRouting(question_id=question.question_id, asker_id=caller.user_id)
    Unit().create(question, asked, *on_its_way).create(routing).save(poster).commit()
    return question


def edit(caller: Principal, question_id: str, wanted: EditQuestion, version: int | None) -> QuestionView:
    """Change a question of the caller's, or close or open it; the texts before are kept as its history.

    Raises NotFound for another's, Conflict for one that was edited too often, PreconditionFailed for a stale version.
    """
    question = HelpQuestion.require(question_id=question_id, consistent=True)
    require_owner(caller, question.asker_id, "question", Permission.MODERATE)
    if version is not None and version != question.version:
        raise PreconditionFailed("This question was changed since you read it.")
    now, before = clock.now(), int(question.revision)
    kept = {name: getattr(question, name) for name in _TEXTS}
    written = question.edited_at or question.asked_at
    changes = wanted.model_dump(exclude_unset=True, exclude={"status"})
    unit = Unit()
    if any(name in changes and changes[name] != kept[name] for name in _TEXTS):
        _admit_edit(caller, question, changes, unit)
        revision = TextRevision(
            question_id=question_id, item_id=question_id, revision=before, written_at=written, fields=kept
        )
        unit.create(revision)
        question.revision, question.edited_at = before + 1, now
    for name, value in changes.items():
        if value is not None or name == "grade_level":
            setattr(question, name, value)
    question.subject_key = subjects.key_of(question.subject)
    events = _move(question, wanted.status)
    names = (*_FIELDS, "status", "closed_at", "revision", "edited_at", "held", "subject_key")
    unchanged = (HelpQuestion.revision == before) & (HelpQuestion.answer_count == question.answer_count)
    meanwhile = Conflict("This question was changed meanwhile.", code="EDIT_CONFLICT")
    unit.amend(question, *names, when=unchanged, events=events, refuse=meanwhile)
    told = sorted(wanted.model_dump(exclude_unset=True, by_alias=True))
    audits.note(unit, caller.user_id, question.asker_id, "help_question.edit", question_id, after={"changed": told})
    unit.commit()
    return views.whole(caller, question)


_FIELDS = ("subject", "grade_level", "urgency", "title", "text", "image_ids")


def _admit_edit(caller: Principal, question: HelpQuestion, changes: dict[str, object], unit: Unit) -> None:
    """Let the filter look at an edit, which may hold a question that was open; one that is held stays so."""
    if int(question.revision) > MOST_REVISIONS:
        raise Conflict("This was edited often enough. Close it and ask anew.", code="EDITED_TOO_OFTEN")
    image_ids = changes.get("image_ids")
    if isinstance(image_ids, list):
        pictures.require(caller, [name for name in image_ids if name not in question.image_ids], "imageIds")
    _, poster = people.writer(caller)
    words = f"{changes.get('title') or question.title}\n{changes.get('text') or question.text}"
    held = filters.admit("post", words, poster, clock.now(), is_trusted=people.is_staff(caller))
    question.held = question.held or held or None
    unit.save(poster)


def _move(question: HelpQuestion, status: str | None) -> list[QuestionSettled | RouteQuestion]:
    """Close a question or open it again; one that is opened without an answer goes to mentors once more."""
    if status == "closed" and question.status != "closed":
        question.status, question.closed_at = "closed", clock.now()
        return [QuestionSettled(question_id=question.question_id)]
    if status == "open" and question.status == "closed":
        question.status, question.closed_at = "answered" if question.answer_count else "open", None
        if question.status == "open" and not question.held:
            return [RouteQuestion(question_id=question.question_id, wave=1)]
    return []


def remove(caller: Principal, question_id: str) -> None:
    """Remove a question with its answers and its history; raises NotFound for another's.

    3 storage requests and a transaction; history goes first, so a failure leaves nothing behind that nobody finds.
    """
    question = HelpQuestion.require(question_id=question_id, consistent=True)
    require_owner(caller, question.asker_id, "question", Permission.MODERATE)
    remove_many(find(TextRevision, question_id=question_id, limit=1000).items)
    answers = find(HelpAnswer, index="gsi1", question_id=question_id, limit=MOST_ANSWERS).items
    missing = NotFound("There is no such question.")
    unit = Unit().remove(question, when=HelpQuestion.pk.exists(), refuse=missing)
    for answer in answers:
        unit.remove(answer)
    routing = HelpRouting.fetch(question_id=question_id, consistent=True)
    if routing:
        routing.due_bucket, routing.asker_id = None, None
        unit.replace(routing, QuestionSettled(question_id=question_id))
    before = {"answers": int(question.answer_count)}
    audits.note(unit, caller.user_id, question.asker_id, "help_question.remove", question_id, before=before)
    unit.commit()
