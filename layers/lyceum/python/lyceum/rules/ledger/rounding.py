"""Parts of amounts, in whole minor units and without binary fractions."""

from collections.abc import Sequence
from decimal import Decimal


def portion(amount: int, numerator: int, denominator: int) -> int:
    """Return amount x numerator / denominator, rounded once, half to even; raises ValueError for no denominator."""
    if denominator <= 0:
        raise ValueError("a part is of something")
    quotient, rest = divmod(amount * numerator, denominator)
    return quotient + (2 * rest > denominator or (2 * rest == denominator and quotient % 2 == 1))


def percentage(amount: int, percent: str) -> int:
    """Return so many per cent of an amount, rounded once, half to even."""
    numerator, denominator = Decimal(percent).as_integer_ratio()
    return portion(amount, numerator, denominator * 100)


def tax_within(amount: int, percent: str | None) -> int:
    """Return the tax of so many per cent that an amount holds already, rounded once, half to even."""
    if not percent:
        return 0
    numerator, denominator = Decimal(percent).as_integer_ratio()
    return portion(amount, numerator, denominator * 100 + numerator)


def allot(amount: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weights; what is left over goes by largest remainder, then to who comes first.

    The parts add up to the amount. Raises ValueError for weights that are negative or all nothing.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are not negative and not all nothing")
    sign, rest = (-1, -amount) if amount < 0 else (1, amount)
    parts = [divmod(rest * weight, whole) for weight in weights]
    left = rest - sum(share for share, _ in parts)
    by_remainder = sorted(range(len(weights)), key=lambda place: (-parts[place][1], place))
    favoured = set(by_remainder[:left])
    return [sign * (share + (place in favoured)) for place, (share, _) in enumerate(parts)]
