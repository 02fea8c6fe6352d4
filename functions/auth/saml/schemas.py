"""What browsers bring from SAML identity providers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class PostedAnswer(BaseModel, defer_build=True):
    """An answer of an identity provider (HTTP-POST; SAML 2.0 Bindings, 3.5).

    - `SAMLResponse`: the answer, in base64.
    """

    model_config = ConfigDict(extra="ignore", defer_build=True)

    SAMLResponse: Annotated[str, StringConstraints(max_length=400_000)] = ""
