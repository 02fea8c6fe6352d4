"""What buyers will yet buy: BG/NBD for how often, Gamma-Gamma for how much at a time.

BG/NBD is of Fader, Hardie and Lee 2005, "Counting Your Customers the Easy Way": a buyer buys at a rate of their own
(gamma distributed) until, after some purchase, they leave (with a chance of their own, beta distributed). It needs of
each buyer the number of days with a purchase after the first, when the last one was, and how long ago the first.
Gamma-Gamma is of Fader and Hardie 2013: amounts vary around a mean of the buyer's own. Times are in weeks.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import exp, lgamma, log

from lyceum.kit.frozen import frozen

from functions.insights.models.optimising import minimise

Purchases = Mapping[tuple[int, float, float], int]
"""Buyers by (repeats, weeks from the first to the last, weeks since the first)."""
Amounts = Mapping[tuple[int, float], int]
"""Buyers by (repeats, mean amount of a repeat)."""
LEAST_BUYERS = 20
"""So many buyers with a repeat are needed before anything is fitted."""
_MOST_TERMS = 5000
_TINY = 1e-12


@frozen
class Buying:
    """A fitted BG/NBD model; the published fit of the CDNOW data is 0.243, 4.414, 0.793, 2.426."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, repeats: int, last: float, age: float) -> float:
        """Return the chance that a buyer has not left (Fader, Hardie and Lee 2008, note on P(alive))."""
        if not repeats:
            return 1.0
        power = self.r + repeats
        left: float = self.a / (self.b + repeats - 1) * ((self.alpha + age) / (self.alpha + last)) ** power
        return 1 / (1 + left)

    def expected(self, weeks: float, repeats: int, last: float, age: float) -> float:
        """Return how often a buyer will buy in the weeks to come (Fader, Hardie and Lee 2005, equation 10)."""
        a, b, r, alpha = self.a, self.b, self.r, self.alpha
        if abs(a - 1) < 1e-6:
            a += 1e-5
        series = _gauss(r + repeats, b + repeats, a + b + repeats - 1, weeks / (alpha + age + weeks))
        kept: float = ((alpha + age) / (alpha + age + weeks)) ** (r + repeats)
        value = (a + b + repeats - 1) / (a - 1) * (1 - kept * series)
        return max(0.0, value * self.alive(repeats, last, age))


@frozen
class Spending:
    """A fitted Gamma-Gamma model."""

    p: float
    q: float
    v: float

    def expected(self, repeats: int, mean: float) -> float:
        """Return the mean amount that is expected of a buyer whose repeats had a mean (section 3, equation 5)."""
        if self.p * repeats + self.q <= 1:
            return mean
        return self.p * (self.v + repeats * mean) / (self.p * repeats + self.q - 1)


def _gauss(a: float, b: float, c: float, z: float) -> float:
    """Return the hypergeometric function 2F1 by its series, which converges for 0 <= z < 1."""
    term = total = 1.0
    for number in range(_MOST_TERMS):
        term *= (a + number) * (b + number) / ((c + number) * (number + 1)) * z
        total += term
        if abs(term) < _TINY * abs(total):
            break
    return total


def fit_buying(buyers: Purchases) -> Buying:
    """Fit BG/NBD by the greatest likelihood (equation 6 of the paper, in logarithms)."""
    counts = {repeats for repeats, _, _ in buyers}
    rows = [(*key, number) for key, number in buyers.items()]
    total = sum(buyers.values())

    def cost(values: Sequence[float]) -> float:
        r, alpha, a, b = values
        heads = {
            x: lgamma(r + x) - lgamma(r) + r * log(alpha)
            + lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
            for x in counts
        }  # fmt: skip
        tails = {x: log(a) - log(b + x - 1) if x else 0.0 for x in counts}
        told = 0.0
        for x, last, age, number in rows:
            stays = -(r + x) * log(alpha + age)
            if x:
                leaves = tails[x] - (r + x) * log(alpha + last)
                most = max(stays, leaves)
                stays = most + log(exp(stays - most) + exp(leaves - most))
            told += number * (heads[x] + stays)
        return -told / total

    return Buying(*minimise(cost, (1.0, 10.0, 1.0, 2.0))[0])


def fit_spending(buyers: Amounts) -> Spending:
    """Fit Gamma-Gamma by the greatest likelihood (section 2 of the note), amounts scaled to a mean of ten."""
    total = sum(buyers.values())
    scale = sum(mean * number for (_, mean), number in buyers.items()) / total / 10 or 1.0
    rows = [(x, mean / scale, number) for (x, mean), number in buyers.items() if x and mean > 0]

    def cost(values: Sequence[float]) -> float:
        p, q, v = values
        told = 0.0
        for x, mean, number in rows:
            told += number * (
                lgamma(p * x + q) - lgamma(p * x) - lgamma(q) + q * log(v) + (p * x - 1) * log(mean)
                + p * x * log(x) - (p * x + q) * log(x * mean + v)
            )  # fmt: skip
        return -told / total

    p, q, v = minimise(cost, (2.0, 4.0, 15.0))[0]
    return Spending(p, q, v * scale)


def can_fit(buyers: Purchases) -> bool:
    """Say whether there are enough buyers, and repeats among them."""
    return sum(number for (repeats, _, _), number in buyers.items() if repeats) >= LEAST_BUYERS


def quantiles(values: Iterable[tuple[float, int]], shares: Sequence[float]) -> list[float]:
    """Return the values at some shares of weighted values, the least first."""
    ranked = sorted(values)
    total = sum(weight for _, weight in ranked)
    found, reached, place = [], 0, 0
    for share in shares:
        while place < len(ranked) and reached + ranked[place][1] < share * total:
            reached += ranked[place][1]
            place += 1
        found.append(ranked[min(place, len(ranked) - 1)][0])
    return found
