"""Round half away from zero."""

from decimal import Decimal
from fractions import Fraction


def rounded(value: Fraction, places: int) -> Decimal:
    """Round half away from zero to a number of decimal places."""
    scaled = abs(value) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    digits = tuple(int(digit) for digit in str(whole))
    return Decimal((int(value < 0 and whole > 0), digits, -places))
