"""Categories: a tree that has no circle, whoever moves its branches at once.

Whoever changes the shape writes the tree's own item on the condition that nobody did meanwhile, and begins anew if
somebody did.
"""

from lyceum.kit import ids
from lyceum.kit.errors import Conflict, NotFound, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.table import Unit, fetch_partition, retry_on_conflict
from lyceum.model.store.categories import Category, CategoryTree
from lyceum.rules import audits

from functions.store.catalogue.schemas import CategoryNode, CategoryTreeView, CategoryView, SetCategory

MOST_CATEGORIES = 500
MOST_DEPTH = 8
_Tree = tuple[CategoryTree, dict[str, Category]]


def tree() -> CategoryTreeView:
    """Show all categories as a tree (1 request)."""
    _, nodes = _read(consistent=False)
    shown = {each.category_id: CategoryNode.model_validate(each) for each in nodes.values()}
    top: list[CategoryNode] = []
    for node in sorted(shown.values(), key=lambda each: (each.rank, each.title, each.category_id)):
        parent = shown.get(node.parent_id or "")
        (parent.children if parent else top).append(node)
    return CategoryTreeView(categories=top)


def with_those_below(category_id: str) -> list[str]:
    """Return a category and all below it (1 request); one that there is not stands for itself."""
    _, nodes = _read(consistent=False)
    found = [category_id]
    for name in found:
        found += [each.category_id for each in nodes.values() if each.parent_id == name]
    return found


def create(caller: Principal, wanted: SetCategory) -> CategoryView:
    """Make a category.

    Raises NotFound for a parent that there is not, RuleViolation TOO_MANY_CATEGORIES and TREE_TOO_DEEP.
    """
    category_id = ids.new_id()

    def work() -> Category:
        shape, nodes = _read()
        if len(nodes) >= MOST_CATEGORIES:
            raise rule_violation("TOO_MANY_CATEGORIES", f"There are at most {MOST_CATEGORIES} categories.")
        _require_place(nodes, category_id, wanted.parent_id)
        made = Category(category_id=category_id, **wanted.model_dump())
        shape.size = int(shape.size) + 1
        unit = Unit().save(shape).create(made)
        audits.note(unit, caller.user_id, None, "category.create", category_id, after=wanted.model_dump())
        unit.commit()
        return made

    return CategoryView.model_validate(retry_on_conflict(work))


def change(caller: Principal, category_id: str, wanted: SetCategory) -> CategoryView:
    """Change a category, or move it with all below it.

    Raises NotFound, RuleViolation CATEGORY_CIRCLE when it would stand below itself, and TREE_TOO_DEEP.
    """

    def work() -> Category:
        shape, nodes = _read()
        found = _required(nodes, category_id)
        before = CategoryView.model_validate(found).model_dump(exclude={"product_count", "category_id"})
        _require_place(nodes, category_id, wanted.parent_id)
        for name, value in wanted.model_dump().items():
            setattr(found, name, value)
        unit = Unit().save(shape).amend(found, "title", "parent_id", "rank")
        after = wanted.model_dump()
        audits.note(unit, caller.user_id, None, "category.change", category_id, before=before, after=after)
        unit.commit()
        return found

    return CategoryView.model_validate(retry_on_conflict(work))


def remove(caller: Principal, category_id: str) -> None:
    """Remove a category; raises NotFound, and Conflict IN_USE while something stands in it."""
    in_use = Conflict("Something stands in this category. Move it first.", code="IN_USE")

    def work() -> None:
        shape, nodes = _read()
        _required(nodes, category_id)
        if any(each.parent_id == category_id for each in nodes.values()):
            raise in_use
        shape.size = int(shape.size) - 1
        unit = Unit().save(shape)
        unit.remove(Category.at(category_id=category_id), when=Category.product_count == 0, refuse=in_use)
        audits.note(unit, caller.user_id, None, "category.delete", category_id)
        unit.commit()

    retry_on_conflict(work)


def count(unit: Unit, category_id: str, change: int) -> None:
    """Add to a unit that a category has more or fewer products; `commit` raises NotFound when there is none."""
    missing = NotFound("There is no such category.")
    unit.change(Category.at(category_id=category_id), Category.product_count.add(change), refuse=missing)


def _read(*, consistent: bool = True) -> _Tree:
    items = fetch_partition(CategoryTree, consistent=consistent)
    shape = next((each for each in items if isinstance(each, CategoryTree)), None)
    return shape or CategoryTree(), {each.category_id: each for each in items if isinstance(each, Category)}


def _required(nodes: dict[str, Category], category_id: str) -> Category:
    if category_id not in nodes:
        raise NotFound("There is no such category.")
    return nodes[category_id]


def _require_place(nodes: dict[str, Category], category_id: str, parent_id: str | None) -> None:
    """Refuse a place below itself, below nothing, or so deep that what is below it would be out of reach."""
    above = 0
    while parent_id is not None:
        if parent_id == category_id:
            raise rule_violation("CATEGORY_CIRCLE", "A category can not stand below itself.", field="parentId")
        parent_id = _required(nodes, parent_id).parent_id
        above += 1
    if above + _height(nodes, category_id) > MOST_DEPTH:
        raise rule_violation("TREE_TOO_DEEP", f"Categories stand at most {MOST_DEPTH} deep.", field="parentId")


def _height(nodes: dict[str, Category], category_id: str) -> int:
    level, height = [category_id], 0
    while level:
        height += 1
        level = [each.category_id for each in nodes.values() if each.parent_id in level]
    return height
