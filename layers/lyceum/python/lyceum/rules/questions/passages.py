"""Questions with the passage that they are about: whole groups, or none of a group (EXAM S2).

A `passageId` that is an id names a passage; any other one is a label that keeps questions together and no more.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lyceum.kit.table import batch_fetch
from lyceum.model.questions.passages import Passage
from lyceum.model.questions.question import Question

MOST_QUESTIONS = 25
"""How many questions one passage may have."""

SHOWN = ("passage_id", "form", "title", "text", "upload_id", "alternative")
_ID = re.compile(r"[0-9A-Z]{26}")


def is_named(passage_id: str | None) -> bool:
    """Say whether an author's `passageId` names a passage, and is no mere label."""
    return passage_id is not None and _ID.fullmatch(passage_id) is not None


def facts(passage: Passage) -> dict[str, Any]:
    """Return what candidates see of a passage, as plain data."""
    shown = {name: getattr(passage, name) for name in SHOWN}
    return {"revision": int(passage.revision), **{name: value for name, value in shown.items() if value is not None}}


def with_passages(questions: Iterable[Question]) -> list[Question]:
    """Put passages into the content of their questions, which are not stored after that.

    Costs 1 storage request for a hundred passages, and none where there is none.
    """
    there = list(questions)
    _put(there, _passages_of(there))
    return there


def whole_groups(
    questions: Iterable[Question], may_stand: Callable[[Question], bool]
) -> tuple[list[Question], list[frozenset[str]]]:
    """Complete the groups of passages among approved questions that were found, or leave a group out.

    A group is all approved questions of a passage; it is left out when one of them may not stand where it would.
    Returns the questions with their passages, and the ids of each group. Costs 2 storage requests for a hundred
    questions, and none where no question has a passage.
    """
    known = {question.question_id: question for question in questions}
    passages = _passages_of(known.values())
    if not passages:
        return list(known.values()), []
    named = {name for passage in passages.values() for name in passage.question_ids or ()}
    lacking = batch_fetch([Question.at(question_id=name) for name in sorted(named - known.keys())])
    every = known | {each.question_id: each for each in lacking if isinstance(each, Question)}
    groups = []
    for passage_id in passages:
        members = {name for name, each in every.items() if each.passage_id == passage_id and each.status == "approved"}
        if all(may_stand(every[name]) for name in members):
            known |= {name: every[name] for name in members}
            groups.append(frozenset(members))
        else:
            known = {name: each for name, each in known.items() if name not in members}
    _put(known.values(), passages)
    return list(known.values()), groups


def in_whole_groups(names: Sequence[str], count: int, groups: Iterable[frozenset[str]]) -> list[str]:
    """Take at most so many of these in their order; of a group all, where its first stands, or none."""
    group_of = {name: group for group in groups for name in group}
    taken: dict[str, None] = {}
    for name in names:
        unit = [each for each in names if each in group_of[name]] if name in group_of else [name]
        if name not in taken and len(taken) + len(unit) <= count:
            taken |= dict.fromkeys(unit)
    return list(taken)


def _passages_of(questions: Iterable[Question]) -> dict[str, Passage]:
    names = sorted({str(each.passage_id) for each in questions if is_named(each.passage_id)})
    found = batch_fetch([Passage.at(passage_id=name) for name in names]) if names else []
    return {passage.passage_id: passage for passage in found if isinstance(passage, Passage)}


def _put(questions: Iterable[Question], passages: dict[str, Passage]) -> None:
    for question in questions:
        passage = passages.get(question.passage_id or "")
        if passage is not None:
            question.content = {**question.content, "passage": facts(passage)}
