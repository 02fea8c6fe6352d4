"""Events of assignments."""
