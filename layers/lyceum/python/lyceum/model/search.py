"""Search: changes that the index does not hold yet, synonyms, saved filters, and what is looked for."""

from typing import Any

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from lyceum.kit.table.entity import Entity, Index, Keys


class SearchChange(Entity, discriminator="search_change"):
    """What became of one document, in the order of `change_id` (a ULID); it goes three days later.

    Only the search reads it, and shows of it what the document's visibility allows. Erasure and export pass it over: it
    holds what the thing itself holds, and a change of that is a change here.

    - `key`: names the document.
    - `item_version`, `as_of`: the item's version, and when it was read, in milliseconds; the later change stands.
    - `document`: see `lyceum.search.documents`; None when it is to be found no more.
    """

    keys = Keys("SEARCHLOG#all", "{change_id}")
    noun = "change of the search index"

    change_id = UnicodeAttribute()
    key = UnicodeAttribute()
    item_version = NumberAttribute()
    as_of = NumberAttribute()
    document: Any = JSONAttribute(null=True)


class SearchBacklog(Entity, discriminator="search_backlog"):
    """There are changes that the stored index does not hold; its version grows with each batch of them."""

    keys = Keys("SEARCHBACKLOG#all", "BACKLOG")
    noun = "backlog of the search index"


class SearchSynonyms(Entity, discriminator="search_synonyms"):
    """A tenant's own synonyms: lists of words and phrases that mean the same. They hold from the next commit on."""

    keys = Keys("SEARCHSYNONYMS#all", "SYNONYMS")
    noun = "synonyms"

    groups: Any = JSONAttribute(default=list)


class SavedSearch(Entity):
    """A question search that was saved: its words, filter and order, kept as they were written."""

    noun = "saved filter"

    filter_id = UnicodeAttribute()
    name = UnicodeAttribute()
    text = UnicodeAttribute(null=True)
    filter = UnicodeAttribute(null=True)
    sort = UnicodeAttribute(null=True)


class SearchFilter(SavedSearch, discriminator="search_filter"):
    """A saved search of somebody's own, who alone reads it; it is in their export and goes with their account."""

    keys = Keys("SEARCHFILTER#{user_id}", "{filter_id}")

    user_id = UnicodeAttribute()


class SharedSearchFilter(SavedSearch, discriminator="shared_search_filter"):
    """A saved search that staff shared with everybody who is signed in; it stays when its author's account goes."""

    keys = Keys("SHAREDFILTER#all", "{filter_id}")

    author_id = UnicodeAttribute()


class SearchFigures(Entity, discriminator="search_figures"):
    """How often something was looked for in a month or week, without who did; it goes after 400 days.

    - `period`: such as `2026-11` or `2026-W48`.
    - `mark`: a keyed hash of the folded query; `~` is the sum of all queries.
    - `people`: up to five pseudonyms that nobody can turn back, only as long as it takes to know that five different
      people asked for it; then they go and `state` becomes `shown`. Until then the query is in no list.
    - `words`: the query, folded, once it is shown; before that it is kept nowhere, since it may be about a person.
    """

    keys = Keys(
        "SEARCHFIGURES#{period}",
        "{mark}",
        gsi1=Index("SEARCHTOP#{period}", "{searches:09d}#{words}", when={"state": "shown"}),
        gsi2=Index("SEARCHEMPTY#{period}", "{empty:09d}#{words}", when={"has_empty": True, "state": "shown"}),
    )
    noun = "search figures"

    period = UnicodeAttribute()
    mark = UnicodeAttribute()
    words = UnicodeAttribute(null=True)
    searches = NumberAttribute(default=0)
    empty = NumberAttribute(default=0)
    opened = NumberAttribute(default=0)
    has_empty = BooleanAttribute(default=False)
    state = UnicodeAttribute(default="hidden")
    people = UnicodeSetAttribute(null=True)
