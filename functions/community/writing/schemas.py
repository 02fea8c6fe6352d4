"""What is common to all that callers send and get here."""

from typing import Annotated

from pydantic import Field

from lyceum.kit.http import Schema
from lyceum.kit.http.schemas import Id
from lyceum.kit.values.text import SharedText

Text = Annotated[SharedText, Field(min_length=1)]
"""A text of up to 20 000 characters, sanitised; LaTeX and uploaded pictures (`upload:ID`) stay in it."""
ChatText = Annotated[SharedText, Field(min_length=1, max_length=4000)]
ImageIds = Annotated[list[Id], Field(max_length=6)]


class AuthorView(Schema):
    """Who wrote something, by the name that they show others; the id is absent once the account is gone."""

    user_id: str | None = None
    name: str
    is_former_member: bool = False


class HeldReason(Schema):
    """Why something is held: the rule, and a sentence for its author."""

    rule: str
    message: str
