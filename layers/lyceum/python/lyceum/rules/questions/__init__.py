"""Questions of rules."""
