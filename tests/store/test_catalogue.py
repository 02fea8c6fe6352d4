"""Products, categories, reviews, pictures, and lists of products."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyceum.events.content import ContentProcessed
from lyceum.kit import clock
from lyceum.kit.consumers.records import OutboxItem
from lyceum.kit.table import Unit
from lyceum.model.content.uploads import Upload
from lyceum.model.store.products import Product
from lyceum.search.embedded import publishing
from lyceum.search.engine import engine
from tests.store.conftest import Store
from tests.support.threads import at_once

FILE = {"fileName": "a.jpg", "contentType": "image/jpeg", "sizeBytes": 1000}


def ids_of(answer: Any) -> list[str]:
    return [each["productId"] for each in answer.data]


@pytest.mark.parametrize("is_indexed", [False, True])
def test_products_are_filtered_sorted_and_searched(store: Store, is_indexed: bool) -> None:
    books = store.category("Books")
    novels = store.category("Novels", books)
    cheap = store.product(title="Algèbre pour tous", price=1_000, categoryId=novels, tags=["maths"])["productId"]
    dear = store.product(title="Geometry", price=9_000, categoryId=books, tags=["maths", "new"])["productId"]
    other = store.product(title="Pen", price=500, currency="USD")["productId"]
    if is_indexed:
        publishing.fill(engine())
    asked = store.client
    listed = asked.get("/api/products")
    assert ids_of(listed) == [other, dear, cheap] and listed.cost.requests <= 1
    assert ids_of(asked.get("/api/products", {"sort": "price"})) == [other, cheap, dear]
    assert ids_of(asked.get("/api/products", {"categoryId": books, "sort": "-price"})) == [dear, cheap]
    assert ids_of(asked.get("/api/products", {"categoryId": novels})) == [cheap]
    assert ids_of(asked.get("/api/products", {"tag": "MATHS", "minPrice": 2_000})) == [dear]
    assert ids_of(asked.get("/api/products", {"currency": "USD"})) == [other]
    assert ids_of(asked.get("/api/products", {"minRating": 4})) == []
    assert ids_of(asked.get("/api/products/search", {"q": "algebre"})) == [cheap]
    assert asked.get("/api/products", {"sort": "nothing"}).status == 400
    first = asked.get("/api/products", {"limit": 2})
    assert ids_of(first) == [other, dear]
    assert ids_of(asked.get("/api/products", {"limit": 2, "cursor": first.pagination["nextCursor"]})) == [cheap]


def test_stock_is_for_staff_to_see(store: Store) -> None:
    product = store.product()
    assert product["variants"][0]["stock"] == 5 and product["variants"][0]["cost"]["amount"] == 1_000
    path = f"/api/products/{product['productId']}"
    shown = store.client.get(path)
    assert shown.cost.operations == ["Query"]
    (variant,) = shown.data["variants"]
    assert variant["isAvailable"] and not {"stock", "cost", "sold", "reserved"} & set(variant)
    assert store.admin.get(path).data["variants"][0]["stock"] == 5


def test_a_change_keeps_what_open_orders_hold(store: Store) -> None:
    order = store.ordered(3)
    product_id = order["lines"][0]["productId"]
    found = store.admin.get(f"/api/products/{product_id}").data
    body = {"title": "Algebra II", "currency": "NGN", "categoryId": found["categoryId"]}

    def change(**variant: Any) -> Any:
        wanted = {"sku": "ONE", "title": "Paperback", "price": 2_000, "stock": 5, **variant}
        return store.admin.send("PUT", f"/api/products/{product_id}", {**body, "variants": [wanted]})

    assert change(stock=2).error.fields == {"STOCK_RESERVED"}
    assert change(stock=10).data["variants"][0]["reserved"] == 3
    assert store.stock(product_id) == (7, 3, 0)
    assert change(sku="TWO").data["variants"][0]["sku"] == "TWO"
    assert [each["sku"] for each in store.client.get(f"/api/products/{product_id}").data["variants"]] == ["TWO"]
    assert store.fill(product_id, sku="ONE").status == 404
    assert store.paid(order)["state"] == "paid"  # what was ordered is sold
    wrong = store.admin.send("PUT", f"/api/products/{product_id}", {**body, "currency": "USD", "variants": []})
    assert wrong.status == 400


def test_a_deleted_product_is_gone_for_buyers(store: Store) -> None:
    product_id = store.product()["productId"]
    assert store.admin.delete(f"/api/products/{product_id}").data == {"id": product_id}
    assert store.admin.delete(f"/api/products/{product_id}").status == 404
    assert store.client.get(f"/api/products/{product_id}").status == 404
    assert store.admin.get(f"/api/products/{product_id}").status == 200
    assert store.client.get("/api/products").data == []
    assert store.buyer.post("/api/products", {}).status == 403


def test_categories_are_a_tree(store: Store) -> None:
    top = store.category("Top")
    middle = store.category("Middle", top)
    low = store.category("Low", middle)
    shown = store.client.get("/api/categories").data["categories"]
    assert shown[0]["children"][0]["children"][0]["categoryId"] == low

    def move(category_id: str, parent_id: str | None) -> Any:
        return store.admin.send("PUT", f"/api/categories/{category_id}", {"title": "Moved", "parentId": parent_id})

    assert move(top, low).error.fields == {"CATEGORY_CIRCLE"}
    assert move(top, top).error.fields == {"CATEGORY_CIRCLE"}
    assert move(low, "0" * 26).status == 404
    assert store.admin.delete(f"/api/categories/{middle}").error.code == "IN_USE"
    assert move(low, None).data["title"] == "Moved"
    product_id = store.product(categoryId=low)["productId"]
    assert store.admin.delete(f"/api/categories/{low}").error.code == "IN_USE"
    store.admin.delete(f"/api/products/{product_id}")
    assert store.admin.delete(f"/api/categories/{low}").data == {"id": low}
    missing = {"title": "A", "currency": "NGN", "categoryId": low,
               "variants": [{"sku": "A", "title": "A", "price": 1, "stock": 1}]}  # fmt: skip
    assert store.admin.post("/api/products", missing).status == 404


def test_moves_at_once_make_no_circle(store: Store) -> None:
    one, two = store.category("One"), store.category("Two")

    def move(category_id: str, parent_id: str) -> int:
        body = {"title": "Moved", "parentId": parent_id}
        return store.admin.send("PUT", f"/api/categories/{category_id}", body).status

    assert sorted(at_once(lambda: move(one, two), lambda: move(two, one))) == [200, 422]
    (top,) = store.client.get("/api/categories").data["categories"]
    assert len(top["children"]) == 1


def test_a_product_and_the_end_of_its_category_at_once(store: Store) -> None:
    category = store.category()
    body = {"title": "A", "currency": "NGN", "categoryId": category,
            "variants": [{"sku": "A", "title": "A", "price": 1, "stock": 1}]}  # fmt: skip
    made, removed = at_once(
        lambda: store.admin.post("/api/products", body).status,
        lambda: store.admin.delete(f"/api/categories/{category}").status,
    )
    assert (made, removed) in {(201, 409), (404, 200)}


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), max_size=12))
@settings(max_examples=25)
def test_whatever_is_moved_every_category_stays_in_the_tree(moves: list[tuple[int, int]]) -> None:
    from lyceum.kit.errors import DomainError
    from lyceum.model.store.categories import Category

    from functions.store.catalogue import categories

    nodes = {str(number): Category(category_id=str(number)) for number in range(6)}
    for which, where in moves:
        parent = None if where < 0 else str(where)
        try:
            categories._require_place(nodes, str(which), parent)
        except DomainError:
            continue
        nodes[str(which)].parent_id = parent
    for start in nodes.values():
        seen, above = {start.category_id}, start.parent_id
        while above is not None:
            assert above not in seen
            seen.add(above)
            above = nodes[above].parent_id


def bought(store: Store, *names: str) -> str:
    product_id = str(store.product(stock=50)["productId"])
    for name in names:
        buyer = store.client.as_(name, "student")
        store.fill(product_id, 1, buyer)
        store.paid(store.place(buyer).data, buyer)
    return product_id


def test_reviews_are_their_buyers_and_the_mean_is_exact(store: Store) -> None:
    product_id = bought(store, "ada", "obi", "ife")
    path = f"/api/products/{product_id}/reviews"
    assert store.buyer.post(path, {"stars": 1}).error.fields == {"NOT_BOUGHT"}
    assert store.client.get(path).data == [] and store.client.get("/api/products/none/reviews").status == 404
    people = [store.client.as_(name, "student") for name in ("ada", "obi", "ife")]
    given_stars = at_once(*(lambda who=who, n=n: who.post(path, {"stars": n + 3}) for n, who in enumerate(people)))  # type: ignore[misc]
    assert {each.status for each in given_stars} == {201}
    store.work()
    people[0].post(path, {"stars": 1, "text": "I changed my mind."})
    store.work()
    found = store.client.get(f"/api/products/{product_id}").data
    assert (found["rating"], found["ratingCount"]) == (3.33, 3)
    listed = store.client.get(path)
    assert len(listed.data) == 3 and listed.cost.operations == ["Query"] and "userId" not in listed.data[0]
    (angry,) = [each for each in listed.data if each["stars"] == 1]
    hidden = store.client.as_("moderator").send("PUT", f"{path}/{angry['reviewId']}", {"state": "hidden"})
    assert hidden.data["state"] == "hidden"
    store.work()
    people[0].post(path, {"stars": 2})
    store.work()
    found = store.client.get(f"/api/products/{product_id}").data
    assert (found["rating"], found["ratingCount"], len(store.client.get(path).data)) == (4.5, 2, 2)
    store.client.as_("moderator").send("PUT", f"{path}/{angry['reviewId']}", {"state": "shown"})
    store.work()
    assert store.client.get(f"/api/products/{product_id}").data["ratingCount"] == 3
    assert people[0].send("PUT", f"{path}/{angry['reviewId']}", {"state": "hidden"}).status == 403


def test_pictures_come_in_the_order_of_their_slots(store: Store) -> None:
    product_id = store.product()["productId"]
    path = f"/api/products/{product_id}"
    opened = store.admin.post(f"{path}/upload-image", {"files": [FILE, FILE]}).data["slots"]
    film = {"fileName": "a.mp4", "contentType": "video/mp4", "sizeBytes": 1000}
    assert store.admin.post(f"{path}/upload-image", {"files": [film]}).error.fields == {"TYPE_NOT_ALLOWED"}
    opened += store.admin.post(f"{path}/media", {"files": [film]}).data["slots"]
    assert store.buyer.post(f"{path}/media", {"files": [film]}).status == 403
    assert store.admin.post("/api/products/none/media", {"files": [film]}).status == 404
    for slot in reversed(opened):
        upload = Upload.require(upload_id=slot["uploadId"])
        variants = [
            {"name": "320", "key": f"derived/{slot['uploadId']}", "content_type": "image/webp", "size_bytes": 9}
        ]
        Unit().change(upload, Upload.state.set("ready"), Upload.variants.set(variants)).commit()
        told = ContentProcessed(upload_id=slot["uploadId"], owner_id=store.admin.user_id)
        Unit().create(OutboxItem.of(told), told).commit()
        store.work()
    shown = store.client.get(path).data
    assert [each["uploadId"] for each in shown["pictures"]] == [each["uploadId"] for each in opened]
    assert [each["type"] for each in shown["pictures"]] == ["image", "image", "video"]
    assert shown["picture"]["url"].startswith("https://")
    variant = {"sku": "ONE", "title": "Paperback", "price": 2_000, "stock": 5}
    body = {"title": "Algebra", "currency": "NGN", "categoryId": shown["categoryId"], "variants": [variant]}
    kept = [opened[2]["uploadId"], opened[0]["uploadId"]]
    changed = store.admin.send("PUT", path, {**body, "pictures": kept}).data
    assert [each["uploadId"] for each in changed["pictures"]] == kept
    assert store.admin.send("PUT", path, {**body, "pictures": ["0" * 26]}).error.fields == {"UNKNOWN_PICTURE"}
    assert Product.require(product_id=product_id).created_at <= clock.now()
