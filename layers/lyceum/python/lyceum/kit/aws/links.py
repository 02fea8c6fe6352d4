"""Signed links to files."""

from lyceum.kit.aws.clients import client, edge_signer

_RUN_BY_BROWSERS = (".html", ".zip", ".pdf")


def edge_link(key: str, seconds: int) -> str:
    """Sign an address of the content network for an object (CloudFront, signed URL with a canned policy)."""
    from datetime import timedelta

    from lyceum.kit import clock
    from lyceum.kit.settings import settings

    until = clock.now() + timedelta(seconds=seconds)
    return str(edge_signer().generate_presigned_url(f"https://{settings().edge_domain}/{key}", date_less_than=until))


def picture_link(key: str) -> str:
    """Sign an address of a small picture for one to two hours; of the content network it is the same within an hour.

    So a list of pictures that did not change is the same answer, and browsers keep the pictures.
    """
    from datetime import timedelta
    from math import ceil

    from lyceum.kit import clock

    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    return link(key, ceil((hour + timedelta(hours=2) - now).total_seconds()))


def link(key: str, seconds: int) -> str:
    """Sign an address from which a file can be fetched for `seconds`.

    It is one of the content network where there is one, else of storage. What a browser would run is sent as an
    attachment.
    """
    from lyceum.kit.settings import settings

    if settings().edge_domain:
        return edge_link(key, seconds)
    target = {"Bucket": settings().bucket, "Key": key}
    if key.endswith(_RUN_BY_BROWSERS):
        target["ResponseContentDisposition"] = "attachment"
    return str(client("s3").generate_presigned_url("get_object", target, ExpiresIn=seconds))
