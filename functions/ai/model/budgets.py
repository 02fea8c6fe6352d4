"""Budgets of tokens, per tenant and month and per user and day: taken before a call, settled after it."""

from datetime import timedelta

from lyceum.kit import clock
from lyceum.kit.configuration import limits
from lyceum.kit.errors import RateLimited
from lyceum.kit.table import Unit
from lyceum.model.ai.asking import ModelBudget

_CHARACTERS_A_TOKEN = 3
_PICTURE_TOKENS = 2000
_KEPT = timedelta(days=62)
_HOUR = 3600


def estimate(words: int, most_tokens: int, *, has_picture: bool = False) -> int:
    """Return how many tokens a call takes at most, from the characters that are sent and the longest answer."""
    return -(-words // _CHARACTERS_A_TOKEN) + most_tokens + (_PICTURE_TOKENS if has_picture else 0)


def _both(user_id: str) -> list[tuple[ModelBudget, int, str]]:
    now = clock.now()
    return [
        (ModelBudget.at(scope="tenant", period=f"{now:%Y-%m}"), limits.value("ai_tokens_monthly"), "this month"),
        (ModelBudget.at(scope=user_id, period=f"{now:%Y-%m-%d}"), limits.value("ai_tokens_daily_user"), "today"),
    ]


def take(user_id: str, tokens: int) -> None:
    """Count tokens before they are spent (1 transaction); raises RateLimited MODEL_BUDGET_SPENT."""
    unit = Unit()
    for budget, most, period in _both(user_id):
        spent = RateLimited(
            f"What language models may read and write {period} is spent.",
            code="MODEL_BUDGET_SPENT",
            retry_after_seconds=_HOUR,
        )
        if tokens > most:
            raise spent
        fits = ModelBudget.tokens.does_not_exist() | (ModelBudget.tokens <= most - tokens)
        changes = [ModelBudget.tokens.add(tokens), ModelBudget.ttl.set(clock.now() + _KEPT)]
        unit.change(budget, *changes, when=fits, or_create=True, refuse=spent)
    unit.commit()


def settle(user_id: str, taken: int, used: int, unit: Unit) -> None:
    """Add to a unit that a call used other tokens than were taken for it."""
    for budget, _, _ in _both(user_id):
        unit.change(budget, ModelBudget.tokens.add(used - taken), or_create=True)
