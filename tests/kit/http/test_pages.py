"""Pages: sealed cursors of one caller and one list, rows that move meanwhile, pages by number."""

import json
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.kit import base64url
from lyceum.kit.http import USER, Api, Caller, Listing, Page, Query, Schema
from lyceum.kit.long_jobs.records import LongJob
from lyceum.kit.table import Unit, cut, cut_sorted, find, write_many
from tests.support import http
from tests.support.http import Client, Reply

shelf = Api("shelf")


class Row(Schema):
    """A row."""

    job_id: str


class Filter(Listing):
    """Which rows."""

    colour: str | None = None


def _list(owner_id: str, query: Filter, total: int | None = None) -> Page[Row]:
    found = find(LongJob, owner_id=owner_id, limit=query.limit, after=query.start_key())
    return query.page(found, Row.model_validate, total=total)


@shelf.get("/api/shelf/rows", access=USER)
def rows(caller: Caller, query: Annotated[Filter, Query()]) -> Page[Row]:
    """List rows, all of whose number is kept."""
    return _list("common", query, total=7)


@shelf.get("/api/shelf/others", access=USER)
def others(caller: Caller, query: Annotated[Filter, Query()]) -> Page[Row]:
    """List the same rows in another place."""
    return _list("common", query)


@pytest.fixture
def reader(client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody in front of a shelf with seven rows."""
    monkeypatch.setattr(http, "_api_for", lambda _method, _path: shelf)
    write_many([_row(number) for number in range(7)])
    return client.as_("student")


def _row(number: int) -> LongJob:
    return LongJob(owner_id="common", job_id=f"{number:026d}", type="t", state="done")


def asked(reader: Client, path: str = "rows", **query: Any) -> Reply:
    return reader.get(f"/api/shelf/{path}", {"limit": 2, **query})


def numbers(reply: Reply) -> list[int]:
    return [int(row["jobId"]) for row in reply.data]


def test_a_cursor_shows_nothing_of_storage(reader: Client) -> None:
    cursor = asked(reader).pagination["nextCursor"]
    raw = base64url.decode(cursor)
    assert b"common" not in raw and b"LONGJOB" not in raw
    assert asked(reader).pagination["nextCursor"] == cursor, "else no list would keep its ETag"


def test_a_cursor_is_its_callers_alone(reader: Client, client: Client) -> None:
    cursor = asked(reader).pagination["nextCursor"]
    assert numbers(asked(reader, cursor=cursor)) == [2, 3]
    assert numbers(asked(reader, cursor=cursor, limit=5)) == [2, 3, 4, 5, 6], "the size of a page may change"
    assert asked(client.as_("eve", "student"), cursor=cursor).status == 400


@pytest.mark.parametrize("change", [{"colour": "red"}, {"path": "others"}])
def test_a_cursor_opens_its_own_list_alone(reader: Client, change: dict[str, str]) -> None:
    assert asked(reader, **{"cursor": asked(reader).pagination["nextCursor"], **change}).status == 400


@pytest.mark.parametrize(
    "forge", [lambda text: text[:-2], lambda text: ("B" if text[0] == "A" else "A") + text[1:], lambda text: text + "="]
)
def test_a_changed_cursor_is_refused(reader: Client, forge: Any) -> None:
    assert asked(reader, cursor=forge(asked(reader).pagination["nextCursor"])).status == 400


def test_rows_that_go_or_come_touch_no_other(reader: Client) -> None:
    cursor = asked(reader).pagination["nextCursor"]
    gone = [LongJob.at(owner_id="common", job_id=_row(number).job_id) for number in (0, 1)]
    Unit().remove(gone[0]).remove(gone[1]).commit()
    write_many([LongJob(owner_id="common", job_id=f"{0:025d}A", type="t", state="done")])
    assert numbers(asked(reader, cursor=cursor)) == [2, 3]


def test_pages_by_number_tell_where_they_stand(reader: Client) -> None:
    first, last = asked(reader), asked(reader, page=4)
    counts = {"total": 7, "totalCount": 7, "pages": 4, "totalPages": 4, "limit": 2}
    assert {name: first.pagination[name] for name in (*counts, "page")} == {**counts, "page": 1}
    assert (numbers(last), last.pagination["page"], last.pagination["hasPrev"]) == ([6], 4, True)
    assert (last.pagination["hasNext"], numbers(asked(reader, page=5))) == (False, [])
    assert numbers(asked(reader, cursor=asked(reader, page=2).pagination["nextCursor"])) == [4, 5]
    assert "total" not in asked(reader, "others").pagination


def test_a_page_is_not_asked_for_twice_over_nor_too_far(reader: Client) -> None:
    cursor = asked(reader).pagination["nextCursor"]
    assert asked(reader, page=2, cursor=cursor).error.fields == {"page"}
    assert [asked(reader, page=500).status, asked(reader, page=501).status] == [200, 400]
    assert [asked(reader, page=0).status, asked(reader, page="x").status] == [400, 400]


def test_a_cursor_of_nobody_in_particular_is_not_a_callers(reader: Client) -> None:
    assert asked(replace(reader, principal=None)).status == 401


def _key(ranks: dict[int, int], name: int) -> tuple[int, int]:
    return ranks[name], name


moves = st.lists(
    st.tuples(st.sampled_from(["add", "drop", "move"]), st.integers(0, 40), st.integers(0, 99)), max_size=6
)


@given(
    ranks=st.dictionaries(st.integers(0, 20), st.integers(0, 9), max_size=15), changes=moves, limit=st.integers(1, 4)
)
@settings(max_examples=150)
def test_a_sorted_list_loses_and_repeats_nothing_that_stays(
    ranks: dict[int, int], changes: list[tuple[str, int, int]], limit: int
) -> None:
    kept, seen, after = dict(ranks), [], None
    pending = list(changes)
    while True:
        page = cut_sorted(sorted(ranks), partial(_key, ranks), limit=limit, after=after)
        seen += page.items
        after = page.last_key
        if after is None:
            break
        after = json.loads(json.dumps(after))
        if pending:
            what, name, rank = pending.pop()
            kept.pop(name, None)
            ranks = {known: each for known, each in ranks.items() if known != name}
            ranks |= {} if what == "drop" else {name: rank}
    assert [name for name in seen if name in kept] == sorted(kept, key=lambda name: (kept[name], name))


@given(names=st.lists(st.integers(0, 30), unique=True, max_size=15), gone=st.sets(st.integers(0, 30), max_size=5))
def test_a_list_in_an_order_of_its_own_goes_on_after_the_nearest_row_that_is_left(
    names: list[int], gone: set[int]
) -> None:
    first = cut(names, str, limit=3, after=None)
    left = [name for name in names if name not in gone]
    if first.last_key is not None and set(first.items) - gone:
        assert cut(left, str, limit=100, after=first.last_key).items == [each for each in names[3:] if each not in gone]
