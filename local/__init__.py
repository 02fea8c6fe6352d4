"""The local stack: the real CDK app, deployed into an AWS emulator on this machine."""
