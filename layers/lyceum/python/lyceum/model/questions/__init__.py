"""Questions of model."""
