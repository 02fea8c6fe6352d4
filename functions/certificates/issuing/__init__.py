"""From an achievement to its certificate: issuing, issuing anew, and revoking."""
