"""Offers: looked at before they are sold, changed with care, reviewed by buyers; banks are used and never copied."""

from datetime import timedelta
from typing import Any

import pytest

from lyceum.kit import clock, ids
from lyceum.kit.table import Unit, find_all
from lyceum.model.audit import AuditEvent
from lyceum.model.content.library import ContentItem
from lyceum.model.entitlements import Entitlement
from lyceum.model.marketplace.offers import Offer
from lyceum.model.questions.question import AnswerKey, Question
from lyceum.search.embedded import publishing
from lyceum.search.engine import engine
from tests.marketplace.conftest import NGN, Market, storage
from tests.support.http import Client
from tests.support.threads import at_once

CANARY = "the right one"


def test_an_offer_is_looked_at_before_it_is_listed(market: Market) -> None:
    made = market.offer(title="Sets")
    assert (made.status, made.data["state"], made.data["questionCount"]) == (201, "pending", 1)
    path = f"/api/marketplace/products/{made.data['productId']}"
    assert market.client.get("/api/marketplace/products").data == []
    assert market.client.get(path).status == 404 == market.buyer.get(path).status
    assert market.seller.get(path).status == 200 == market.moderator.get(path).status
    waiting = market.moderator.get("/api/admin/marketplace/products")
    assert [each["productId"] for each in waiting.data] == [made.data["productId"]]
    assert market.buyer.get("/api/admin/marketplace/products").status == 403
    assert market.decide(made.data, approved=False).status == 400
    listed = market.decide(made.data)
    assert listed.data["state"] == "listed" and market.decide(made.data).error.code == "WRONG_STATE"
    browsed = market.client.get("/api/marketplace/products")
    assert [each["title"] for each in browsed.data] == ["Sets"] and storage(browsed) == 1
    shown = market.client.get(path)
    assert shown.data["reviews"] == [] and storage(shown) <= 2
    market.settle()
    assert any("is for sale" in each["title"] for each in market.seller.get("/api/notifications").data)


def test_a_rejected_offer_tells_why_and_comes_again(market: Market) -> None:
    made = market.offer().data
    path = f"/api/marketplace/products/{made['productId']}"
    assert market.decide(made, approved=False, reason="too short").data["reason"] == "too short"
    again = market.seller.patch(path, {"description": "<p>Longer.</p>"}).data
    assert (again["state"], again["revision"]) == ("pending", 2)
    assert market.decide(made).error.code == "EDIT_CONFLICT", "what is listed is what was looked at"
    assert market.decide(again).data["state"] == "listed"


def test_words_of_a_listed_offer_are_looked_at_anew_and_its_price_is_not(market: Market) -> None:
    offer = market.listed()
    path = f"/api/marketplace/products/{offer['productId']}"
    dearer = market.seller.patch(path, {"price": {"amount": 200_000, "currency": "NGN"}}).data
    assert (dearer["state"], dearer["price"]["amount"]) == ("listed", 200_000)
    assert market.seller.patch(path, {"price": {"amount": 1, "currency": "USD"}}).error.fields == {"CURRENCY_STAYS"}
    assert market.seller.patch(path, {"title": "Other"}).data["state"] == "pending"
    assert market.client.get("/api/marketplace/products").data == []
    assert market.seller.patch(path, {}).status == 400


def test_moderators_withdraw_and_change_nothing_else_and_do_not_decide_on_their_own(market: Market) -> None:
    offer = market.listed()
    path = f"/api/marketplace/products/{offer['productId']}"
    assert market.moderator.patch(path, {"title": "Mine"}).status == 403
    assert market.moderator.patch(path, {"state": "withdrawn"}).data["state"] == "withdrawn"
    assert market.client.as_("colleague", "instructor").patch(path, {"title": "Mine"}).status == 404
    own = market.offer(market.moderator, questionIds=[market.question(market.moderator)]).data
    assert market.decide(own).status == 403


def test_edits_and_decisions_at_once_leave_one_of_them(market: Market) -> None:
    made = market.offer().data
    path = f"/api/marketplace/products/{made['productId']}"
    market.moderator.get(path)
    statuses = at_once(
        lambda: market.decide(made).status, lambda: market.seller.patch(path, {"title": "Something else"}).status
    )
    found = Offer.require(offer_id=made["productId"], consistent=True)
    assert statuses.count(200) >= 1
    assert (found.state, found.title) in {("listed", "Sets"), ("pending", "Something else")}


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"status": "approved"}, "QUESTION_IS_FREE"),
        ({"is_shared": True}, "QUESTION_IS_FREE"),
        ({"status": "retired"}, "QUESTION_NOT_YOURS"),
        ({"author_id": "1" * 26}, "QUESTION_NOT_YOURS"),
    ],
)
def test_a_bank_holds_what_is_ones_own_and_nobody_has_for_nothing(
    market: Market, values: dict[str, Any], rule: str
) -> None:
    made = Client.as_(market.client, "instructor")
    question = market.question(made, **{k: v for k, v in values.items() if k != "author_id"})
    if "author_id" in values:
        question = market.question(market.client.as_("colleague", "instructor"))
    assert market.offer(questionIds=[question]).error.fields == {rule}
    assert market.offer(questionIds=[question, question]).error.fields == {"QUESTION_TWICE"}
    assert market.offer(questionIds=None, subjectId="1" * 26).status == 400


def test_a_course_is_offered_once_at_its_price(market: Market) -> None:
    course_id = market.course()
    wanted = {"type": "course", "subjectId": course_id}
    assert market.offer(**wanted, price={**NGN, "amount": 1}).error.fields == {"PRICE_DIFFERS"}
    assert market.offer(type="course", subjectId=market.course(price=None)).error.fields == {"COURSE_NOT_SOLD"}
    assert market.offer(market.client.as_("colleague", "instructor"), **wanted).status == 404
    offer = market.listed(**wanted)
    assert market.offer(**wanted).error.code == "OFFERED_ALREADY"
    market.bought(offer)
    assert Entitlement.fetch(user_id=market.buyer.user_id, product=f"COURSE#{course_id}", consistent=True) is not None


def test_a_material_opens_for_who_bought_it(market: Market) -> None:
    fields = {"upload_id": ids.new_id(), "type": "document", "title": "Sets", "subject": "m", "grade_level": "200"}
    files = [
        {"name": "original", "key": "k", "content_type": "application/pdf", "size_bytes": 10, "variant": "original"}
    ]
    item = ContentItem(
        content_id=ids.new_id(), owner_id=market.seller.user_id, state="ready", file_name="a.pdf", files=files, **fields
    )
    Unit().put(item).commit()
    path = f"/api/content/{item.content_id}/file"
    original = {"variant": "original"}
    offer = market.listed(type="material", subjectId=item.content_id)
    assert market.buyer.get(path, original).status == 404
    made = market.bought(offer)
    assert market.buyer.get(path, original).status == 200
    market.refund(made)
    assert market.buyer.get(path, original).status == 404


def test_a_bought_bank_is_asked_in_ones_own_exams_and_never_copied_with_keys(market: Market) -> None:
    question = market.question()
    key = AnswerKey(question_id=question, revision=1, key={"correct": ["a"]}, explanation=CANARY)
    Unit().put(key).commit()
    teacher = market.client.as_("colleague", "instructor")
    offer = market.listed(questionIds=[question])
    body = {"title": "Mine", "subject": "Mathematics", "gradeLevel": "200", "questionIds": [question]}
    assert teacher.post("/api/practice-tests", body).error.fields == {"UNKNOWN_QUESTION"}
    made = market.bought(offer, teacher)
    assert teacher.post("/api/practice-tests", body).status == 201
    blueprint = {"sections": [{"title": "All", "questionIds": [question]}]}
    printed = teacher.post("/api/papers/generate", {"title": "Mock", "blueprint": blueprint})
    assert printed.status == 422, "a paper is printed with its keys"
    listed = teacher.get(f"/api/marketplace/products/{offer['productId']}/questions")
    assert [each["questionId"] for each in listed.data["questions"]] == [question]
    assert CANARY not in str(listed.body) and "correct" not in str(listed.body) and storage(listed) <= 2
    assert teacher.get(f"/api/questions/{question}").status == 404
    market.refund(made)
    assert teacher.post("/api/practice-tests", body).error.fields == {"UNKNOWN_QUESTION"}


def test_banks_grow_and_buyers_have_what_is_added(market: Market) -> None:
    offer = market.listed()
    market.bought(offer)
    path = f"/api/marketplace/products/{offer['productId']}"
    assert market.seller.patch(path, {"addQuestionIds": [market.question()]}).data["questionCount"] == 2
    assert len(market.buyer.get(f"{path}/questions").data["questions"]) == 2
    assert market.client.as_("eve", "student").get(f"{path}/questions").status == 404


def test_l4_what_an_exam_asks_is_absent_from_a_students_bank_until_it_is_over(market: Market) -> None:
    question = market.question()
    offer = market.listed(questionIds=[question, market.question()])
    teacher = market.client.as_("colleague", "instructor")
    for buyer in (market.buyer, teacher):
        market.bought(offer, buyer)
    asked = Question.require(question_id=question)
    asked.embargoed_until = clock.now() + timedelta(hours=1)
    Unit().replace(asked).commit()
    path = f"/api/marketplace/products/{offer['productId']}/questions"
    shown = {name: len(who.get(path).data["questions"]) for name, who in
             {"student": market.buyer, "teacher": teacher, "seller": market.seller}.items()}  # fmt: skip
    assert shown == {"student": 1, "teacher": 2, "seller": 2}


def test_buyers_review_once_and_the_mean_is_exact(market: Market) -> None:
    offer = market.listed()
    people = [market.client.as_(name, "student") for name in ("ada", "eve", "joy")]
    review = {"productId": offer["productId"], "stars": 5, "text": "Good."}
    assert people[0].post("/api/marketplace/reviews", review).error.fields == {"NOT_BOUGHT"}
    for each in people:
        market.bought(offer, each)
    statuses = at_once(
        *[
            lambda each=each, stars=stars: each.post("/api/marketplace/reviews", {**review, "stars": stars}).status
            for each, stars in [*zip(people, (5, 4, 4), strict=True), (people[0], 1)]
        ]
    )
    market.settle()
    shown = market.client.get(f"/api/marketplace/products/{offer['productId']}").data
    assert sorted(statuses)[:3] == [201, 201, 201] and sorted(statuses)[3] in {409, 503}
    total = sum(each["stars"] for each in shown["reviews"])
    assert shown["reviewCount"] == 3 and shown["rating"] == f"{total / 3:.2f}"
    assert "userId" not in str(shown["reviews"])
    assert people[0].post("/api/marketplace/reviews", review).error.code == "REVIEWED_ALREADY"


def test_a_review_is_hidden_and_shown_again_by_moderators_alone_and_counts_only_while_it_is_shown(
    market: Market,
) -> None:
    offer = market.listed()
    path = f"/api/marketplace/products/{offer['productId']}"
    for name, stars in (("ada", 5), ("eve", 1)):
        buyer = market.client.as_(name, "student")
        market.bought(offer, buyer)
        written = buyer.post(
            "/api/marketplace/reviews", {"productId": offer["productId"], "stars": stars, "text": name}
        )
    review = f"{path}/reviews/{written.data['reviewId']}"
    hide = {"state": "hidden", "reason": "An insult"}
    assert {who.put(review, hide).status for who in (market.buyer, market.seller, market.client.as_("eve"))} == {403}
    both = at_once(*[lambda: market.moderator.put(review, hide).status] * 2)
    assert set(both) <= {200, 503} and 200 in both
    shown = market.client.get(path).data
    assert ([each["text"] for each in shown["reviews"]], shown["rating"], shown["reviewCount"]) == (["ada"], "5.00", 1)
    assert (
        market.client.as_("eve", "student")
        .post("/api/marketplace/reviews", {"productId": offer["productId"], "stars": 1})
        .error.code
        == "REVIEWED_ALREADY"
    )
    assert market.moderator.put(review, {"state": "shown"}).data["state"] == "shown"
    shown = market.client.get(path).data
    assert (len(shown["reviews"]), shown["rating"], shown["reviewCount"]) == (2, "3.00", 2)
    assert market.moderator.put(f"{path}/reviews/{offer['productId']}", hide).status == 404
    acts = find_all(AuditEvent, index="gsi1", actor_id=market.moderator.user_id)
    assert [each.after["state"] for each in acts if each.action == "review.moderate"] == ["hidden", "shown"]


def test_who_gave_it_back_reviews_no_more(market: Market) -> None:
    offer = market.listed()
    made = market.bought(offer)
    market.refund(made)
    answer = market.buyer.post("/api/marketplace/reviews", {"productId": offer["productId"], "stars": 1})
    assert answer.error.fields == {"NOT_BOUGHT"}


@pytest.mark.parametrize("is_indexed", [False, True])
def test_offers_are_searched_and_sorted(market: Market, is_indexed: bool) -> None:
    sets = market.listed(title="Sets and maps")
    groups = market.listed(title="Groups", description="<p>With maps, too.</p>", price={"amount": 5, "currency": "NGN"})
    market.offer(title="Maps that wait")
    if is_indexed:
        publishing.fill(engine())

    def names(**query: str) -> list[str]:
        found = market.client.get("/api/marketplace/products", query)
        assert len(found.cost.operations) <= 2, found.cost.operations
        return [each["productId"] for each in found.data]

    assert set(names(search="maps")) == {sets["productId"], groups["productId"]}
    assert names(search="màps sets") == [sets["productId"]]
    assert names(sort="price") == [groups["productId"], sets["productId"]]
    assert names(sort="-price", limit="1") == [sets["productId"]]
    assert names(search="maps", currency="NGN", maxPrice="10") == [groups["productId"]]
    assert names(search="maps", type="course") == []
    market.seller.patch(f"/api/marketplace/products/{groups['productId']}", {"state": "withdrawn"})
    assert names(search="maps") == [sets["productId"]], "also before the index knows"


def test_browsing_filters_and_pages(market: Market) -> None:
    course = market.listed(type="course", subjectId=market.course())
    banks = [market.listed(price={**NGN, "amount": amount}) for amount in (100, 200, 300)]

    def get(**query: str) -> Any:
        return market.client.get("/api/marketplace/products", query)

    assert [each["productId"] for each in get(type="course").data] == [course["productId"]]
    cheap = get(currency="NGN", maxPrice="200").data
    assert [each["price"]["amount"] for each in cheap] == [200, 100]
    assert get(maxPrice="200").status == 400
    first = get(limit="2")
    second = get(limit="2", cursor=first.pagination["nextCursor"])
    names = [each["productId"] for each in [*first.data, *second.data]]
    assert names == [each["productId"] for each in [*reversed(banks), course]]
