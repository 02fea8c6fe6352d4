"""Kit of lyceum."""
