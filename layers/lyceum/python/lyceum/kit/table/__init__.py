"""Table of kit."""
