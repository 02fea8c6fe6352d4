"""Rules of lyceum."""
