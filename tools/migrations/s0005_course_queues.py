"""Answers of a course's quiz wait in the queue of the course, and of whose the course is now.

Marks that were stored before courses had queues say neither; the session says of which course its quiz is, and the
course whose it is. What was stored before is kept beside it, so that the way back leads to it.
"""

from tools.migrations.step import Item, Read, Step

_BEFORE = "earlier_marker"


def forth(item: Item, read: Read) -> Item | None:
    """Put pending marks into the queues of their course; those that are in no course stay where they are."""
    if item.get("state") != {"S": "pending"} or "course_id" in item:
        return None
    tenant, exam_id = item["PK"]["S"].split("|")[0], item["exam_id"]["S"]
    session = read({"PK": {"S": f"{tenant}|EXAM#{exam_id}"}, "SK": {"S": "SESSION"}})
    if session is None or "course_id" not in session:
        return None
    course_id = session["course_id"]["S"]
    course = read({"PK": {"S": f"{tenant}|COURSE#{course_id}"}, "SK": {"S": "COURSE"}})
    is_there = course is not None and course.get("status") != {"S": "deleted"}
    marker = course["instructor_id"] if course and is_there else item["marker"]
    return item | {
        "course_id": {"S": course_id},
        "GSI2PK": {"S": f"{tenant}|COURSEMARKING#{course_id}"},
        "GSI2SK": item["GSI1SK"],
        "marker": marker,
        "GSI1PK": {"S": f"{tenant}|MARKING#{marker['S']}"},
        _BEFORE: item["marker"],
    }


def back(item: Item, _read: Read) -> Item | None:
    """Take what was moved out of the queues of its course; what was there from the beginning stays."""
    if _BEFORE not in item:
        return None
    added = {"course_id", "GSI2PK", "GSI2SK", _BEFORE}
    tenant, marker = item["PK"]["S"].split("|")[0], item[_BEFORE]
    restored = {name: value for name, value in item.items() if name not in added} | {"marker": marker}
    return restored | ({"GSI1PK": {"S": f"{tenant}|MARKING#{marker['S']}"}} if "GSI1PK" in item else {})


STEP = Step(
    5, "what waits in a course is in the course's queue", frozenset({"exam_marks"}), forth, back, is_reading=True
)
