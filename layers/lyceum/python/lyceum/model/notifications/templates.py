"""The words that a tenant uses for its notifications in place of the product's own."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class NotificationTemplate(Entity, discriminator="notification_template"):
    """The words of a kind of notification on one channel in one language, as the tenant has them now.

    - `template_id`: `<type>.<channel>.<language>`; the channel is `inbox`, `email`, `sms` or `push`.
    - `title`, `body`: words with `{placeholders}`.
    - `number`: of the version that holds; each edit makes the next one.
    - `is_own`: False after the tenant went back to the product's words.
    """

    keys = Keys("NOTICETEMPLATES#all", "{template_id}")
    noun = "template"

    template_id = UnicodeAttribute()
    title = UnicodeAttribute(default="")
    body = UnicodeAttribute(default="")
    number = NumberAttribute(default=0)
    is_own = BooleanAttribute(default=False)


class TemplateVersion(Entity, discriminator="template_version"):
    """A template as it was saved once; never changed.

    - `place`: its number in six digits, so that versions are in order.
    - `is_own`: False of a version that went back to the product's words.
    """

    keys = Keys("NOTICETEMPLATE#{template_id}", "{place}")
    noun = "version of the template"

    template_id = UnicodeAttribute()
    place = UnicodeAttribute()
    title = UnicodeAttribute(default="")
    body = UnicodeAttribute(default="")
    is_own = BooleanAttribute(default=False)
