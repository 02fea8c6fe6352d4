"""Schemes of links that no document may have, since following one runs something or opens a file or a share."""

HOSTILE_SCHEMES = frozenset(
    {"file", "javascript", "vbscript", "data", "smb", "jar", "res", "shell", "mk", "ldap", "view-source", "blob"}
)
