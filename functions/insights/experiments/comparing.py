"""Comparing shares of two groups as often as one likes.

The test is the mixture sequential probability ratio test (Johari, Pekelis and Walsh 2015, "Always Valid Inference",
section 4) for the difference of two shares, with a normal mixture whose spread is the effect that matters. By Ville's
inequality the chance that its p-value ever falls below a bound, where there is no difference, is at most that bound,
whenever one looks. The interval is its inversion, and holds the true difference at all times together.
"""

from collections.abc import Sequence
from math import erfc, exp, log, sqrt

from lyceum.kit.frozen import frozen

LEAST_USERS = 100
"""In each group; with fewer the normal approximation is not to be trusted, so nothing is claimed."""
_MOST_EXPONENT = 700.0


@frozen
class Group:
    """Users of a variant, and how many of them reached something."""

    users: int
    reached: int

    @property
    def share(self) -> float:
        """The share of those who reached it, 0 without users."""
        return self.reached / self.users if self.users else 0.0


@frozen
class Comparison:
    """The difference of two shares, its bounds at all times together, and its always-valid p-value."""

    effect: float
    low: float
    high: float
    p_value: float


def compare(control: Group, variant: Group, *, spread: float, alpha: float = 0.05) -> Comparison:
    """Compare two groups; `spread` is the difference that matters. Without enough users nothing is claimed."""
    effect = variant.share - control.share
    if min(control.users, variant.users) < LEAST_USERS:
        return Comparison(effect, -1.0, 1.0, 1.0)
    variance = _variance(control) + _variance(variant)
    mixed = spread * spread
    exponent = mixed * effect * effect / (2 * variance * (variance + mixed))
    ratio = sqrt(variance / (variance + mixed)) * exp(min(_MOST_EXPONENT, exponent))
    wide = sqrt(variance * (variance + mixed) / mixed * (2 * log(1 / alpha) + log((variance + mixed) / variance)))
    return Comparison(effect, max(-1.0, effect - wide), min(1.0, effect + wide), min(1.0, 1 / ratio))


def _variance(group: Group) -> float:
    """Return the variance of a share, of one success and one failure more (Agresti and Caffo 2000), so never zero."""
    share = (group.reached + 1) / (group.users + 2)
    return share * (1 - share) / group.users


def mismatch(users: Sequence[int], weights: Sequence[int]) -> float:
    """Return how likely numbers of users so unlike their weights are (chi-square, approximated by Wilson and Hilferty).

    A very small value says that users are not parted as they should be, and that nothing else can be trusted.
    """
    total, whole = sum(users), sum(weights)
    if not total or len(users) < 2:
        return 1.0
    expected = [total * weight / whole for weight in weights]
    distance = sum((seen - due) ** 2 / due for seen, due in zip(users, expected, strict=True))
    freedom = len(users) - 1
    if freedom == 1:
        return erfc(sqrt(distance / 2))
    scale = 2 / (9 * freedom)
    normal = ((distance / freedom) ** (1 / 3) - (1 - scale)) / sqrt(scale)
    return erfc(normal / sqrt(2)) / 2
