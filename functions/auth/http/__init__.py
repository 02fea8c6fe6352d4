"""Sign-in over HTTP, a module for each function: they differ in what they load and in the secrets they read."""
