"""The CDK app: what its templates promise."""
