"""The content networks of a stage, before its files and before its API, as the stage's settings say."""

from pydantic import BaseModel, ConfigDict, Field

COUNTRY_HEADER = "CloudFront-Viewer-Country"
"""By which the content network before the API names the caller's country."""


class Edge(BaseModel):
    """The content network before files, and what an edge before the API tells.

    Attributes:
        public_key: PEM of the key by which links are proven; empty for no network.
        key_id: Its id in CloudFront, an output of the edge stack.
        domain: The network's host, an output of the edge stack.
        country_header: Header by which an edge before the API, that nobody gets past, names the caller's country.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_key: str = ""
    key_id: str = ""
    domain: str = ""
    country_header: str = Field(default="", pattern=r"^[a-z0-9-]*$")


class ApiEdge(BaseModel):
    """The content network and the firewall before the API.

    Attributes:
        target: Where the gateway answers for `api_domain`, an output of the gateway stack; empty for no network.
        certificate: ARN of a certificate of `api_domain` in us-east-1.
        shield_region: Region of a cache that stands between all others and the gateway; empty for none.
        calls_per_five_minutes: How often one address may call before it is refused for a while.
        bot_control: Whether bots are told apart, which is paid for by request.
        network: Id of the network, its output `ApiEdgeId`; from then on it forgets what was changed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str = ""
    certificate: str = Field(default="", pattern=r"^$|^arn:aws[\w-]*:acm:us-east-1:")
    shield_region: str = ""
    calls_per_five_minutes: int = Field(default=3000, ge=10)
    bot_control: bool = False
    network: str = ""
