"""Workers of assignments."""
