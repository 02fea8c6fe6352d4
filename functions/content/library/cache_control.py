"""Who may keep an answer, and for how long (RFC 9111)."""

from lyceum.kit.http.exchange import AnswerHeaders
from lyceum.kit.identity import Principal

from functions.content.library.schemas import ContentFilter

_PUBLIC = "public, max-age=60, stale-while-revalidate=300"
_PRIVATE = "private, no-cache"


def set_header(answer: AnswerHeaders, caller: Principal | None, *, is_public: bool) -> None:
    """Let anybody keep for a minute what everybody may see; a caller's own browser keeps the rest and revalidates."""
    answer.headers["Cache-Control"] = _PUBLIC if is_public and caller is None else _PRIVATE


def is_same_for_everybody(query: ContentFilter) -> bool:
    """Say whether a list is the same for everybody."""
    return not query.mine and not query.offline and query.status == "published"
