"""Classes of a teacher, and the cards by which pupils without an e-mail address sign in.

A card shows the class's join code, a username and a PIN. The PIN's hash lies in a family of its own, `PIN#`, which the
users function may write and only the auth function may read.
"""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Classroom(Entity, discriminator="classroom"):
    """A teacher's class."""

    keys = Keys("CLASS#{class_id}", "CLASS")
    noun = "class"

    class_id = UnicodeAttribute()
    teacher_id = UnicodeAttribute()
    name = UnicodeAttribute()
    join_code = UnicodeAttribute()


class JoinCode(Entity, discriminator="join_code"):
    """The code that names a class on its pupils' cards; it exists once a tenant, which keeps it unique."""

    keys = Keys("JOINCODE#{join_code}", "JOINCODE")
    noun = "join code"

    join_code = UnicodeAttribute()
    class_id = UnicodeAttribute()


class ClassMember(Entity, discriminator="class_member"):
    """Somebody belongs to a class and holds a card that its teacher issued."""

    keys = Keys("CLASS#{class_id}", "MEMBER#{user_id}")
    noun = "class member"

    class_id = UnicodeAttribute()
    user_id = UnicodeAttribute()


class PinCard(Entity, discriminator="pin_card"):
    """The PIN of a pupil, hashed (`lyceum.kit.identity.hashing`); it signs in together with the class's join code."""

    keys = Keys("PIN#{user_id}", "CARD")
    noun = "card"

    user_id = UnicodeAttribute()
    class_id = UnicodeAttribute()
    join_code = UnicodeAttribute()
    pin_hash = UnicodeAttribute()
    issued_at = Moment()
