"""Search: what an index of 100 000 and of a million documents costs to build, ask and change, and how well it finds."""

import random
import resource
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from lyceum.kit import context
from lyceum.search.documents import KINDS, Document
from lyceum.search.embedded import change_log, replica, stored_index
from lyceum.search.embedded.index import TantivyIndex
from lyceum.search.embedded.schema import document_of
from lyceum.search.folding import query_words
from lyceum.search.index_fields import fields_of
from lyceum.search.queries import Change, Search
from tests.search import random_searches, real_questions
from tests.support.cloud import Cloud

_SIZES = (100_000, 1_000_000)
_ASKED = 200
_EDITS = 200
_PUBLIC = ("public",)
_MEMORY_GB = 1.0
_PRICES = Path(__file__).parents[2] / "infra" / "prices.toml"
_FACETS = ("kind", "subject", "difficulty")


def table(cloud: Cloud) -> list[str]:
    """Measure and return the rows of Markdown tables."""
    texts = real_questions.texts()
    rows = ["| documents | what | CPU ms, median | p95 |", "|---|---|---|---|"]
    facts = []
    for size in _SIZES:
        folder = Path(tempfile.mkdtemp(prefix="lyceum-bench-search-"))
        index = TantivyIndex(folder, heap_bytes=64_000_000)
        began = time.process_time()
        _fill(index, texts, size)
        spent = time.process_time() - began
        index.close()
        size_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        rss_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        built = f"built in {spent:.0f} s CPU, {size_mb:.0f} MB of files, {rss_mb:.0f} MB RSS"
        facts.append(f"- {size:,} documents: {built}.")
        rows += [f"| {size:,} | {name} | {half:.2f} | {most:.2f} |" for name, half, most in _asked(index, texts)]
        if size == _SIZES[0]:
            facts.append(_fold_all(texts))
            facts += _edits(cloud, index, folder)
            facts.append(_cost(index, texts))
        index.close()
    return [*rows, "", *facts, *_quality(texts), _fuzzed()]


def _fill(index: TantivyIndex, texts: list[str], count: int) -> None:
    """Put documents into an index: each text as often as it takes, with a word of its own, folded once."""
    folded = [fields_of(_document(place, text)) for place, text in enumerate(texts)]
    for number in range(count):
        fields = folded[number % len(folded)]
        own = {"key": [f"question:{number}"], "all": f"{fields['all']} n{number}"}
        index.writer.add_document(document_of(fields | own))
    index.writer.commit()
    index.reload()


def _document(place: int, text: str) -> dict[str, Any]:
    dice = random.Random(place)
    return Document(
        kind=KINDS[place % len(KINDS)],
        item_id=str(place),
        title=text[:160],
        text=text[160:],
        facets={"subject": f"subject {place % 24}", "difficulty": dice.choice(("easy", "medium", "hard"))},
        numbers={"created_at": 1.7e9 + dice.randrange(10**8), "year": 2000 + place % 25},
        popularity=dice.randrange(5_000),
    ).as_json()


def _fold_all(texts: list[str]) -> str:
    """Measure how long a rebuild of 100 000 takes where every text is folded anew."""
    folder = Path(tempfile.mkdtemp(prefix="lyceum-bench-search-"))
    index = TantivyIndex(folder, heap_bytes=64_000_000)
    began = time.process_time()
    index.add(_document(number, texts[number % len(texts)]) for number in range(_SIZES[0]))
    spent = time.process_time() - began
    index.close()
    return f"- Rebuild of {_SIZES[0]:,} from stored items, each folded anew: {spent:.0f} s CPU (target 60)."


def _asked(index: TantivyIndex, texts: list[str]) -> Iterator[tuple[str, float, float]]:
    dice = random.Random(3)
    whole = [query_words(texts[dice.randrange(len(texts))]) for _ in range(_ASKED)]
    words = [" ".join(dice.sample(each, min(3, len(each)))) for each in whole if each]
    misspelt = [" ".join(real_questions.misspell(dice, each) for each in text.split()) for text in words]
    kinds: dict[str, Callable[[str], Any]] = {
        "three words": lambda text: index.search(Search(_PUBLIC, text)),
        "three words, with facets": lambda text: index.search(Search(_PUBLIC, text, facets=_FACETS)),
        "suggestions": lambda text: index.suggest(Search(_PUBLIC, text[:7], limit=8)),
    }
    for name, ask in kinds.items():
        yield (name, *_measured(ask, words))
    yield ("three misspelt words", *_measured(kinds["three words"], misspelt))


def _measured(ask: Callable[[str], Any], texts: list[str]) -> tuple[float, float]:
    """Return the median and the 95th percentile of CPU milliseconds, warm."""
    spent = []
    for text in texts[:10] + texts:
        began = time.process_time()
        ask(text)
        spent.append((time.process_time() - began) * 1000)
    spent = sorted(spent[10:])
    return spent[len(spent) // 2], spent[int(len(spent) * 0.95)]


def _edits(cloud: Cloud, index: TantivyIndex, folder: Path) -> list[str]:
    """Measure a commit of 200 edits, and how soon a change is found by who searches."""
    with cloud.new_tenant():
        _, files, _ = stored_index.upload(folder, {})
        changes = [
            Change(f"question:{number * 97}", (2, 0), _document(number, f"Edited {number} of mangroves"))
            for number in range(_EDITS)
        ]
        began = time.process_time()
        index.apply(changes)
        spent = (time.process_time() - began) * 1000
        index.close()
        _, _, size = stored_index.upload(folder, files)
        row = f"- {_EDITS} edits: {spent:.0f} ms CPU, {size / 1000:.0f} kB uploaded (target 1,000)."
        return [row, _freshness()]


def _freshness() -> str:
    replica.forget()
    change = Change("course:1", (1, 0), Document("course", "1", "Mangroves").as_json())
    began = time.perf_counter()
    change_log.append([change])
    before = context.current().usage.requests
    total = replica.of_tenant().index.search(Search(_PUBLIC, "mangroves")).total
    spent = (time.perf_counter() - began) * 1000
    requests = context.current().usage.requests - before
    gone = Change("course:1", (1, 1), None)
    change_log.append([gone])
    left = replica.of_tenant().index.search(Search(_PUBLIC, "mangroves")).total
    replica.forget()
    found = f"{total} found {spent:.0f} ms later, {left} after its removal"
    return f"- A change in the log is found by the next search ({found}); {requests} storage request a search."


def _cost(index: TantivyIndex, texts: list[str]) -> str:
    """Price a million searches: the function's time and call, the gateway, one read of the log, one count."""
    prices = tomllib.loads(_PRICES.read_text())["use"]
    half, _ = _measured(lambda text: index.search(Search(_PUBLIC, text, facets=_FACETS)), texts[:_ASKED])
    seconds = half / 1000 + 0.012
    one = (
        prices["lambda_request"]
        + prices["lambda_gb_second"] * seconds * _MEMORY_GB
        + prices["gateway_request"]
        + prices["read_unit"]
        + 3 * prices["queue_request"]
    )
    return f"- A million searches: about USD {one * 1e6:.2f}; the function takes {seconds * 1000:.0f} ms for each."


def _quality(texts: list[str]) -> list[str]:
    folder = Path(tempfile.mkdtemp(prefix="lyceum-bench-search-"))
    index = TantivyIndex(folder, heap_bytes=64_000_000)
    index.add(_document(place, text) for place, text in enumerate(texts))
    clean, misspelt, count = real_questions.recall(index, texts, 500, seed=5)
    index.close()
    found = f"recall@10 {clean:.3f} as they are spelt (target 1.0), {misspelt:.3f} each misspelt once (target 0.95)"
    return [f"- {len(texts):,} {real_questions.ORIGIN}, three words of each of {count}: {found}."]


def _fuzzed() -> str:
    shown, wrong = 0, 0
    for seed in range(10):
        results, forbidden = random_searches.fuzz(Path(tempfile.mkdtemp()), 1_000, seed=seed + 100)
        shown, wrong = shown + results, wrong + len(forbidden)
    return f"- 10,000 random searches of mixed callers: {shown:,} results, {wrong} of them forbidden."
