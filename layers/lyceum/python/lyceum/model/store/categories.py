"""Categories of products: a tree."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class Category(Entity, discriminator="product_category"):
    """A node of the tree. Everybody may read it; staff who administer write it.

    All of a tenant stand in one partition, which is read as a whole and seldom, since answers are shared.

    - `parent_id`: None at the top.
    - `rank`: where it stands among its siblings.
    - `product_count`: active products right below it, by which its removal is refused.
    """

    keys = Keys("STORECATEGORY#all", "CATEGORY#{category_id}")
    noun = "category"

    category_id = UnicodeAttribute()
    parent_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute()
    rank = NumberAttribute(default=0)
    product_count = NumberAttribute(default=0)


class CategoryTree(Entity, discriminator="product_category_tree"):
    """The shape of the tree: whoever changes it writes this item too, so of two changes at once one begins anew."""

    keys = Keys("STORECATEGORY#all", "TREE")
    noun = "tree of categories"

    size = NumberAttribute(default=0)
