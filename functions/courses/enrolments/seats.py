"""The seats of a course: taken and freed in the transaction of the enrolment, so that a course is never overfull.

A crowd would wait for the one item that counts them. So where a course has very many seats, or no limit, they are kept
in parts: each student takes a seat of the part that follows from their id, and where there is a limit each part was
handed its share of the seats. Only when a part has none left, the others are asked, so the last seat is found too.
"""

import hashlib
from collections.abc import Sequence

from pynamodb.expressions.condition import Condition

from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.table import ConditionFailed, Entity, Unit, batch_fetch
from lyceum.model.courses.enrolments import SeatPart, Seats

PARTS = 32
"""Of so many parts the seats consist that a crowd takes: some fifty students a second enter by each."""
SPREAD_FROM = 2_000
"""The capacity from which seats are kept in parts; a smaller course is full before that helps."""
_PART_IS_NEW: Condition = SeatPart.pk.does_not_exist()


def put(unit: Unit, course_id: str, wanted: float | None, *, is_open: bool) -> None:
    """Store the seats of a new course, so many as are wanted or any number."""
    capacity = None if wanted is None else int(wanted)
    state, parts = "open" if is_open else "closed", _parts_for(capacity)
    unit.create(Seats(course_id=course_id, state=state, capacity=capacity, parts=parts))
    if parts > 1 and capacity is not None:
        for part, share in zip(_parts_of(course_id), _shares(capacity), strict=True):
            part.state, part.allotted = state, share
            unit.create(part)


def own_part(user_id: str) -> int:
    """Return the part that somebody takes a seat of, where there are several."""
    return int(hashlib.sha256(user_id.encode()).hexdigest()[:8], 16) % PARTS


def take(unit: Unit, seats: Seats, part: int) -> None:
    """Take a seat of a part, in the unit of the enrolment; it fails when there is none, or the course is closed.

    `seats` were read in the same request as the course, so that closing it is noticed even before a part is made.
    """
    course_id = seats.course_id
    if int(seats.parts) == 1:
        is_free = Seats.capacity.does_not_exist() | (Seats.taken < Seats.capacity)
        is_one = Seats.parts.does_not_exist() | (Seats.parts == 1)
        unit.change(Seats.at(course_id=course_id), Seats.taken.add(1), when=(Seats.state == "open") & is_free & is_one)
    elif seats.capacity is None:
        is_open = (SeatPart.state == "open") & SeatPart.allotted.does_not_exist()
        named = SeatPart.at(course_id=course_id, part=part)
        changes = [SeatPart.taken.add(1), SeatPart.state.set("open")]
        unit.change(named, *changes, when=_PART_IS_NEW | is_open, or_create=True)
    else:
        is_free = (SeatPart.state == "open") & (SeatPart.taken < SeatPart.allotted)
        unit.change(SeatPart.at(course_id=course_id, part=part), SeatPart.taken.add(1), when=is_free)


def free(unit: Unit, seats: Seats, user_id: str) -> None:
    """Free a seat of somebody's own part, whichever they took: what counts is how many are left in all."""
    course_id = seats.course_id
    if int(seats.parts) == 1:
        is_one = Seats.parts.does_not_exist() | (Seats.parts == 1)
        unit.change(Seats.at(course_id=course_id), Seats.taken.add(-1), when=is_one)
    else:
        part = SeatPart.at(course_id=course_id, part=own_part(user_id))
        state = SeatPart.state.set(SeatPart.state | seats.state)
        unit.change(part, SeatPart.taken.add(-1), state, or_create=seats.capacity is None)


def refusal(failure: ConditionFailed, seats: Seats) -> Conflict | NotFound:
    """Say why no seat could be taken."""
    found = Entity.from_raw_data(failure.item) if failure.item else None
    state = found.state if isinstance(found, Seats | SeatPart) else seats.state
    if found is None or state != "open":
        return NotFound("There is no such course.")
    return Conflict("Every place in this course is taken.", code="COURSE_FULL")


def part_with_seats(seats: Seats, but: int) -> int | None:
    """Return another part that has most seats left, None when no part has any (1 storage request)."""
    if int(seats.parts) == 1:
        return None
    parts = [each for each in read_parts(seats.course_id) if each.allotted is not None and each.part != but]
    left = {int(each.part): int(each.allotted) - int(each.taken) for each in parts}
    best = max(left, key=lambda part: left[part], default=None)
    return best if best is not None and left[best] > 0 else None


def read_parts(course_id: str) -> list[SeatPart]:
    """Return the parts of a course's seats that there are (1 storage request)."""
    found = batch_fetch(_parts_of(course_id), consistent=True)
    return [each for each in found if isinstance(each, SeatPart)]


def set_state(unit: Unit, course_id: str, state: str) -> None:
    """Open or close all seats of a course (1 storage request to read)."""
    seats = Seats.require(course_id=course_id, consistent=True)
    same = (Seats.parts == seats.parts) | Seats.parts.does_not_exist()
    unit.change(seats, Seats.state.set(state), when=same)
    if int(seats.parts) > 1:
        for part in _parts_of(course_id):
            unit.change(part, SeatPart.state.set(state), or_create=seats.capacity is None)


def set_capacity(unit: Unit, course_id: str, capacity: int | None) -> None:
    """Give a course another number of seats, none fewer than are taken; hands them out anew to the parts, if any.

    Costs two storage requests to read. Raises RuleViolation CAPACITY_TOO_SMALL.
    """
    seats = Seats.require(course_id=course_id, consistent=True)
    known = {int(each.part): each for each in read_parts(course_id)} if int(seats.parts) > 1 else {}
    taken = int(seats.taken) + sum(int(each.taken) for each in known.values())
    if capacity is not None and taken > capacity:
        raise rule_violation("CAPACITY_TOO_SMALL", "There are more students in this course already.")
    seats.capacity, seats.parts = capacity, _parts_for(capacity)
    parts = [known.get(number) or named for number, named in enumerate(_parts_of(course_id))]
    if int(seats.parts) == 1:
        seats.taken = taken
        _drop(unit, parts if known else [])
    elif capacity is not None or known:
        shares = _shares(capacity - taken) if capacity is not None else [None] * PARTS
        for part, share in zip(parts, shares, strict=True):
            part.state, part.allotted = seats.state, None if share is None else int(part.taken) + share
            unit.save(part)
    unit.replace(seats)


def _drop(unit: Unit, parts: Sequence[SeatPart]) -> None:
    for part in parts:
        unit.remove(part, when=SeatPart.version == part.version if part.version else _PART_IS_NEW)


def _parts_for(capacity: int | None) -> int:
    return PARTS if capacity is None or capacity >= SPREAD_FROM else 1


def _parts_of(course_id: str) -> list[SeatPart]:
    return [SeatPart.at(course_id=course_id, part=part) for part in range(PARTS)]


def _shares(count: int) -> list[int]:
    return [count // PARTS + (part < count % PARTS) for part in range(PARTS)]
