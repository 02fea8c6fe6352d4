"""The tree of the catalogue: one set of rules for every kind of node, told apart by declarations.

A parent counts its children in the transaction that adds or removes one, so that "refused while it has children"
holds under any race. The courses of a department are another domain's: whether there are any is asked of their index.
"""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel
from pynamodb.expressions.condition import Condition

from lyceum.kit import ids
from lyceum.kit.errors import Conflict, NotFound
from lyceum.kit.frozen import frozen
from lyceum.kit.table import Entity, Slice, Unit, find
from lyceum.kit.values.text import normalise
from lyceum.model.audit import AuditEvent, audit
from lyceum.model.catalog import Department, Faculty, Topic, University
from lyceum.model.courses.course import Course

E = TypeVar("E", bound=Entity)
_FIRST_CHILDREN = 100


@frozen
class Kind(Generic[E]):
    """A kind of node: its entity, its id, what it hangs on, what hangs on it, and what it takes over from its parent.

    Only children that match `listed` are shown in lists.
    """

    entity: type[E]
    id_name: str
    parent: type[Entity] | None = None
    parent_id_name: str | None = None
    child: type[Entity] | None = None
    inherits: tuple[str, ...] = ()
    is_counted: bool = True
    listed: Condition | None = None


UNIVERSITY = Kind(University, "university_id", child=Faculty)
FACULTY = Kind(Faculty, "faculty_id", University, "university_id", Department)
DEPARTMENT = Kind(
    Department,
    "department_id",
    Faculty,
    "faculty_id",
    Course,
    inherits=("university_id",),
    listed=Course.status == "published",
)
TOPIC = Kind(Topic, "topic_id", Course, "course_id", inherits=("department_id",), is_counted=False)


def create(kind: Kind[E], wanted: BaseModel) -> E:
    """Add a node below its parent; raises NotFound when there is no such parent."""
    values = wanted.model_dump(mode="json") | {kind.id_name: ids.new_id()}
    unit = Unit()
    if kind.parent and kind.parent_id_name:
        named = {kind.parent_id_name: values[kind.parent_id_name]}
        if kind.inherits:
            parent = kind.parent.require(**named)
            values |= {name: getattr(parent, name) for name in kind.inherits}
        missing = NotFound(f"There is no such {kind.parent.noun}.")
        if kind.is_counted:
            unit.change(kind.parent.at(**named), kind.parent.child_count.add(1), refuse=missing)  # type: ignore[attr-defined]
        else:
            unit.check(kind.parent.at(**named), Entity.pk.exists(), refuse=missing)
    node = kind.entity(**_sortable(values))
    unit.create(node).create(_act(kind, "create", values[kind.id_name])).commit()
    return node


def details(kind: Kind[E], node_id: str) -> tuple[E, list[Any]]:
    """Read a node and its first hundred children: two requests."""
    node = kind.entity.require(**_named(kind, node_id))
    return node, children(kind, node_id, limit=_FIRST_CHILDREN).items


def children(kind: Kind[Any], node_id: str, *, limit: int, after: dict[str, Any] | None = None) -> Slice[Any]:
    """Read a page of a node's children in their order: one request."""
    assert kind.child is not None  # noqa: S101 - a declaration, not input
    return find(kind.child, index="gsi1", limit=limit, after=after, where=kind.listed, **_named(kind, node_id))


def update(kind: Kind[E], node_id: str, wanted: BaseModel, if_match: int | None) -> E:
    """Replace a node's own fields; raises NotFound, and PreconditionFailed or Conflict when it changed meanwhile."""
    node = kind.entity.require(**_named(kind, node_id))
    for name, value in _sortable(wanted.model_dump(mode="json")).items():
        setattr(node, name, value)
    Unit().replace(node, expect=if_match).create(_act(kind, "change", node_id)).commit()
    return node


def remove(kind: Kind[Any], node_id: str) -> None:
    """Remove a node; raises NotFound, and Conflict HAS_CHILDREN while something hangs on it."""
    node = kind.entity.require(**_named(kind, node_id))
    refuse = Conflict(f"This {kind.entity.noun} is not empty.", code="HAS_CHILDREN")
    if kind is DEPARTMENT and find(Course, index="gsi1", department_id=node_id, limit=1).items:
        raise refuse
    count = kind.entity.question_count if kind is TOPIC else kind.entity.child_count
    unit = Unit().remove(node, when=count == 0, refuse=refuse)
    if kind.parent and kind.parent_id_name and kind.is_counted:
        parent = kind.parent.at(**{kind.parent_id_name: getattr(node, kind.parent_id_name)})
        unit.change(parent, kind.parent.child_count.add(-1))  # type: ignore[attr-defined]
    unit.create(_act(kind, "remove", node_id)).commit()


def _act(kind: Kind[Any], verb: str, node_id: str) -> AuditEvent:
    """Describe a change of the catalogue, which is everybody's."""
    return audit(f"{kind.entity.noun}.{verb}", node_id, before={}, after={})


def _sortable(values: dict[str, Any]) -> dict[str, Any]:
    return values | {"sort_name": normalise(values["name"])} if "name" in values else values


def _named(kind: Kind[Any], node_id: str) -> dict[str, Any]:
    return {kind.id_name: node_id}
