"""Who a statement is about. Storage holds the id alone, so a statement names nobody once the account is gone."""

from lyceum.kit.errors import Forbidden, rule_violation
from lyceum.kit.identity import Principal
from lyceum.kit.settings import settings
from lyceum.rules import sign_in_names

from functions.integrations.statements.schemas import Account, Agent


def agent(user_id: str) -> dict[str, object]:
    """Name a learner to content and to stores: by the account here, which is no name and no address."""
    return {"objectType": "Agent", "account": {"homePage": settings().api_url, "name": user_id}}


def user_id_of(caller: Principal, actor: Agent, seen: dict[str, str]) -> str:
    """Return the id of whom a statement is about; `seen` holds addresses that were looked up.

    Learners speak of themselves, programs by an API key of everybody. Raises Forbidden, RuleViolation UNKNOWN_ACTOR.
    """
    found = _account(actor.account) if actor.account else _holder(actor.mbox, seen)
    if found is None:
        raise rule_violation("UNKNOWN_ACTOR", "The actor is nobody here.", field="actor")
    if caller.key is None and found != caller.user_id:
        raise Forbidden("A learner's statements are about the learner.")
    return found


def _account(account: Account) -> str | None:
    is_here = account.home_page.rstrip("/") == settings().api_url.rstrip("/")
    return account.name if is_here and account.name.isalnum() else None


def _holder(mbox: str | None, seen: dict[str, str]) -> str | None:
    if mbox is None:
        return None
    if mbox not in seen:
        seen[mbox] = sign_in_names.holder_of(mbox.removeprefix("mailto:")) or ""
    return seen[mbox] or None
