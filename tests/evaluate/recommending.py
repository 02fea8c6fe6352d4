"""How well what goes together is recommended: what households buy for the first time later, found from what they had.

Needs the public data of The Complete Journey (dunnhumby), of which `LYCEUM_COMPLETE_JOURNEY` names the folder with
`transactions.parquet` and `products.parquet`; without it there is nothing to measure on.
"""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb

from functions.insights.models import baskets
from functions.insights.models.baskets import Baskets

Figure = tuple[str, float, str]
_FIRST = 10
_KNOWN_SHARE, _FEWEST = 0.7, 5
_BOUGHT = """
SELECT household_id, product_category, min(transaction_timestamp) AS first_at
FROM read_parquet($transactions) JOIN read_parquet($products) USING (product_id)
WHERE product_category IS NOT NULL GROUP BY ALL ORDER BY household_id, first_at, product_category
"""


def figures() -> Iterator[Figure]:
    """Yield each figure with the data that it was measured on."""
    if not (folder := os.environ.get("LYCEUM_COMPLETE_JOURNEY")):
        return
    known, later = _households(Path(folder))
    counted = Baskets()
    for held in known:
        counted.add(held)
    popular = [name for name, _ in counted.items.most_common()]
    near = baskets.neighbours(counted, _FEWEST)
    ours = [[name for name, *_ in baskets.suggest(near, popular, held, _FIRST)] for held in known]
    plain = [[name for name in popular if name not in held][:_FIRST] for held in known]
    data = f"The Complete Journey: {len(known)} households, {len(popular)} categories"
    for how, suggested in (("of neighbours", ours), ("of what is popular", plain)):
        yield f"recall at {_FIRST}, {how}", _recall(suggested, later), data
        yield f"coverage, {how}", len({name for each in suggested for name in each}) / len(popular), data


def _households(folder: Path) -> tuple[list[list[str]], list[set[str]]]:
    """Return what each household bought first, in its order, and what of the rest came later."""
    places = {name: str(folder / f"{name}.parquet") for name in ("transactions", "products")}
    bought: dict[str, list[str]] = {}
    for household, category, _ in duckdb.execute(_BOUGHT, places).fetchall():
        bought.setdefault(str(household), []).append(category)
    cut = [(each, int(len(each) * _KNOWN_SHARE)) for each in bought.values() if len(each) >= 2 * _FEWEST]
    return [each[:at] for each, at in cut], [set(each[at:]) for each, at in cut]


def _recall(suggested: Sequence[Sequence[str]], later: Sequence[set[str]]) -> float:
    """Return which part of what came later was suggested, at most as much as suggestions have room for."""
    found: Counter[str] = Counter()
    for names, wanted in zip(suggested, later, strict=True):
        found["found"] += len(wanted & set(names))
        found["room"] += min(len(wanted), _FIRST)
    return found["found"] / found["room"]
