"""What AWS itself publishes: S3, GuardDuty, SES."""

from typing import Any, ClassVar

from lyceum.kit.event import Event


class ObjectCreated(Event):
    """Storage received a file; published by S3 itself, not by Lyceum."""

    name: ClassVar[str] = "Object Created"
    source: ClassVar[str] = "aws.s3"
    bucket: str
    key: str
    size_bytes: int

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "ObjectCreated":
        """Read S3's notification; the tenant is the second part of the key `uploads/{tenant}/{owner}/{id}/original`."""
        detail = envelope["detail"]
        key = detail["object"]["key"]
        parts = key.split("/")
        return cls(
            event_id=envelope["id"],
            tenant=parts[1] if len(parts) > 1 else "",
            actor="storage",
            at=envelope["time"],
            bucket=detail["bucket"]["name"],
            key=key,
            size_bytes=detail["object"].get("size", 0),
        )


class ObjectScanned(Event):
    """The cloud's malware scan looked at a file; published by GuardDuty itself, not by Lyceum."""

    name: ClassVar[str] = "GuardDuty Malware Protection Object Scan Result"
    source: ClassVar[str] = "aws.guardduty"
    bucket: str
    key: str
    etag: str
    result: str

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "ObjectScanned":
        """Read GuardDuty's notification (user guide, "Monitoring S3 object scans with EventBridge")."""
        detail = envelope["detail"]
        scanned = detail["s3ObjectDetails"]
        parts = scanned["objectKey"].split("/")
        return cls(
            event_id=envelope["id"],
            tenant=parts[1] if len(parts) > 1 else "",
            actor="storage",
            at=envelope["time"],
            bucket=scanned["bucketName"],
            key=scanned["objectKey"],
            etag=scanned["eTag"].strip('"'),
            result=detail.get("scanResultDetails", {}).get("scanResultStatus") or detail["scanStatus"],
        )


def _returned(envelope: dict[str, Any], people: list[dict[str, str]]) -> dict[str, Any]:
    """Read what SES tells of any mail afterwards; tenant and notification are the mail's tags."""
    tags: dict[str, list[str]] = envelope["detail"]["mail"]["tags"]
    return {
        "event_id": envelope["id"],
        "tenant": tags["tenant"][0],
        "actor": "mail",
        "at": envelope["time"],
        "addresses": [each["emailAddress"] for each in people],
    }


class MailBounced(Event):
    """A mail came back, for good when its address does not exist; published by SES (developer guide, bounce object)."""

    name: ClassVar[str] = "Email Bounced"
    source: ClassVar[str] = "aws.ses"
    addresses: list[str]
    is_final: bool

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "MailBounced":
        """Read SES's notification."""
        bounce = envelope["detail"]["bounce"]
        return cls(**_returned(envelope, bounce["bouncedRecipients"]), is_final=bounce["bounceType"] == "Permanent")


class MailComplained(Event):
    """A reader called a mail spam, or said that it is none; published by SES (developer guide, complaint object)."""

    name: ClassVar[str] = "Email Complaint Received"
    source: ClassVar[str] = "aws.ses"
    addresses: list[str]
    is_final: bool

    @classmethod
    def from_envelope(cls, envelope: dict[str, Any]) -> "MailComplained":
        """Read SES's notification."""
        complaint = envelope["detail"]["complaint"]
        return cls(
            **_returned(envelope, complaint["complainedRecipients"]),
            is_final=complaint.get("complaintFeedbackType") != "not-spam",
        )
