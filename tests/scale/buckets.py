"""Token buckets: what a key, a table or a service takes in a second."""

from dataclasses import dataclass

_SOON = 60


@dataclass
class Bucket:
    """Takes so much a second, and saves what it does not need for a while.

    Attributes:
        rate: Units a second.
        most_saved: The most that it saves.
        split_after: Seconds over the rate after which it is divided in two, 0 for one that never is.
        peak: The most that was asked in a second.
        first_peak: The most of it that was asked for the first time, and not again after a refusal.
        seconds_over: Seconds in which more was asked than its rate.
    """

    rate: float
    most_saved: float
    split_after: float = 0
    peak: float = 0
    first_peak: float = 0
    seconds_over: int = 0
    first_rate: float = 0
    _saved: float = -1
    _at: int = 0
    _hot: int = 0

    def __post_init__(self) -> None:
        """Begin with all that it can save, as what was idle before."""
        self._saved = self.most_saved
        self.first_rate = self.rate

    @property
    def ratio(self) -> float:
        """The peak of what is asked for the first time, in parts of what it takes a second at first."""
        return self.first_peak / self.first_rate

    @property
    def ratio_with_repeats(self) -> float:
        """The peak of all that is asked, in parts of what it takes a second at first."""
        return self.peak / self.first_rate

    def take(self, asked: float, second: int, first: float | None = None) -> float:
        """Return the part of what is asked that it gives in this second, from 0 to 1; `first` is asked anew."""
        if second > self._at + 1:
            self._saved = min(self.most_saved, self._saved + self.rate * (second - self._at - 1))
            self._hot = 0 if second > self._at + _SOON else self._hot
        self._at = second
        self.peak = max(self.peak, asked)
        self.first_peak = max(self.first_peak, asked if first is None else first)
        if asked > self.rate:
            self.seconds_over += 1
            self._hot += 1
            if self.split_after and self._hot >= self.split_after:
                self.rate, self.most_saved, self._hot = 2 * self.rate, 2 * self.most_saved, 0
        given = min(asked, self._saved + self.rate)
        self._saved = min(self.most_saved, self._saved + self.rate - given)
        return 1.0 if asked <= 0 else given / asked


@dataclass
class TableBucket:
    """What a table on demand takes: twice its earlier peak, which it learns slowly, up to the account's quota."""

    warm: float
    quota: float
    growth_seconds: float
    peak: float = 0
    seconds_over: int = 0
    _since: int = 0
    _recent: float = 0

    @property
    def rate(self) -> float:
        """Units that it takes in a second at present."""
        return min(self.quota, self.warm)

    def take(self, asked: float, second: int) -> float:
        """Return the part of what is asked that it gives in this second, from 0 to 1."""
        self.peak = max(self.peak, asked)
        self.seconds_over += asked > self.rate
        share = 1.0 if asked <= self.rate else self.rate / asked
        self._recent = max(self._recent, asked * share)
        if second - self._since >= self.growth_seconds:
            self.warm, self._recent, self._since = max(self.warm, 2 * self._recent), 0, second
        return share
