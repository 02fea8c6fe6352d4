"""The things that devices have a copy of, as their owner may see them now."""

from collections.abc import Sequence
from typing import Any, Literal

from lyceum.kit import clock
from lyceum.kit.table import Entity, batch_fetch, find
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.questions.question import Question
from lyceum.model.study.notes import Bookmark, Note
from lyceum.model.study.reviews import ReviewCard, ReviewPile
from lyceum.model.sync import SyncChange
from lyceum.model.users.account import User
from lyceum.rules.profiles import Preferences
from lyceum.rules.questions.topic_sampler import is_embargoed

from functions.sync.feed import Kind
from functions.sync.schemas import Change

Stage = Kind | Literal["pile"]
STAGES: tuple[Stage, ...] = ("preferences", "course", "note", "bookmark", "review", "pile")
"""In which order a snapshot tells of them: what a first screen shows comes first, cards that wait in piles last."""
_CARDS_OF_A_PILE = 80


def page(
    kind: Stage, user_id: str, limit: int, after: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, list[Change]]:
    """Return a page of a user's things of a kind, and the key behind which the next begins (2 requests at most).

    A pile of cards is told of as a whole, however small the page.
    """
    if kind == "preferences":
        return None, _shown([("preferences", user_id, None)], [User.fetch(user_id=user_id, consistent=True)])
    found: Any
    if kind == "pile":
        found = find(ReviewPile, user_id=user_id, limit=max(1, limit // _CARDS_OF_A_PILE), after=after, consistent=True)
        cards = [card for pile in found.items for card in pile.cards()]
        return found.last_key, _shown([("review", _key(card), None) for card in cards], cards)
    if kind == "course":
        found = find(Enrolment, index="gsi1", user_id=user_id, limit=limit, after=after)
    else:
        entity: type[Any] = {"note": Note, "bookmark": Bookmark, "review": ReviewCard}[kind]
        found = find(entity, user_id=user_id, limit=limit, after=after, consistent=True)
    return found.last_key, _shown([(kind, _key(item), None) for item in found.items], found.items)


def named(
    user_id: str, rows: Sequence[SyncChange], beside: Sequence[Entity]
) -> tuple[list[Change], list[Entity | None]]:
    """Return the things that rows of a feed name, as they are now, and what else is named in the same request.

    It costs 2 requests at most, and none where nothing is named.
    """
    things = [_name(str(row.type), user_id, str(row.key)) for row in rows]
    found = batch_fetch([*things, *beside], consistent=bool(rows))
    changes = _shown([(row.type, row.key, row.changed_at) for row in rows], found[: len(rows)])
    return changes, found[len(rows) :]


def _name(kind: str, user_id: str, key: str) -> Entity:
    if kind == "note":
        return Note.at(user_id=user_id, note_id=key)
    if kind == "bookmark":
        return Bookmark.at(user_id=user_id, question_id=key)
    if kind == "review":
        return ReviewCard.at(user_id=user_id, question_id=key)
    if kind == "course":
        return Enrolment.at(course_id=key, user_id=user_id)
    return User.at(user_id=user_id)


def _key(item: Any) -> str:
    match item:
        case Note():
            return str(item.note_id)
        case Enrolment():
            return str(item.course_id)
        case _:
            return str(item.question_id)


def _shown(about: Sequence[tuple[str, str, Any]], found: Sequence[Entity | None]) -> list[Change]:
    secret = _secret(found)
    return [
        Change(
            type=kind,
            key=key,
            is_removed=item is None,
            changed_at=changed_at or (item.updated_at if item else None),
            version=int(item.version) if item else None,
            value=_value(item, secret) if item else None,
        )
        for (kind, key, changed_at), item in zip(about, found, strict=True)
    ]


def _secret(found: Sequence[Entity | None]) -> set[str]:
    """Return the questions among what notes are about that an exam keeps secret now (1 request, none without notes)."""
    asked = {str(item.about_id) for item in found if isinstance(item, Note) and item.about == "question"}
    questions = batch_fetch([Question.at(question_id=question_id) for question_id in sorted(asked)])
    return {each.question_id for each in questions if isinstance(each, Question) and is_embargoed(each, clock.now())}


def _value(item: Entity, secret: set[str]) -> dict[str, Any]:
    match item:
        case Note():
            return _note(item, is_withheld=item.about_id in secret)
        case Bookmark():
            return {"mark": item.mark, "remark": item.remark, "topicId": item.topic_id, "courseId": item.course_id}
        case ReviewCard():
            return _card(item)
        case Enrolment():
            return _course(item)
        case User():
            chosen = Preferences.of(item).model_dump(mode="json", by_alias=True, exclude_none=True)
            return {**chosen, "language": item.language, "timeZone": item.time_zone}
        case _:
            raise TypeError(f"no device has a copy of {type(item).__name__}")


def _note(note: Note, *, is_withheld: bool) -> dict[str, Any]:
    shown = {"kind": note.kind_of_note, f"{note.about}Id": note.about_id, "isDone": note.is_done}
    if is_withheld:
        return {**shown, "isWithheld": True}
    return {**shown, "title": note.title, "text": note.text, "tags": list(note.tags), "copyOf": note.copy_of}


def _card(card: ReviewCard) -> dict[str, Any]:
    return {
        "dueAt": clock.iso(card.due_at),
        "repetitions": int(card.repetitions),
        "lapses": int(card.lapses),
        "topicId": card.topic_id,
        "courseId": card.course_id,
    }


def _course(enrolment: Enrolment) -> dict[str, Any]:
    return {
        "state": enrolment.state,
        "lessons": sorted(enrolment.lessons or ()),
        "assignments": sorted(enrolment.assignments or ()),
        "quizzes": sorted(enrolment.quizzes or ()),
        "completedAt": clock.iso(enrolment.completed_at) if enrolment.completed_at else None,
    }
