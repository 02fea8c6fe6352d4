"""Invitations: a role offered to somebody who has no account yet."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Invitation(Entity, discriminator="invitation"):
    """An offer of a role, good for one registration with its e-mail address until `expires_at`.

    No secret is stored: the token is a signature over the invitation (`lyceum.rules.invitations`).

    - `inviter_id`: who made it; it is good only while that user may still give the role.
    - `withdrawn_at`: when an administrator took it back, or its maker lost the right to it.
    """

    keys = Keys(
        "INVITATION#{invitation_id}",
        "INVITATION",
        gsi1=Index("INVITATIONS#all", "{invitation_id}"),
        gsi2=Index("INVITER#{inviter_id}", "{invitation_id}"),
    )
    noun = "invitation"

    invitation_id = UnicodeAttribute()
    role = UnicodeAttribute()
    email = UnicodeAttribute()
    language = UnicodeAttribute(default="en")
    inviter_id = UnicodeAttribute()
    expires_at = Moment()
    accepted_at = Moment(null=True)
    accepted_by = UnicodeAttribute(null=True)
    withdrawn_at = Moment(null=True)
