"""Reading certificates: one's own, and the page of anybody's in the form that is wanted."""

from lyceum.kit.identity import Principal
from lyceum.kit.table import Slice, find
from lyceum.model.certificates import Certificate

from functions.certificates.credentials import jwt_form
from functions.certificates.issuing import views
from functions.certificates.issuing.schemas import CertificateQuery, CertificateView, PageQuery


def own(caller: Principal, query: CertificateQuery) -> Slice[Certificate]:
    """Read a page of the caller's certificates, the newest first (1 storage request)."""
    after = query.start_key()
    return find(Certificate, index="gsi1", user_id=caller.user_id, limit=query.limit, after=after, descending=True)


def page(certificate_id: str, query: PageQuery) -> CertificateView:
    """Return a certificate's page, with its document where that is asked for (1 storage request, of a JWT 2).

    Raises NotFound, and Gone for one whose holder was erased.
    """
    certificate = views.existing(certificate_id)
    view = views.shown(certificate)
    if query.form == "page" or certificate.state == "superseded":
        return view
    if query.form == "jwt":
        return view.model_copy(update={"jwt": jwt_form.sign(certificate.credential)})
    return view.model_copy(update={"credential": certificate.credential})
