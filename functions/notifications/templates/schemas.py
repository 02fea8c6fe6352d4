"""What administrators send and get of templates."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Timestamp
from lyceum.messages.catalogue import Language

from functions.notifications.schemas import KindName

TemplateChannel = Literal["inbox", "email", "sms", "push"]
Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=120, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""One line of words, with `{placeholders}`."""
Body = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, strip_whitespace=True, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$"),
]
"""Lines of words, with `{placeholders}`."""


class TemplateQuery(Listing):
    """Which templates to list.

    - `type`: only those of this kind of notification.
    - `channel`: only those of this channel.
    - `language`: only those in this language.
    """

    type: KindName | None = None
    channel: TemplateChannel | None = None
    language: Language | None = None


class EditTemplate(Request):
    """New words of a template, or the way back.

    - `action`: `preview` shows the words as a reader would see them, and saves nothing; `save` saves words that were
      previewed; `restore` takes those of an earlier version; `reset` goes back to the product's own.
      `try` sends previewed words of a mail to the caller's own address, and saves nothing.
    - `previewToken`: of the preview of these very words.
    - `number`: of the version to restore.
    """

    action: Literal["preview", "try", "save", "restore", "reset"] = "preview"
    title: Title | None = None
    body: Body | None = None
    preview_token: Annotated[str, StringConstraints(max_length=200)] | None = None
    number: Annotated[int, Field(ge=1, le=999_999)] | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.action in {"preview", "try", "save"} and not (self.title and self.body):
            raise ValueError("title and body are needed")
        if self.action == "restore" and self.number is None:
            raise ValueError("the number of a version is needed")
        return self


class TemplatePreview(Schema):
    """A message as its reader gets it, with stand-ins for what differs; `text` and `html` are those of the mail."""

    title: str
    body: str
    text: str | None = None
    html: str | None = None


class TemplateVersionView(Schema):
    """An earlier version of a template; one that is not `isOwn` went back to the product's words."""

    number: int
    title: str
    body: str
    is_own: bool
    saved_at: Timestamp
    saved_by: str


class TemplateView(Schema):
    """The words of a kind of notification on a channel in a language.

    - `isOwn`: whether they are the tenant's own; otherwise a channel says what the inbox says.
    - `placeholders`: what may stand in braces.
    - `versions`: the latest fifty, where one template is asked for by type, channel and language.
    """

    template_id: str
    type: str
    channel: TemplateChannel
    language: str
    title: str
    body: str
    is_own: bool
    is_mandatory: bool
    placeholders: list[str]
    number: int
    version: int
    updated_at: Timestamp | None = None
    updated_by: str | None = None
    versions: list[TemplateVersionView] | None = None
    preview: TemplatePreview | None = None
    preview_token: str | None = None
