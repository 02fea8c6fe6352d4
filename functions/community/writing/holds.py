"""What is held: seen by its author and moderators alone."""

from typing import Any

from lyceum.kit.identity import Principal

from functions.community.writing import people
from functions.community.writing.schemas import HeldReason


def may_see(caller: Principal, author_id: str | None, held: Any) -> bool:
    """Say whether the caller sees something, held or not."""
    return not held or caller.user_id == author_id or people.is_staff(caller)


def reasons(held: Any) -> list[HeldReason] | None:
    """Show why something is held; None when it is not."""
    return [HeldReason.model_validate(each) for each in held] if held else None
