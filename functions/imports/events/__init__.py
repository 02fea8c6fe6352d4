"""Events of imports."""
