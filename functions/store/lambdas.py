"""The Lambdas of the store, and what each reads and writes."""

from lyceum.kit.manifest import Bucket, Function, Http, Queue, Schedule, SearchCollection
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.content.uploads import Upload
from lyceum.model.payments.coupons import Coupon, CouponUse
from lyceum.model.payments.orders import Customer, Payment
from lyceum.model.search import SearchChange
from lyceum.model.store.carts import Cart, CouponAddress, StoreActivity, StoreFavourite
from lyceum.model.store.categories import Category, CategoryTree
from lyceum.model.store.orders import StoreOrder
from lyceum.model.store.products import Product, ProductDemand, ProductReview, Purchase, ReorderPoint, Variant
from lyceum.model.users.account import User
from lyceum.model.users.privacy import ConsentRecord

_CATALOGUE = (Product, Variant, Category, CategoryTree, ProductReview)
_ORDERED = (StoreOrder, Variant, Coupon, CouponUse)

LAMBDAS = (
    Function(
        "http.catalogue",
        Http(),
        reads=(
            *_CATALOGUE,
            Product.index("gsi1"),
            ProductReview.index("gsi1"),
            Purchase,
            ProductDemand,
            ReorderPoint.index("gsi1"),
            SearchChange,
            User,
            Session,
        ),
        writes=(*_CATALOGUE, AuditEvent),
        permissions=(
            Bucket("derived/", ("read",)),
            Bucket("search/", ("read", "miss")),
            SearchCollection(),
        ),
        memory_mb=1024,
        layers=("search",),
    ),
    Function(
        "http.shop",
        Http(),
        reads=(
            *_ORDERED,
            StoreOrder.index("gsi1"),
            Product,
            Cart,
            StoreFavourite,
            StoreActivity,
            CouponAddress,
            ConsentRecord,
            Customer,
            User,
            Session,
        ),
        writes=(*_ORDERED, Cart, StoreFavourite, StoreActivity, CouponAddress, AuditEvent),
        permissions=(Bucket("derived/", ("read",)),),
    ),
    Function(
        "events",
        Queue(concurrency=5),
        reads=(*_ORDERED, Payment, Product, ProductDemand, Purchase, Upload),
        writes=(*_ORDERED, Product, ProductDemand, Purchase),
        timeout_seconds=30,
    ),
    Function(
        "jobs",
        Schedule(),
        reads=(
            *_ORDERED,
            StoreOrder.index("gsi2"),
            Payment,
            Product,
            Product.index("gsi1"),
            ProductDemand,
            ReorderPoint,
        ),
        writes=(*_ORDERED, ReorderPoint),
        timeout_seconds=300,
    ),
)
