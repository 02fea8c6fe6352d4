"""From a search to the queries of the embedded index: words, visibility, filters."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lyceum.search import filters, folding
from lyceum.search.index_fields import LONGEST_PREFIX
from lyceum.search.queries import Search

if TYPE_CHECKING:
    import tantivy

Synonyms = Mapping[str, Sequence[str]]
"""By a word or phrase without marks and case: the words and phrases that mean the same."""
_TITLE, _EXACT, _SYNONYM, _MISSPELT = 2.5, 1.5, 0.8, 3.0
"""What a match counts in the title, in the very spelling with its marks, by a synonym, and misspelt."""
_ONE_EDIT_FROM, _TWO_EDITS_FROM = 4, 8
"""Letters from which on a word may be one edit off, or two; beside others, a word of three letters may be, too."""
_MOST_WORDS = 24
_LONGEST_PHRASE = 3
_DAY = 86_400
_FRESH = ((30, 0.4), (365, 0.2))
"""By age in days: what is added for something that is no older."""
_FOREVER = float("inf")


def by_text(
    schema: "tantivy.Schema", searcher: "tantivy.Searcher", search: Search, *, synonyms: Synonyms, is_tolerant: bool
) -> tuple["tantivy.Query", bool]:
    """Return what has the words of a search, and whether misspelt words are looked for.

    Of up to two words all must be there, of more two thirds. A word that nobody wrote is looked for with the spellings
    that are near it; with `is_tolerant` every word is.
    """
    from tantivy import Occur, Query

    asked = folding.query_words(search.text)[:_MOST_WORDS]
    if not asked:
        return Query.empty_query(), False
    clauses, is_corrected = [], False
    for word in asked:
        choices = [each for name in folding.alternatives(word) for each in _in_words(schema, name)]
        is_unknown = all(not searcher.doc_freq("all", name) for name in folding.alternatives(word))
        if is_tolerant or is_unknown:
            near = _near(schema, "all", folding.alternatives(word)[:2], is_alone=len(asked) == 1)
            is_corrected = is_corrected or bool(near)
            choices += [(Occur.Should, Query.boost_query(each, _MISSPELT)) for each in near]
        choices += _by_synonym(schema, synonyms.get(word, ()))
        if search.has_unfinished_word and word == asked[-1]:
            choices.append((Occur.Should, Query.term_query(schema, "starts", word[:LONGEST_PREFIX])))
        clauses.append((Occur.Should, Query.boolean_query(choices, 1)))
    least = len(asked) - len(asked) // 3
    words = Query.boolean_query(clauses, least)
    whole = _as_a_whole(schema, search.text, asked, synonyms)
    matched = Query.boolean_query([(Occur.Should, words), *whole], 1) if whole else words
    lifts = [(Occur.Should, each) for each in _lifts(schema, search)]
    return Query.boolean_query([(Occur.Must, matched), *lifts]), is_corrected


def conditions(schema: "tantivy.Schema", search: Search) -> list["tantivy.Query"]:
    """Return what every result must meet, without effect on its rank: visible, of a kind asked for, and filtered."""
    from tantivy import FieldType, Query

    found = [
        Query.term_set_query(schema, "seen_by", list(search.grants)),
        Query.range_query(schema, "hidden_until", FieldType.Unsigned, upper_bound=search.now),
    ]
    if search.kinds:
        found.append(Query.term_set_query(schema, "kind", list(search.kinds)))
    if search.only_keys is not None:
        found.append(Query.term_set_query(schema, "key", list(search.only_keys)))
    if search.filter is not None:
        found.append(by_filter(schema, search.filter))
    return [Query.const_score_query(each, 0.0) for each in found]


def by_filter(schema: "tantivy.Schema", wanted: filters.Filter) -> "tantivy.Query":
    """Return what meets a filter."""
    from tantivy import FieldType, Occur, Query

    match wanted:
        case filters.AllOf(parts):
            return Query.boolean_query([(Occur.Must, by_filter(schema, each)) for each in parts])
        case filters.AnyOf(parts):
            return Query.boolean_query([(Occur.Should, by_filter(schema, each)) for each in parts], 1)
        case filters.Not(part):
            return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, by_filter(schema, part))])
        case filters.OneOf(name, values):
            return Query.term_set_query(schema, name, list(values))
        case filters.Exists(name):
            return Query.exists_query(name)
        case filters.Between(name, low, high, low_included, high_included):
            return Query.range_query(
                schema, name, FieldType.Float, low, high, include_lower=low_included, include_upper=high_included
            )


def suggestion(schema: "tantivy.Schema", text: str, *, is_tolerant: bool) -> "tantivy.Query":
    """Return what has every word of a text in its title, the last one as a beginning; misspelt ones where tolerated."""
    from tantivy import Occur, Query

    asked = folding.query_words(text)[:_MOST_WORDS]
    if not asked:
        return Query.empty_query()
    clauses = []
    for place, word in enumerate(asked):
        field = "starts" if place == len(asked) - 1 else "title"
        names = [word[:LONGEST_PREFIX]] if field == "starts" else folding.alternatives(word)
        choices = [(Occur.Should, Query.term_query(schema, field, name)) for name in names]
        is_long = field == "title" or len(word) > _ONE_EDIT_FROM
        if is_tolerant and is_long:
            choices += [(Occur.Should, Query.boost_query(each, 0.3)) for each in _near(schema, field, names[:1])]
        clauses.append((Occur.Must, Query.boolean_query(choices, 1)))
    return Query.boolean_query(clauses)


def _in_words(schema: "tantivy.Schema", word: str) -> list[tuple[Any, Any]]:
    from tantivy import Occur, Query

    in_title = Query.boost_query(Query.term_query(schema, "title", word, "freq"), _TITLE)
    return [(Occur.Should, in_title), (Occur.Should, Query.term_query(schema, "all", word, "freq"))]


def _near(
    schema: "tantivy.Schema", field: str, words: Sequence[str], *, is_alone: bool = True
) -> list["tantivy.Query"]:
    """Return what has words that differ by an edit or two, nothing for words so short that anything would."""
    from tantivy import Query

    shortest = _ONE_EDIT_FROM if is_alone else _ONE_EDIT_FROM - 1
    return [
        Query.fuzzy_term_query(schema, field, word, 2 if len(word) >= _TWO_EDITS_FROM else 1)
        for word in words
        if len(word) >= shortest and word.isalpha()
    ]


def _by_synonym(schema: "tantivy.Schema", phrases: Iterable[str]) -> list[tuple[Any, Any]]:
    from tantivy import Occur, Query

    found = []
    for phrase in phrases:
        names = [folding.alternatives(word)[0] for word in folding.query_words(phrase)]
        every = [(Occur.Must, Query.term_query(schema, "all", name, "freq")) for name in names]
        if every:
            found.append((Occur.Should, Query.boost_query(Query.boolean_query(every), _SYNONYM)))
    return found


def _as_a_whole(schema: "tantivy.Schema", text: str, asked: Sequence[str], synonyms: Synonyms) -> list[tuple[Any, Any]]:
    """Return what the query may mean as a whole: a course's code, or a phrase that has synonyms."""
    from tantivy import Occur, Query

    found = [(Occur.Should, Query.boolean_query(_in_words(schema, code), 1)) for code in folding.codes(text)]
    for length in range(2, _LONGEST_PHRASE + 1):
        for start in range(len(asked) - length + 1):
            found += _by_synonym(schema, synonyms.get(" ".join(asked[start : start + length]), ()))
    return found


def _lifts(schema: "tantivy.Schema", search: Search) -> list["tantivy.Query"]:
    """Return what lifts the rank of what was matched: the very spelling with its marks, and freshness."""
    from tantivy import FieldType, Query

    found = [
        Query.boost_query(Query.const_score_query(Query.term_query(schema, "exact", word), 1.0), _EXACT)
        for word in folding.marked_words(search.text)[:_MOST_WORDS]
    ]
    for days, worth in _FRESH:
        young = Query.range_query(schema, "created_at", FieldType.Float, float(search.now - days * _DAY), _FOREVER)
        found.append(Query.const_score_query(young, worth))
    return found
