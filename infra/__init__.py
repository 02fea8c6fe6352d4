"""The CDK app: one module a stack, and `functions.py`, the one table of all Lambdas."""
