"""A student's own notes, and the questions that they want to find again."""

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Index, Keys, Moment


class Note(Entity, discriminator="note"):
    """A note on a question, topic or lesson, for its owner's eyes alone; `text` is sanitised rich text.

    `copy_of` names the note that this one is a conflicting copy of.
    """

    keys = Keys("NOTE#{user_id}", "{note_id}", gsi1=Index("NOTESABOUT#{user_id}", "{about}#{about_id}#{note_id}"))
    noun = "note"

    user_id = UnicodeAttribute()
    note_id = UnicodeAttribute()
    kind_of_note = UnicodeAttribute(default="explanation")
    about = UnicodeAttribute()
    about_id = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    text = UnicodeAttribute()
    tags: ListAttribute[str] = ListAttribute(default=list)
    is_done = BooleanAttribute(default=False)
    copy_of = UnicodeAttribute(null=True)


class NoteCount(Entity, discriminator="note_count"):
    """How many notes a user wrote on a day (UTC)."""

    keys = Keys("NOTECOUNT#{user_id}", "{day}")
    noun = "note count"

    user_id = UnicodeAttribute()
    day = UnicodeAttribute()
    written = NumberAttribute(default=0)


class Bookmark(Entity, discriminator="bookmark"):
    """A question that a user wants to find again; `mark` is review_later, difficult or important."""

    keys = Keys(
        "BOOKMARK#{user_id}", "{question_id}", gsi1=Index("BOOKMARKSBYTIME#{user_id}", "{marked_at}#{question_id}")
    )
    noun = "bookmark"

    user_id = UnicodeAttribute()
    question_id = UnicodeAttribute()
    topic_id = UnicodeAttribute(null=True)
    course_id = UnicodeAttribute(null=True)
    mark = UnicodeAttribute(default="review_later")
    remark = UnicodeAttribute(null=True)
    marked_at = Moment()
