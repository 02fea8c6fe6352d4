"""Workers of imports."""
