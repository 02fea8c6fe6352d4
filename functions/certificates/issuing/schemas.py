"""What callers of the certificate endpoints send and get."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from lyceum.kit.http import Listing, Request, Schema
from lyceum.kit.http.schemas import Id, Timestamp

State = Literal["valid", "expired", "revoked", "superseded"]
Reason = Annotated[str, StringConstraints(min_length=3, max_length=300, strip_whitespace=True)]


class GenerateCertificate(Request):
    """One achievement of one's own: a completed course, or a passed exam by its session.

    - `reissue`: whether a certificate that says something else than today's facts (a new name, another score) is to be
      replaced; without it the one that holds is returned as it is.
    """

    course_id: Id | None = Field(default=None, examples=["01JZ3M8Q4T6V9X2B5D7F8H1K3N"])
    exam_id: Id | None = Field(default=None)
    reissue: bool = False

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.course_id is None) == (self.exam_id is None):
            raise ValueError("name either courseId or examId")
        return self


class CertificateQuery(Listing):
    """One's own certificates, the newest first."""


class RevokeCertificate(Request):
    """Why a certificate proves nothing any more; its holder and everybody who verifies it read the reason."""

    reason: Annotated[Reason, Field(examples=["The exam was sat by somebody else."])]


class PageQuery(Request):
    """How a certificate's document is wanted.

    - `form`: `page` for the page's data alone, `credential` with the signed document, `jwt` with its JWT form.
    """

    form: Literal["page", "credential", "jwt"] = Field(
        default="page", description="`credential` and `jwt` add the signed document in that form."
    )


class LinkedIn(Schema):
    """What LinkedIn asks of a certification, and the address that fills its form in."""

    name: str
    organization_name: str
    issue_year: int
    issue_month: int
    expiration_year: int | None = None
    expiration_month: int | None = None
    cert_url: str
    cert_id: str
    add_url: str


class CertificateView(Schema):
    """A certificate as everybody may read it.

    - `holderName`: as the signed document says it; of minors the initials, unless a guardian agreed to the name.
    - `kind`: `course` or `exam`; `sourceId` names the course or what was published.
    - `percent`: a decimal text, of exams.
    - `supersededBy`, `supersedes`: the certificate after and before it.
    - `url`: what the QR code leads to.
    - `pdfUrl`, `verifyUrl`: the document, and whether it holds.
    - `credential`, `jwt`: the signed document, where it was asked for.
    """

    certificate_id: str
    state: State
    kind: Literal["course", "exam"]
    source_id: str
    title: str
    holder_name: str
    issuer: str
    issuer_name: str
    percent: str | None = None
    awarded_at: Timestamp
    issued_at: Timestamp
    expires_at: Timestamp | None = None
    revoked_at: Timestamp | None = None
    reason: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    url: str
    pdf_url: str
    verify_url: str
    linked_in: LinkedIn
    credential: dict[str, Any] | None = None
    jwt: str | None = None


class RevokedView(Schema):
    """A certificate that was revoked."""

    certificate_id: str
    state: State
    revoked_at: Timestamp
    reason: str
