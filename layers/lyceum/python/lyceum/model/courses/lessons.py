"""Lessons of courses; their texts stand apart, so that lists do not read them."""

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class Lesson(Entity, discriminator="lesson"):
    """A lesson without its text. `upload_ids` are its files, `content_id` an item of the library that it shows."""

    keys = Keys("LESSON#{lesson_id}", "LESSON")
    noun = "lesson"

    lesson_id = UnicodeAttribute()
    course_id = UnicodeAttribute()
    title = UnicodeAttribute()
    summary = UnicodeAttribute(null=True)
    format = UnicodeAttribute()
    duration_minutes = NumberAttribute(null=True)
    is_required = BooleanAttribute(default=True)
    is_preview = BooleanAttribute(default=False)
    content_id = UnicodeAttribute(null=True)
    upload_ids: ListAttribute[str] = ListAttribute(default=list)


class LessonBody(Entity, discriminator="lesson_body"):
    """The text of a lesson: sanitised rich text."""

    keys = Keys("LESSON#{lesson_id}", "TEXT")
    noun = "lesson text"

    lesson_id = UnicodeAttribute()
    body = UnicodeAttribute()
