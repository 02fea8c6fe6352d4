"""The signed document of a certificate: an Open Badges 3.0 credential with a Data Integrity proof."""
