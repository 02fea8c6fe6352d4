"""What is sent to OpenSearch, beside the shapes that its documentation publishes; nothing here asks a real one."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from infra.constructs import grants
from lyceum.kit.aws.signing import signed
from lyceum.kit.errors import Unavailable
from lyceum.kit.manifest import SearchCollection
from lyceum.kit.outgoing.client import Method, Reply
from lyceum.kit.settings import settings
from lyceum.search import filters
from lyceum.search.documents import Document
from lyceum.search.embedded import publishing
from lyceum.search.engine import Embedded
from lyceum.search.engine import engine as engine_of_the_stage
from lyceum.search.opensearch import OpenSearch, index_body
from lyceum.search.queries import Change, Search
from tests.search.conftest import Library

from functions.search.fields import FIELDS

COURSE = Document("course", "c1", "Centres of Yorùbá art", codes=("ART 101",), numbers={"year": 2020}).as_json()


class Collection:
    """Records requests and answers as the documentation shows."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.sent = answers, list[tuple[str, str, bytes]]()

    def __call__(self, method: Method, path: str, body: bytes) -> Reply:
        self.sent.append((method, path, body))
        status, answer = self.answers.get(f"{method}_{path.rpartition('/')[2].strip('_')}", (200, {}))
        return Reply(status, {}, json.dumps(answer).encode(), is_whole=True)


def engine(collection: Collection) -> OpenSearch:
    return OpenSearch("https://c.eu-west-1.aoss.amazonaws.com", collection)


def test_changes_go_as_one_bulk_request_in_which_the_newest_state_wins(tenant: str) -> None:
    collection = Collection(POST_bulk=(200, {"items": [{"index": {"status": 201}}, {"delete": {"status": 404}}]}))
    engine(collection).apply([Change("course:c1", (3, 1000), COURSE), Change("course:c2", (2**53, 2000), None)])
    method, path, body = collection.sent[-1]
    lines = [json.loads(line) for line in body.decode().splitlines()]
    index = f"lyceum-{tenant}-1"
    assert (method, path, body.endswith(b"\n")) == ("POST", "/_bulk", True)
    assert lines[0] == {
        "index": {"_index": index, "_id": "course:c1", "version": 1000, "version_type": "external_gte"}
    }  # fmt: skip
    assert (lines[1]["title"], lines[1]["exact"]) == ("art 101 center of yoruba art art101", "yorùbá")
    assert set(lines[1]) <= set(index_body()["mappings"]["properties"]), "the mapping is strict"
    assert lines[2]["delete"]["_id"] == "course:c2"


def test_an_index_is_made_once_with_its_mapping(tenant: str) -> None:
    collection = Collection(**{f"HEAD_lyceum-{tenant}-1": (404, {})})
    asked = engine(collection)
    for _ in range(2):
        asked.apply([Change("course:c1", (1, 1), COURSE)])
    assert [(method, path) for method, path, _ in collection.sent] == [
        ("HEAD", f"/lyceum-{tenant}-1"), ("PUT", f"/lyceum-{tenant}-1"), ("POST", "/_bulk"), ("POST", "/_bulk"),
    ]  # fmt: skip
    properties = json.loads(collection.sent[1][2])["mappings"]["properties"]
    assert properties["all"] == {"type": "text", "analyzer": "whitespace"}
    assert properties["seen_by"] == {"type": "keyword"}


def test_a_search_asks_for_visibility_and_filter_whatever_else_it_asks(tenant: str) -> None:
    hit = {"_id": "course:c1", "_score": 2.5, "_source": {"kept": json.dumps(COURSE)}}
    found = {
        "hits": {"total": {"value": 1, "relation": "eq"}, "hits": [hit]},
        "aggregations": {"kind": {"buckets": [{"key": "course", "doc_count": 1}]}},
    }
    collection = Collection(POST_search=(200, found))
    wanted = filters.parse("subject:art AND NOT year:2015..2017 (tag:a OR marks>=2)", FIELDS)
    answer = engine(collection).search(
        Search(
            ("public", "members"),
            "Yorùbá ART 101",
            kinds=("course",),
            filter=wanted,
            facets=("kind",),
            now=99,
            offset=20,
        )
    )
    assert answer is not None
    assert (answer.total, answer.hits[0].document["title"], answer.facets) == (
        1, "Centres of Yorùbá art", {"kind": [("course", 1)]},
    )  # fmt: skip
    method, path, body = collection.sent[0]
    assert (method, path) == ("POST", f"/lyceum-{tenant}-1/_search")
    sent = json.loads(body)
    assert (sent["from"], sent["size"], sent["track_total_hits"]) == (20, 20, True)
    assert sent["aggs"] == {"kind": {"terms": {"field": "kind", "size": 20}}}
    asked = sent["query"]["function_score"]["query"]["bool"]
    assert asked["filter"][:3] == [
        {"terms": {"seen_by": ["public", "members"]}},
        {"range": {"hidden_until": {"lte": 99}}},
        {"terms": {"kind": ["course"]}},
    ]
    assert asked["filter"][3] == {"bool": {"filter": [
        {"terms": {"subject": ["art"]}},
        {"bool": {"must_not": [{"range": {"year": {"gte": 2015.0, "lte": 2017.0}}}]}},
        {"bool": {"should": [{"terms": {"tags": ["a"]}}, {"range": {"marks": {"gte": 2.0}}}],
                  "minimum_should_match": 1}},
    ]}}  # fmt: skip
    assert asked["should"] == [{"constant_score": {"filter": {"term": {"exact": "yorùbá"}}, "boost": 1.5}}]


def test_orders_suggestions_and_a_tenant_without_an_index(tenant: str) -> None:
    collection = Collection(POST_search=(404, {"error": {"type": "index_not_found_exception"}, "status": 404}))
    asked = engine(collection)
    assert asked.search(Search(("public",), sort=("-year", "created_at"))) is None
    assert json.loads(collection.sent[0][2])["sort"] == [
        {"year": {"order": "desc", "missing": "_last"}}, {"created_at": {"order": "asc", "missing": "_last"}},
    ]  # fmt: skip
    assert asked.suggest(Search(("public",), "yoruba ar")) == ([], [])
    must = json.loads(collection.sent[1][2])["query"]["bool"]["must"]
    assert must[-1] == {"match": {"starts": {"query": "ar", "fuzziness": "AUTO:5,8", "prefix_length": 1}}}


def test_a_collection_that_refuses_is_unavailable_and_a_later_state_is_no_refusal() -> None:
    change = [Change("course:c1", (1, 1), COURSE)]
    engine(Collection(POST_bulk=(200, {"items": [{"index": {"status": 409}}]}))).apply(change)
    for answer in ((200, {"items": [{"index": {"status": 429}}]}), (503, {})):
        with pytest.raises(Unavailable):
            engine(Collection(POST_bulk=answer)).apply(change)


def test_a_stage_that_names_a_collection_asks_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(engine_of_the_stage(), Embedded)
    monkeypatch.setenv("LYCEUM_SEARCH_ENDPOINT", "https://c.eu-west-1.aoss.amazonaws.com")
    settings.cache_clear()
    try:
        asked = engine_of_the_stage()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert isinstance(asked, OpenSearch)
    assert asked.is_complete()


def test_functions_may_use_the_collection_that_a_stage_names_and_no_other() -> None:
    def allowed(**environment: str) -> Any:
        storage: Any = SimpleNamespace(stage=SimpleNamespace(environment=environment))
        return grants._named_by_stage(SearchCollection(), storage)

    assert allowed() is None
    statement = allowed(search_collection="arn:aws:aoss:eu-west-1:1:collection/c").to_statement_json()
    assert (statement["Action"], statement["Resource"]) == (
        "aoss:APIAccessAll",
        "arn:aws:aoss:eu-west-1:1:collection/c",
    )


def test_a_collection_is_filled_with_all_that_can_be_found(library: Library) -> None:
    library.course("Ecology of mangroves")
    library.topic()
    collection = Collection()
    assert publishing.fill(engine(collection)) == 3
    lines = collection.sent[-1][2].decode().splitlines()
    assert [json.loads(line)["kind"] for line in lines[1::2]].count(["course"]) == 2


def test_requests_are_signed_for_the_collection() -> None:
    headers = signed(
        "POST", "https://c.eu-west-1.aoss.amazonaws.com/_bulk", b"{}", {"content-type": "x"}, service="aoss"
    )
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=")
    assert "/eu-west-1/aoss/aws4_request" in headers["Authorization"]
    assert "x-amz-content-sha256" in headers["Authorization"]
    assert headers["x-amz-content-sha256"].startswith(
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    )
