"""The directory of people: what an admin finds somebody by, and how many there are. It follows from events."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys


class DirectoryTerm(Entity, discriminator="person_term"):
    """A text that a user is found by. Each has a slot, so that a new text takes the place of the old: name, surname, username, email."""

    keys = Keys("PERSON#{user_id}", "{slot}", gsi1=Index("PEOPLE#all", "{term}#{user_id}"))
    noun = "directory entry"

    user_id = UnicodeAttribute()
    slot = UnicodeAttribute()
    term = UnicodeAttribute()


class UserCount(Entity, discriminator="user_count"):
    """How many accounts there are that are not deleted: in the group `all`, or of one role."""

    keys = Keys("TALLY#users", "{group}")
    noun = "count"

    group = UnicodeAttribute()
    total = NumberAttribute(default=0)
