"""Lessons that were completed before their times were kept get the time at which points were given for them.

An enrolment had the ids alone. The points of a lesson were counted when its completion was told, so they say when that
was; a lesson for which none were counted stays without a time, since an invented one would be worse than none. Which
times were found so is kept beside them, for the way back.
"""

import json

from tools.migrations.step import Item, Read, Step

_TIMES = "lesson_completions"
_FOUND = "found_lesson_times"


def forth(item: Item, read: Read) -> Item | None:
    """Find the times of an enrolment's lessons that have none."""
    times = _times(item)
    missing = sorted(set(item.get("lessons", {}).get("SS", ())) - times.keys())
    found = {lesson_id: at for lesson_id in missing if (at := _counted_at(item, lesson_id, read))}
    if not found:
        return None
    before = item.get(_FOUND, {"M": {"had": {"BOOL": _TIMES in item}}})["M"]
    known = set(before.get("ids", {}).get("SS", ())) | found.keys()
    return item | {_TIMES: {"S": json.dumps(times | found)}, _FOUND: {"M": before | {"ids": {"SS": sorted(known)}}}}


def back(item: Item, _read: Read) -> Item | None:
    """Forget the times that were found; those that were kept from the beginning stay."""
    if _FOUND not in item:
        return None
    found = item[_FOUND]["M"]
    kept = {lesson_id: at for lesson_id, at in _times(item).items() if lesson_id not in found["ids"]["SS"]}
    restored = {name: value for name, value in item.items() if name not in {_FOUND, _TIMES}}
    return restored | ({_TIMES: {"S": json.dumps(kept)}} if kept or found["had"]["BOOL"] else {})


def _times(item: Item) -> dict[str, str]:
    times: dict[str, str] = json.loads(item.get(_TIMES, {}).get("S", "{}"))
    return times


def _counted_at(item: Item, lesson_id: str, read: Read) -> str | None:
    tenant, user_id = item["PK"]["S"].split("|")[0], item["user_id"]["S"]
    entry = read({"PK": {"S": f"{tenant}|POINTS#{user_id}"}, "SK": {"S": f"ENTRY#lesson{lesson_id}"}})
    return entry["happened_at"]["S"] if entry is not None else None


STEP = Step(6, "lessons have the times of their points", frozenset({"enrolment"}), forth, back, is_reading=True)
