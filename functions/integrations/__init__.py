"""Standards by which other systems of a school talk to this one: SCIM, OneRoster, xAPI, LTI."""
