"""What a directory of an organisation (SCIM) says of people and groups here. Its administrators read it."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class DirectoryLink(Entity, discriminator="directory_link"):
    """What the directory calls a user.

    - `user_name`: the name in the directory, as it was written there.
    - `external_id`: its own id of the person.
    - `released_at`: when the directory let go of the person, whose account is suspended since; None while it knows
      them.
    """

    keys = Keys(
        "DIRECTORYLINK#{user_id}",
        "LINK",
        gsi1=Index("DIRECTORYEXTERNAL#{external_id}", "{user_id}"),
    )
    noun = "directory entry"

    user_id = UnicodeAttribute()
    user_name = UnicodeAttribute()
    external_id = UnicodeAttribute(null=True)
    released_at = Moment(null=True)


class DirectoryGroup(Entity, discriminator="directory_group"):
    """A group of the directory. It gives no rights here."""

    keys = Keys("DIRECTORYGROUPS#all", "{group_id}")
    noun = "group"

    group_id = UnicodeAttribute()
    display_name = UnicodeAttribute()
    external_id = UnicodeAttribute(null=True)


class DirectoryMember(Entity, discriminator="directory_member"):
    """Somebody belongs to a group of the directory."""

    keys = Keys("DIRECTORYMEMBERS#{group_id}", "{user_id}")
    noun = "member"

    group_id = UnicodeAttribute()
    user_id = UnicodeAttribute()
