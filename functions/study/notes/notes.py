"""Notes of one user: for nobody else's eyes, and silent about a question while an exam keeps it secret."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition

from lyceum.events.study import NoteChanged
from lyceum.kit import clock, ids
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.errors import Conflict, Detail, NotFound, RateLimited
from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, Unit, batch_fetch, find
from lyceum.model.catalog import Topic
from lyceum.model.courses.lessons import Lesson
from lyceum.model.questions.question import Question
from lyceum.model.study.notes import Note, NoteCount
from lyceum.rules.questions.topic_sampler import is_embargoed

from functions.study.notes import merging
from functions.study.notes.schemas import About, MakeNote, NoteQuery, NoteView, UpdateNote

MOST_A_DAY = 100
_COUNT_KEPT = timedelta(days=2)


def make(caller: Principal, wanted: MakeNote) -> NoteView:
    """Write a note (1 read, one transaction).

    Raises NotFound for a thing that there is not or that an exam keeps secret, RateLimited after 100 notes a day (UTC),
    and Conflict NOTE_EXISTS for an id under which the caller wrote a note before.
    """
    now = clock.now()
    about, about_id = _about(wanted)
    _check(about, about_id, now)
    note = Note(
        user_id=caller.user_id,
        note_id=wanted.note_id or ids.new_id(),
        kind_of_note=wanted.kind,
        about=about,
        about_id=about_id,
        title=wanted.title,
        text=wanted.text,
        tags=list(dict.fromkeys(wanted.tags)),
    )
    exists = Conflict("You wrote a note under this id before.", code="NOTE_EXISTS")
    unit = Unit().create(note, _changed(note), refuse=exists)
    _count(unit, caller.user_id, now)
    unit.commit()
    return view(note)


def _about(named: MakeNote | NoteQuery) -> tuple[About, str]:
    if named.question_id:
        return "question", named.question_id
    if named.topic_id:
        return "topic", named.topic_id
    return "lesson", str(named.lesson_id)


def _check(about: About, about_id: str, now: datetime) -> None:
    if about == "question":
        question = Question.fetch(question_id=about_id)
        is_there = question is not None and question.status == "approved" and not is_embargoed(question, now)
    elif about == "topic":
        is_there = Topic.fetch(topic_id=about_id) is not None
    else:
        is_there = Lesson.fetch(lesson_id=about_id) is not None
    if not is_there:
        raise NotFound(f"There is no such {about}.")


def _count(unit: Unit, user_id: str, now: datetime) -> None:
    """Count a note of today in the unit that writes it; the condition lets no more pass than there may be."""
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    full = RateLimited(
        f"You may write {MOST_A_DAY} notes a day.",
        code="NOTE_LIMIT",
        retry_after_seconds=int((tomorrow - now).total_seconds()) + 1,
    )
    unit.change(
        NoteCount.at(user_id=user_id, day=now.date().isoformat()),
        NoteCount.written.add(1),
        NoteCount.ttl.set(_COUNT_KEPT),
        when=NoteCount.written.does_not_exist() | (NoteCount.written < MOST_A_DAY),
        refuse=full,
        or_create=True,
    )


def listed(caller: Principal, query: NoteQuery) -> Slice[NoteView]:
    """Return a page of the caller's notes, the newest first (2 requests at most)."""
    where = _filter(query)
    options: dict[str, Any] = {"limit": query.limit, "after": query.start_key(), "descending": True, "where": where}
    if query.question_id or query.topic_id or query.lesson_id:
        about, about_id = _about(query)
        found = find(Note, index="gsi1", user_id=caller.user_id, about=about, about_id=about_id, **options)
    else:
        found = find(Note, user_id=caller.user_id, **options)
    secret = _secret(found.items)
    return Slice([view(note, is_withheld=note.about_id in secret) for note in found.items], found.last_key)


def _filter(query: NoteQuery) -> Condition | None:
    tests: list[Condition] = []
    if query.kind is not None:
        tests.append(Note.kind_of_note == query.kind)
    if query.is_done is not None:
        tests.append(Note.is_done == query.is_done)
    if query.tag is not None:
        tests.append(Note.tags.contains(query.tag))
    return reduce(and_, tests) if tests else None


def _secret(notes: Sequence[Note]) -> set[str]:
    """Return the questions among what notes are about that an exam keeps secret now."""
    now = clock.now()
    asked = dict.fromkeys(note.about_id for note in notes if note.about == "question")
    found = batch_fetch([Question.at(question_id=question_id) for question_id in asked])
    return {item.question_id for item in found if isinstance(item, Question) and is_embargoed(item, now)}


def update(caller: Principal, note_id: str, wanted: UpdateNote, if_match: int | None) -> NoteView:
    """Change a note (2 reads at most, 1 write, or one transaction for a copy).

    Raises NotFound, and Conflict NOTE_CONFLICT, with both sides in its details, for an edit of an earlier version that
    can not be merged.
    """
    note = Note.require(user_id=caller.user_id, note_id=note_id, consistent=True)
    if note.about_id in _secret([note]):
        raise NotFound("There is no such note.")
    edit = {name: getattr(wanted, name) for name in merging.PARTS if name in wanted.model_fields_set}
    edit = {name: value for name, value in edit.items() if value is not None or name == "title"}
    stored = _parts(note)
    if if_match is None or if_match == note.version:
        return _write(note, {**stored, **edit})
    if wanted.base is None:
        base = {name: object() for name in merging.PARTS} | {"tags": stored["tags"]}
    else:
        base = {name: getattr(wanted.base, name) for name in merging.PARTS}
    merged = merging.merge(base, stored, edit)
    if not merged.conflicts:
        return _write(note, merged.parts)
    if wanted.on_conflict == "copy":
        return _copy(note, {**stored, **edit}, wanted.copy_id or ids.new_id())
    raise _conflict(merged.conflicts, stored, edit)


def _parts(note: Note) -> dict[str, Any]:
    return {
        "kind": note.kind_of_note,
        "title": note.title,
        "text": note.text,
        "tags": list(note.tags),
        "is_done": note.is_done,
    }


def _write(note: Note, parts: dict[str, Any]) -> NoteView:
    note.kind_of_note, note.title, note.text = parts["kind"], parts["title"], parts["text"]
    note.tags, note.is_done = list(dict.fromkeys(parts["tags"])), parts["is_done"]
    Unit().replace(note, _changed(note)).commit()
    return view(note)


def _copy(note: Note, parts: dict[str, Any], copy_id: str) -> NoteView:
    """Store an edit beside the note that it is of; under an id that was used before, what was stored then is shown."""
    copied = Note(
        user_id=note.user_id,
        note_id=copy_id,
        kind_of_note=parts["kind"],
        about=note.about,
        about_id=note.about_id,
        title=parts["title"],
        text=parts["text"],
        tags=list(parts["tags"]),
        is_done=parts["is_done"],
        copy_of=note.note_id,
    )
    exists = Conflict("You wrote a note under this id before.", code="NOTE_EXISTS")
    unit = Unit().create(copied, _changed(copied), refuse=exists)
    _count(unit, note.user_id, clock.now())
    try:
        unit.commit()
    except Conflict as refusal:
        if refusal is not exists:
            raise
        return view(Note.require(user_id=note.user_id, note_id=copy_id, consistent=True))
    return view(copied)


def _changed(note: Note) -> NoteChanged:
    return NoteChanged(user_id=note.user_id, note_id=note.note_id)


def _conflict(names: Sequence[str], stored: dict[str, Any], edit: dict[str, Any]) -> Conflict:
    """Name each part that both sides changed, with the text of either."""
    details = []
    for name in names:
        details.append(Detail(f"{name}.stored", str(stored[name] if stored[name] is not None else "")))
        details.append(Detail(f"{name}.yours", str(edit[name] if edit[name] is not None else "")))
    return Conflict("This note was changed since you read it.", code="NOTE_CONFLICT", details=details)


def remove(caller: Principal, note_id: str) -> None:
    """Remove a note (1 transaction); raises NotFound."""
    missing = NotFound("There is no such note.")
    told = NoteChanged(user_id=caller.user_id, note_id=note_id)
    unit = Unit().remove(Note.at(user_id=caller.user_id, note_id=note_id), when=Note.pk.exists(), refuse=missing)
    unit.put(OutboxItem.of(told), told).commit()


def view(note: Note, *, is_withheld: bool = False) -> NoteView:
    """Show a note, or only that there is one."""
    return NoteView(
        note_id=note.note_id,
        kind=note.kind_of_note,
        **{f"{note.about}_id": note.about_id},
        title=None if is_withheld else note.title,
        text=None if is_withheld else note.text,
        tags=None if is_withheld else list(note.tags),
        is_done=note.is_done,
        is_withheld=is_withheld,
        copy_of=note.copy_of,
        created_at=note.created_at,
        updated_at=note.updated_at,
        version=int(note.version),
    )
