"""What the tests share: emulated services, callers and a clock."""
