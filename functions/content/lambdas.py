"""The Lambdas of content, and what each reads and writes, in the table and in the bucket."""

from lyceum.kit.manifest import (
    Bucket,
    EdgeKey,
    Function,
    Http,
    Listen,
    MalwareScan,
    Queue,
    Schedule,
    SearchCollection,
)
from lyceum.model.audit import AuditEvent
from lyceum.model.auth import Session
from lyceum.model.catalog import Topic
from lyceum.model.content.library import (
    ContentItem,
    ContentListing,
    ContentRating,
    ContentStatistics,
    OfflineCopy,
)
from lyceum.model.content.uploads import FilmCaptions, Upload, UploadUsage
from lyceum.model.courses.course import Course
from lyceum.model.courses.enrolments import Enrolment
from lyceum.model.courses.lessons import Lesson
from lyceum.model.entitlements import Entitlement
from lyceum.model.search import SearchChange
from lyceum.model.store.products import Product
from lyceum.model.users.account import User

_ITEM = (ContentItem, ContentStatistics)
_LIBRARY = (*_ITEM, ContentRating, OfflineCopy, ContentListing)
_PROCESSING = (
    Bucket("uploads/", ("read", "delete", "miss")),
    Bucket("derived/", ("write", "delete")),
    Bucket("quarantine/", ("write",)),
    MalwareScan(),
)
_RETIRING = (
    Bucket("uploads/", ("read", "delete", "miss")),
    Bucket("derived/", ("read", "delete", "miss")),
    Bucket("retired/", ("write",)),
    Bucket("quarantine/", ("delete",)),
)

LAMBDAS = (
    Function(
        "http",
        Http(),
        reads=(
            *_LIBRARY,
            ContentItem.index("gsi1"),
            ContentItem.index("gsi2"),
            ContentListing.index("gsi1"),
            ContentListing.index("gsi2"),
            Upload,
            UploadUsage,
            FilmCaptions,
            Topic,
            User,
            Session,
            Lesson,
            Course,
            Enrolment,
            Product,
            SearchChange,
            Entitlement,
        ),
        writes=(*_LIBRARY, Upload, UploadUsage, FilmCaptions, AuditEvent),
        permissions=(
            Bucket("uploads/", ("write", "delete", "parts")),
            Bucket("derived/", ("read", "delete")),
            Bucket("derived/exports/", ("write",)),
            Bucket("search/", ("read", "miss")),
            SearchCollection(),
            EdgeKey(),
            Listen(),
        ),
        layers=("search",),
    ),
    Function(
        "events.processing",
        Queue(objects="uploads/", batch_size=1, concurrency=10),
        reads=(Upload, UploadUsage, ContentItem),
        writes=(Upload, UploadUsage, ContentItem),
        permissions=_PROCESSING,
        memory_mb=2048,
        timeout_seconds=300,
        layers=("media", "documents", "scanner"),
    ),
    Function(
        "events.transcoding",
        Queue(batch_size=1, concurrency=5),
        reads=(Upload, UploadUsage, ContentItem),
        writes=(Upload, UploadUsage, ContentItem),
        permissions=_PROCESSING,
        memory_mb=3008,
        timeout_seconds=900,
        storage_mb=2048,
        layers=("video",),
    ),
    Function(
        "events.storing",
        Queue(),
        reads=(Upload,),
        writes=(Upload,),
        permissions=(Bucket("imports-parsed/", ("read", "miss")), Bucket("uploads/", ("write",))),
        timeout_seconds=30,
    ),
    Function(
        "events.malware",
        Queue(),
        reads=(Upload, UploadUsage, *_ITEM),
        writes=(Upload, UploadUsage, *_ITEM, ContentListing),
        permissions=_PROCESSING,
        timeout_seconds=30,
    ),
    Function(
        "events.retirement",
        Queue(),
        reads=(Upload, UploadUsage, Upload.index("gsi1")),
        writes=(Upload, UploadUsage),
        permissions=_RETIRING,
        timeout_seconds=60,
    ),
    Function("events.statistics", Queue(window_seconds=5, concurrency=2), reads=_ITEM, writes=(*_ITEM, ContentListing)),
    Function(
        "jobs",
        Schedule(),
        reads=(Upload, UploadUsage, Upload.index("gsi1"), ContentItem),
        writes=(Upload, UploadUsage, ContentItem),
        permissions=_RETIRING,
        timeout_seconds=60,
    ),
)
