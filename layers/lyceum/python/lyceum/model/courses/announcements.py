"""Announcements, and which students they have reached."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class Announcement(Entity, discriminator="announcement"):
    """What an instructor tells a course, or an admin everybody (audience `all`); never changed once posted."""

    keys = Keys("ANNOUNCEMENT#{audience}", "{announcement_id}")
    noun = "announcement"

    audience = UnicodeAttribute()
    announcement_id = UnicodeAttribute()
    course_id = UnicodeAttribute(null=True)
    author_id = UnicodeAttribute()
    title = UnicodeAttribute()
    body = UnicodeAttribute()


class AnnouncementReceipt(Entity, discriminator="announcement_receipt"):
    """A course's announcement has reached one of its students."""

    keys = Keys("ANNOUNCEMENTRECEIPT#{user_id}", "{announcement_id}")
    noun = "receipt of an announcement"

    user_id = UnicodeAttribute()
    announcement_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
