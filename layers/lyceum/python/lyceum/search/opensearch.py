"""The engine of tenants that outgrow the embedded one: an OpenSearch Serverless collection.

It is asked by the same searches, over the same folded words, under the same visibility. What it sends has the shapes
that OpenSearch publishes (document, bulk and search APIs, Query DSL of version 2); there is no OpenSearch where this is
tested, so the answers of a real one are untried.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from lyceum.kit import context
from lyceum.kit.aws.signing import signed
from lyceum.kit.errors import Unavailable, rule_violation
from lyceum.kit.outgoing.client import Method, Reply, client
from lyceum.search import filters, folding, synonyms
from lyceum.search.index_fields import FLOATS, LONGEST_PREFIX, TEXTS, VALUES, fields_of
from lyceum.search.queries import MOST_SORTED, Change, Found, Hit, Search

Send = Callable[[Method, str, bytes], Reply]
"""Sends a request: method, path and body."""
VERSION = "1"
_SERVICE = "aoss"
_MOST_ANSWER_BYTES = 8 * 1024 * 1024
_MISSING = 404
_MOST_VALUES = 20
_LAST_MILLISECOND = 2**53


class OpenSearch:
    """A collection, with an index for each tenant."""

    def __init__(self, endpoint: str, send: Send | None = None) -> None:
        self._send = send or _sender(endpoint)
        self._known: set[str] = set()

    @property
    def index(self) -> str:
        """The name of the tenant's index."""
        return f"lyceum-{context.tenant()}-{VERSION}"

    def apply(self, changes: Sequence[Change]) -> None:
        """Send changes in one bulk request; an older state of a document never replaces a newer one."""
        if not changes:
            return
        self._prepare()
        lines: list[dict[str, Any]] = []
        for change in changes:
            version = min(_LAST_MILLISECOND, change.order[1])
            at = {"_index": self.index, "_id": change.key, "version": version, "version_type": "external_gte"}
            lines += [{"delete": at}] if change.document is None else [{"index": at}, fields_of(change.document)]
        body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        answer = self._ask("POST", "/_bulk", body.encode())
        wrong = [row for row in answer.get("items", ()) if _failed(next(iter(row.values())))]
        if wrong:
            raise Unavailable

    def search(self, search: Search) -> Found | None:
        """Answer a search; None where the tenant has no index."""
        if len(search.sort) > 1 and search.offset + search.limit > MOST_SORTED:
            raise rule_violation("SORT_TOO_WIDE", "This page is too far for that order; narrow the search.")
        answer = self._ask("POST", f"/{self.index}/_search", json.dumps(search_body(search)).encode())
        if answer.get("status") == _MISSING:
            return None
        facets = {
            name: [(str(bucket["key"]), int(bucket["doc_count"])) for bucket in found["buckets"]]
            for name, found in answer.get("aggregations", {}).items()
        }
        return Found(_hits(answer), int(answer["hits"]["total"]["value"]), facets)

    def suggest(self, search: Search) -> tuple[list[Hit], list[tuple[str, int]]]:
        """Return documents whose title begins so; popular queries are the embedded engine's."""
        answer = self._ask("POST", f"/{self.index}/_search", json.dumps(suggestion_body(search)).encode())
        return ([], []) if answer.get("status") == _MISSING else (_hits(answer), [])

    def is_complete(self) -> bool:
        """Say that the index is relied on, as it is once a stage has switched to it."""
        return True

    def _prepare(self) -> None:
        """Make the tenant's index, once a process asks for it, if there is none."""
        if self.index in self._known:
            return
        if self._send("HEAD", f"/{self.index}", b"").status == _MISSING:
            self._ask("PUT", f"/{self.index}", json.dumps(index_body()).encode())
        self._known.add(self.index)

    def _ask(self, method: Method, path: str, body: bytes) -> dict[str, Any]:
        reply = self._send(method, path, body)
        if not reply.is_success and reply.status != _MISSING:
            raise Unavailable
        answer: dict[str, Any] = json.loads(reply.body or b"{}")
        return answer if reply.is_success else {"status": _MISSING}


def index_body() -> dict[str, Any]:
    """Return what an index is made with: words are folded already, so they are split at spaces alone."""
    text = {"type": "text", "analyzer": "whitespace"}
    properties: dict[str, Any] = dict.fromkeys(TEXTS, text)
    properties |= {name: {"type": "keyword"} for name in VALUES} | {name: {"type": "double"} for name in FLOATS}
    properties |= {"hidden_until": {"type": "long"}, "kept": {"type": "keyword", "index": False, "doc_values": False}}
    return {"mappings": {"dynamic": "strict", "properties": properties}}


def search_body(search: Search) -> dict[str, Any]:
    """Return the body of a search request."""
    asked: dict[str, Any] = {"filter": conditions(search)}
    if search.except_keys:
        asked["must_not"] = [{"terms": {"key": list(search.except_keys)}}]
    query: dict[str, Any] = {"bool": asked}
    if search.text:
        asked["must"] = [_by_text(search)]
        asked["should"] = [
            {"constant_score": {"filter": {"term": {"exact": word}}, "boost": 1.5}}
            for word in folding.marked_words(search.text)
        ]
        query = {
            "function_score": {
                "query": query,
                "functions": [{"field_value_factor": {"field": "weight", "missing": 1}}],
                "boost_mode": "multiply",
            }
        }
    order = [{key.lstrip("-"): _direction(key)} for key in search.sort]
    return {
        "query": query,
        "from": search.offset,
        "size": search.limit,
        "track_total_hits": True,
        "_source": ["kept"],
        "sort": order or ([{"_score": {"order": "desc"}}] if search.text else [{"created_at": {"order": "desc"}}]),
        "aggs": {name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in search.facets},
    }


def suggestion_body(search: Search) -> dict[str, Any]:
    """Return the body of a request for titles that begin so."""
    *whole, last = folding.query_words(search.text) or [""]
    must: list[dict[str, Any]] = [_word(word, "title") for word in whole]
    must.append({"match": {"starts": {"query": last[:LONGEST_PREFIX], "fuzziness": "AUTO:5,8", "prefix_length": 1}}})
    return {
        "query": {"bool": {"must": must, "filter": conditions(search)}},
        "size": search.limit,
        "_source": ["kept"],
    }


def conditions(search: Search) -> list[dict[str, Any]]:
    """Return what every result must meet: it is visible, of a kind asked for, and filtered."""
    found: list[dict[str, Any]] = [
        {"terms": {"seen_by": list(search.grants)}},
        {"range": {"hidden_until": {"lte": search.now}}},
    ]
    if search.kinds:
        found.append({"terms": {"kind": list(search.kinds)}})
    if search.only_keys is not None:
        found.append({"terms": {"key": list(search.only_keys)}})
    if search.filter is not None:
        found.append(by_filter(search.filter))
    return found


def by_filter(wanted: filters.Filter) -> dict[str, Any]:
    """Return what meets a filter."""
    match wanted:
        case filters.AllOf(parts):
            return {"bool": {"filter": [by_filter(each) for each in parts]}}
        case filters.AnyOf(parts):
            return {"bool": {"should": [by_filter(each) for each in parts], "minimum_should_match": 1}}
        case filters.Not(part):
            return {"bool": {"must_not": [by_filter(part)]}}
        case filters.OneOf(name, values):
            return {"terms": {name: list(values)}}
        case filters.Exists(name):
            return {"exists": {"field": name}}
        case filters.Between(name, low, high, low_included, high_included):
            bounds = {"gte" if low_included else "gt": low, "lte" if high_included else "lt": high}
            return {"range": {name: {sign: bound for sign, bound in bounds.items() if bound is not None}}}


def _by_text(search: Search) -> dict[str, Any]:
    asked = folding.query_words(search.text)
    clauses = [_word(word, "all") for word in asked]
    if search.has_unfinished_word and asked:
        beginning = {"term": {"starts": asked[-1][:LONGEST_PREFIX]}}
        clauses[-1] = {"bool": {"should": [clauses[-1], beginning], "minimum_should_match": 1}}
    found: dict[str, Any] = {"bool": {"should": clauses, "minimum_should_match": len(asked) - len(asked) // 3}}
    whole = [_plain(code) for code in folding.codes(search.text)]
    return {"bool": {"should": [found, *whole], "minimum_should_match": 1}} if whole else found


def _word(word: str, field: str) -> dict[str, Any]:
    """Return what has a word in a spelling that it stands for, a synonym, or one an edit or two away."""
    choices = [_plain(name) for name in folding.alternatives(word)]
    choices.append({"fuzzy": {field: {"value": folding.alternatives(word)[0], "fuzziness": "AUTO:4,8"}}})
    for phrase in synonyms.usual().get(word, ()):
        names = " ".join(folding.alternatives(each)[0] for each in folding.query_words(phrase))
        choices.append({"match": {"all": {"query": names, "operator": "and", "boost": 0.8}}})
    return {"bool": {"should": choices, "minimum_should_match": 1}}


def _plain(name: str) -> dict[str, Any]:
    return {"multi_match": {"query": name, "fields": ["title^2.5", "all"], "type": "most_fields"}}


def _direction(key: str) -> dict[str, str]:
    return {"order": "desc" if key.startswith("-") else "asc", "missing": "_last"}


def _hits(answer: dict[str, Any]) -> list[Hit]:
    found = []
    for row in answer["hits"]["hits"]:
        kept = json.loads(row["_source"]["kept"])
        found.append(Hit(row["_id"], kept, float(row.get("_score") or 0)))
    return found


def _failed(row: dict[str, Any]) -> bool:
    """Say whether a line of a bulk request was refused: not for a later state that is there, nor for what is gone."""
    return int(row.get("status", 0)) >= 300 and int(row["status"]) not in {_MISSING, 409}


@cache
def _sender(endpoint: str) -> Send:
    """Return what sends signed requests to a collection (Signature Version 4, service `aoss`)."""
    outgoing = replace(client(), most_bytes=_MOST_ANSWER_BYTES)

    def send(method: Method, path: str, body: bytes) -> Reply:
        address = endpoint.rstrip("/") + path
        content = {"content-type": "application/x-ndjson" if path == "/_bulk" else "application/json"}
        headers = signed(method, address, body, content, service=_SERVICE)
        return outgoing.call(method, address, body=body or None, headers=headers)

    return send
