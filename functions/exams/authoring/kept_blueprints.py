"""Blueprints to make papers of: those of examination boards, which ship as data, and teachers' own."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from lyceum.kit import ids
from lyceum.kit.errors import NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, find
from lyceum.model.exams.assessments import SavedBlueprint

from functions.exams.authoring.schemas.blueprints import Blueprint, BlueprintList, BlueprintView, NewBlueprint
from functions.exams.authoring.schemas.papers import GeneratePaper

_BOARDS = Path(__file__).with_name("boards.json")
_MOST_OWN = 100


@cache
def boards() -> dict[str, dict[str, Any]]:
    """Return the blueprints of examination boards by their names."""
    read: list[dict[str, Any]] = json.loads(_BOARDS.read_text())
    return {each["blueprint_id"]: each for each in read}


def listed(caller: Principal) -> BlueprintList:
    """Return the boards' blueprints and the caller's own (1 storage request)."""
    own = find(SavedBlueprint, owner_id=caller.user_id, limit=_MOST_OWN).items
    return BlueprintList(
        boards=[BlueprintView.model_validate(each) for each in boards().values()],
        own=[BlueprintView.model_validate(each) for each in own],
    )


def save(caller: Principal, wanted: NewBlueprint) -> BlueprintView:
    """Keep a blueprint; raises RuleViolation TOO_MANY_BLUEPRINTS."""
    if len(find(SavedBlueprint, owner_id=caller.user_id, limit=_MOST_OWN).items) >= _MOST_OWN:
        raise rule_violation("TOO_MANY_BLUEPRINTS", f"You can keep {_MOST_OWN} blueprints.")
    kept = SavedBlueprint(
        owner_id=caller.user_id,
        blueprint_id=ids.new_id(),
        title=wanted.title,
        duration_seconds=wanted.duration_seconds,
        sections=[plan.model_dump(mode="json", by_alias=True, exclude_none=True) for plan in wanted.sections],
    )
    Unit().create(kept).commit()
    return BlueprintView.model_validate(kept)


def resolve(caller: Principal, wanted: GeneratePaper) -> tuple[Blueprint, int | None]:
    """Return the blueprint of a paper and, of one that is named, the time that it takes.

    Raises NotFound, or RuleViolation (BLUEPRINT_MISSING, TOPICS_MISSING).
    """
    if (wanted.blueprint is None) == (wanted.blueprint_id is None):
        raise rule_violation("BLUEPRINT_MISSING", "Give either blueprint or blueprintId.")
    if wanted.blueprint is not None:
        return wanted.blueprint, None
    found = boards().get(str(wanted.blueprint_id)) or _own(caller, str(wanted.blueprint_id))
    sections = [dict(section) for section in found["sections"]]
    if wanted.section_topics and len(wanted.section_topics) != len(sections):
        raise rule_violation("TOPICS_MISSING", f"This blueprint has {len(sections)} sections: give topics for each.")
    for section, topics in zip(sections, wanted.section_topics, strict=False):
        section["topicIds"] = topics
    if not all(section.get("topicIds") or section.get("questionIds") for section in sections):
        raise rule_violation("TOPICS_MISSING", "Say in sectionTopics which topics each section is drawn from.")
    return Blueprint.model_validate({"sections": sections}), int(found["duration_seconds"])


def _own(caller: Principal, blueprint_id: str) -> dict[str, Any]:
    kept = SavedBlueprint.fetch(owner_id=caller.user_id, blueprint_id=blueprint_id)
    if kept is None:
        raise NotFound("There is no such blueprint.")
    return {"sections": kept.sections, "duration_seconds": kept.duration_seconds}
