"""Whether somebody consents to something at present."""

from lyceum.kit.table import find
from lyceum.model.users.privacy import ConsentRecord


def has_given(user_id: str, purpose: str) -> bool:
    """Say whether the latest decision about a purpose, a user's or their guardian's, was a consent (1 request)."""
    latest = find(ConsentRecord, user_id=user_id, purpose=purpose, limit=1, descending=True).items
    return bool(latest and latest[0].is_given)
