"""What an organisation records of its compliance."""

from pynamodb.attributes import UnicodeAttribute

from lyceum.kit.table.entity import Entity, Keys


class Certification(Entity, discriminator="certification"):
    """A certification or an assessment that the organisation holds, such as ISO/IEC 27001.

    - `issued_on`, `expires_on`: days, ISO 8601.
    - `reference`: the number of the certificate.
    - `url`: where it is shown.
    """

    keys = Keys("CERTIFICATION#all", "{certification_id}")
    noun = "certification"

    certification_id = UnicodeAttribute()
    name = UnicodeAttribute()
    issuer = UnicodeAttribute()
    scope = UnicodeAttribute(null=True)
    reference = UnicodeAttribute(null=True)
    url = UnicodeAttribute(null=True)
    issued_on = UnicodeAttribute()
    expires_on = UnicodeAttribute(null=True)
