"""Invitations: a role offered to somebody who has no account yet."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Invitation(Entity, discriminator="invitation"):
    """An offer of a role, good for one registration with its e-mail address until `expires_at`.

    No secret is stored: the token is a signature over the invitation (`lyceum.rules.invitations`).
    """

    keys = Keys("INVITATION#{invitation_id}", "INVITATION")
    noun = "invitation"

    invitation_id = UnicodeAttribute()
    role = UnicodeAttribute()
    email = UnicodeAttribute()
    language = UnicodeAttribute(default="en")
    inviter_id = UnicodeAttribute()
    expires_at = Moment()
    accepted_at = Moment(null=True)
    accepted_by = UnicodeAttribute(null=True)
