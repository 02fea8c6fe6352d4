"""The directory of people: what an admin finds somebody by, and how many there are. It follows from events."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys


class DirectoryTerm(Entity, discriminator="directory_term"):
    """A text that a user is found by.

    - `slot`: name, surname, username or email; a new text takes the place of the old one in its slot.
    - `term`: the text, normalised as searches are.
    """

    keys = Keys("TERMS#{user_id}", "{slot}", gsi1=Index("DIRECTORY#all", "{term}#{user_id}"))
    noun = "directory entry"

    user_id = UnicodeAttribute()
    slot = UnicodeAttribute()
    term = UnicodeAttribute()


class UserCount(Entity, discriminator="user_count"):
    """How many accounts there are that are not deleted: in the group `all`, or of one role."""

    keys = Keys("USERCOUNT#all", "{group}")
    noun = "count"

    group = UnicodeAttribute()
    total = NumberAttribute(default=0)
