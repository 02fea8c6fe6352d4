"""Passages: what several questions are about. They are shown with those questions, and never apart from them."""

from typing import Any

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Keys, Moment


class Passage(Entity, discriminator="passage"):
    """A text, picture or recording as it stands now.

    - `form`: `text`, `picture` or `recording`.
    - `alternative`: what a picture shows or a recording says, for those who can not see or hear it.
    - `question_ids`: its questions, whatever their state.
    """

    keys = Keys("PASSAGE#{passage_id}", "PASSAGE")
    noun = "passage"

    passage_id = UnicodeAttribute()
    author_id = UnicodeAttribute()
    form = UnicodeAttribute()
    title = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    upload_id = UnicodeAttribute(null=True)
    alternative = UnicodeAttribute(null=True)
    revision = NumberAttribute(default=1)
    question_ids = UnicodeSetAttribute(null=True)


class PassageRevision(Entity, discriminator="passage_revision"):
    """An earlier revision of a passage; kept when a newer one replaces it."""

    keys = Keys("PASSAGE#{passage_id}", "REV#{revision:06d}")
    noun = "revision"

    passage_id = UnicodeAttribute()
    revision = NumberAttribute()
    written_at = Moment()
    written_by = UnicodeAttribute(null=True)
    fields: Any = JSONAttribute()
