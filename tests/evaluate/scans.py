"""How answer sheets are read back that were printed, filled in and made worse in forty ways."""

from collections import Counter
from collections.abc import Iterator

from tests.support.papers.degradations import WAYS
from tests.support.papers.sheet_reading import read_back

_SHEETS = 33
"""Of each way: more than a hundred thousand marks in all."""
_SEED = 2611302131
"""Of sheets by which no bound was chosen."""
Figure = tuple[str, float, str]


def figures() -> Iterator[Figure]:
    """Yield each figure: its name, its value, and the data that it was taken on."""
    counts: Counter[str] = Counter()
    for way in WAYS:
        of_way = read_back([way], _SHEETS, seed=_SEED)
        counts.update(of_way)
        yield f"to a person: {way}", of_way["to a person"] / of_way["places"], f"{of_way['wrong']} places wrong"
    data = f"{counts['marks']} marks among {counts['places']} places in {len(WAYS)} ways"
    yield "places read wrongly", counts["wrong"] / counts["places"], data
    yield "marks read wrongly", counts["wrong"] / counts["marks"], data
    yield "places left to a person", counts["to a person"] / counts["places"], data
