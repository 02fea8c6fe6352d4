"""Tasks of lyceum."""
