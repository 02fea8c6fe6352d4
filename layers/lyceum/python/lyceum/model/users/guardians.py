"""Guardians: links between a child and somebody who looks after it. A link is a relation and no role."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Guardianship(Entity, discriminator="guardianship"):
    """A link between a child and a guardian; it is deleted when either of them ends it.

    No secret is stored: the token that accepts it is a signature over the invitation (`lyceum.rules.guardians`).

    - `guardian_id`: names the link, from the invitation on.
    - `adult_id`: the guardian's account; None until the invitation is accepted.
    - `email`: where the invitation was sent; removed when it is accepted.
    - `invited_by`: the child, or an administrator of its school.
    - `expires_at`: until when the invitation is good.
    """

    keys = Keys("GUARDIANS#{child_id}", "{guardian_id}", gsi1=Index("GUARDED#{adult_id}", "{child_id}#{guardian_id}"))
    noun = "guardian"

    child_id = UnicodeAttribute()
    guardian_id = UnicodeAttribute()
    adult_id = UnicodeAttribute(null=True)
    relation = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    language = UnicodeAttribute(default="en")
    invited_by = UnicodeAttribute()
    expires_at = Moment()
    linked_at = Moment(null=True)
