"""An embedded index in a folder: changed by one writer, asked by anybody in its process."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lyceum.kit.errors import rule_violation
from lyceum.search.embedded.query_building import Synonyms, by_text, conditions, suggestion
from lyceum.search.embedded.schema import document, schema
from lyceum.search.queries import MOST_SORTED, Change, Found, Hit, Search

if TYPE_CHECKING:
    import tantivy

_HEAP_BYTES = 15_000_000
"""Memory of the writer: the least that it takes. What is larger is written in several pieces."""
_MOST_VALUES = 20


class TantivyIndex:
    """One tenant's index in a folder of this machine."""

    def __init__(self, folder: Path, synonyms: Synonyms | None = None, heap_bytes: int = _HEAP_BYTES) -> None:
        import tantivy

        self.folder, self.synonyms = folder, synonyms or {}
        self._schema = schema()
        self._index = tantivy.Index(self._schema, str(folder))
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("whitespace", analyzer)
        self._index.config_reader("manual")
        self._index.reload()
        self._heap_bytes = heap_bytes
        self._writer: tantivy.IndexWriter | None = None

    def apply(self, changes: Iterable[Change]) -> int:
        """Let changes be found, and return how many there were; what is not in the index any more is no failure."""
        count = 0
        for change in changes:
            count += 1
            self._change(change)
        if count:
            self.writer.commit()
            self._index.reload()
        return count

    def add(self, documents: Iterable[dict[str, Any]]) -> int:
        """Put new documents, given as plain values, into an index that has none of them."""
        for values in documents:
            self.writer.add_document(document(values))
        self.writer.commit()
        self._index.reload()
        return self.count

    def reload(self) -> None:
        """Let searches see what was committed."""
        self._index.reload()

    def close(self) -> None:
        """Wait for what the writer does in the background, and end it; files that are needed no more go."""
        if self._writer is not None:
            self._writer.garbage_collect_files()
            self._writer.wait_merging_threads()
            self._writer = None

    @property
    def count(self) -> int:
        """How many documents there are, hidden ones included."""
        return self._index.searcher().num_docs

    @property
    def writer(self) -> "tantivy.IndexWriter":
        """The one writer, made when it is first used."""
        if self._writer is None:
            self._writer = self._index.writer(self._heap_bytes, 1)
        return self._writer

    def search(self, search: Search) -> Found:
        """Answer a search; raises RuleViolation SORT_TOO_WIDE for too many results in an order of several keys."""
        searcher = self._index.searcher()
        found = self._search(searcher, search, is_tolerant=False)
        if search.text and found.total < search.limit + search.offset:
            tolerant = self._search(searcher, search, is_tolerant=True)
            if tolerant.total > found.total:
                return tolerant
        return found

    def suggest(self, search: Search) -> list[Hit]:
        """Return documents whose title has the words of the text, the last of which may be unfinished."""
        import tantivy

        searcher = self._index.searcher()
        must = [(tantivy.Occur.Must, each) for each in conditions(self._schema, search)]
        hits: dict[str, Hit] = {}
        for is_tolerant in (False, True):
            asked = suggestion(self._schema, search.text, is_tolerant=is_tolerant)
            query = tantivy.Query.boolean_query([*must, (tantivy.Occur.Must, asked)])
            result = searcher.search(query, search.limit, count=False, weight_by_field="weight")
            for hit in self._hits(searcher, result.hits):
                hits.setdefault(hit.key, hit)
            if len(hits) >= search.limit:
                break
        return list(hits.values())[: search.limit]

    def documents(self) -> Iterable[dict[str, Any]]:
        """Yield every document as it is kept, in no order; what is compared after a rebuild."""
        import tantivy

        searcher = self._index.searcher()
        found = searcher.search(tantivy.Query.all_query(), max(1, searcher.num_docs), count=False)
        for _, address in found.hits:
            yield json.loads(searcher.doc(address).get_first("kept") or b"{}")

    def _change(self, change: Change) -> None:
        self.writer.delete_documents_by_term("key", change.key)
        if change.document is not None:
            self.writer.add_document(document(change.document))

    def _search(self, searcher: "tantivy.Searcher", search: Search, *, is_tolerant: bool) -> Found:
        import tantivy

        must, excluded = conditions(self._schema, search), _excluded(self._schema, search)
        is_corrected = False
        parts = [(tantivy.Occur.Must, each) for each in must]
        if excluded is not None:
            parts.append((tantivy.Occur.MustNot, excluded))
        if search.text:
            asked, is_corrected = by_text(
                self._schema, searcher, search, synonyms=self.synonyms, is_tolerant=is_tolerant
            )
            parts.append((tantivy.Occur.Must, asked))
        query = tantivy.Query.boolean_query(parts)
        if len(search.sort) > 1:
            hits, total = self._sorted(searcher, query, search)
        else:
            hits, total = self._ordered(searcher, query, search)
        facets = self._facets(searcher, query, search.facets) if search.facets and total else {}
        return Found(self._hits(searcher, hits), total, facets, is_corrected)

    def _ordered(self, searcher: "tantivy.Searcher", query: Any, search: Search) -> tuple[Sequence[Any], int]:
        import tantivy

        options: dict[str, Any] = {}
        if search.sort:
            key = search.sort[0]
            options["order_by_field"] = key.lstrip("-")
            options["order"] = tantivy.Order.Desc if key.startswith("-") else tantivy.Order.Asc
        elif search.text:
            options["weight_by_field"] = "weight"
        else:
            options["order_by_field"] = "created_at"
        result = searcher.search(query, search.limit, count=True, offset=search.offset, **options)
        return result.hits, int(result.count or 0)  # type: ignore[attr-defined]

    def _sorted(self, searcher: "tantivy.Searcher", query: Any, search: Search) -> tuple[Sequence[Any], int]:
        result = searcher.search(query, MOST_SORTED, count=True)
        total = int(result.count or 0)  # type: ignore[attr-defined]
        if total > MOST_SORTED:
            raise rule_violation(
                "SORT_TOO_WIDE", f"More than {MOST_SORTED} results have no such order; narrow the search."
            )
        addresses = [address for _, address in result.hits]
        rows = list(range(len(addresses)))
        for key in reversed(search.sort):
            values = searcher.fast_field_values(key.lstrip("-"), addresses)
            rows.sort(key=_ranks(values, falls=key.startswith("-")).__getitem__)
        return [(0.0, addresses[row]) for row in rows[search.offset : search.offset + search.limit]], total

    def _facets(
        self, searcher: "tantivy.Searcher", query: Any, names: Sequence[str]
    ) -> dict[str, list[tuple[str, int]]]:
        asked = {name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in names}
        answer = searcher.aggregate(query, asked)
        return {
            name: [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in answer[name]["buckets"]]
            for name in names
        }

    def _hits(self, searcher: "tantivy.Searcher", hits: Iterable[Any]) -> list[Hit]:
        found = []
        for score, address in hits:
            kept = json.loads(searcher.doc(address).get_first("kept") or b"{}")
            found.append(Hit(f"{kept['kind']}:{kept['item_id']}", kept, float(score or 0)))
        return found


def _ranks(values: Sequence[Any], *, falls: bool) -> list[float]:
    """Return numbers that rise in the order asked for; what has no value comes last either way."""
    return [float("inf") if value is None else -float(value) if falls else float(value) for value in values]


def _excluded(index_schema: "tantivy.Schema", search: Search) -> Any:
    import tantivy

    if not search.except_keys:
        return None
    return tantivy.Query.term_set_query(index_schema, "key", list(search.except_keys))
