"""Answers that came too fast to have been read, and fast right answers. Pure.

Times are modelled as log-normal: the logarithm of the seconds of candidate j in question i is `b_i - t_j` with a spread
(van der Linden 2006, *Journal of Educational and Behavioral Statistics* 31, 181-204). An answer within a tenth of a
question's usual time, and within ten seconds, is a rapid guess (normative threshold NT10: Wise and Ma 2012). Right
answers that are far faster than the candidate's own pace are what knowing the questions beforehand looks like.
"""

from collections.abc import Mapping, Sequence
from math import exp, log, sqrt
from statistics import fmean, median

from lyceum.kit.frozen import frozen

_RAPID_SHARE, _RAPID_SECONDS = 0.10, 10
_FEWEST_ANSWERS = 10
_FEWEST_CANDIDATES = 10
_FAST = -1.96
_LEAST_SPREAD = 0.15


@frozen
class Timing:
    """What a candidate's times say.

    Attributes:
        pace: How fast they are beside others, in logarithms of seconds; above 0 is faster.
        rapid: Questions answered faster than they can be read.
        fast_right: Questions answered right, far faster than the candidate's own pace.
        z: How many standard deviations the number of these lies above what chance gives.
    """

    candidate: str
    answers: int
    pace: float
    rapid: tuple[str, ...]
    fast_right: tuple[str, ...]
    z: float

    @property
    def rapid_share(self) -> float:
        """Share of answers that are rapid guesses."""
        return len(self.rapid) / self.answers if self.answers else 0.0


def timings(seconds: Mapping[str, Mapping[str, float]], right: Mapping[str, frozenset[str]]) -> list[Timing]:
    """Judge the times of each candidate: `seconds` by candidate and question, `right` the questions they got right.

    Times of zero are unknown. Nothing is said of a group that is too small to know what is usual.
    """
    logs = {who: {name: log(each) for name, each in own.items() if each > 0} for who, own in seconds.items()}
    if len(logs) < _FEWEST_CANDIDATES:
        return []
    usual = _by_question(logs)
    levels = {name: fmean(values) for name, values in usual.items()}
    paces = {who: fmean(levels[name] - each for name, each in own.items()) if own else 0.0 for who, own in logs.items()}
    rests: dict[str, list[float]] = {}
    for who, own in logs.items():
        for name, each in own.items():
            rests.setdefault(name, []).append(each - levels[name] + paces[who])
    spreads = {name: max(_LEAST_SPREAD, sqrt(fmean(each * each for each in rest))) for name, rest in rests.items()}
    middles = {name: exp(median(values)) for name, values in usual.items()}
    return [
        _judge(who, own, levels, spreads, middles, paces[who], right.get(who, frozenset()))
        for who, own in logs.items()
        if len(own) >= _FEWEST_ANSWERS
    ]


def _by_question(logs: Mapping[str, Mapping[str, float]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for own in logs.values():
        for name, each in own.items():
            found.setdefault(name, []).append(each)
    return found


def _judge(
    who: str,
    own: Mapping[str, float],
    levels: Mapping[str, float],
    spreads: Mapping[str, float],
    middles: Mapping[str, float],
    pace: float,
    right: frozenset[str],
) -> Timing:
    rapid = [name for name, each in own.items() if exp(each) <= min(_RAPID_SECONDS, _RAPID_SHARE * middles[name])]
    fast = [
        name for name, each in own.items() if (each - levels[name] + pace) / spreads[name] < _FAST and name in right
    ]
    chance = 0.025 * len(right & own.keys())
    z = (len(fast) - chance) / sqrt(max(0.25, chance))
    return Timing(who, len(own), round(pace, 3), tuple(sorted(rapid)), tuple(sorted(fast)), round(z, 2))


def rapid_guessers(judged: Sequence[Timing], share: float = 0.2) -> list[Timing]:
    """Return those who guessed rapidly in at least a share of their answers."""
    return [each for each in judged if each.rapid_share >= share]
