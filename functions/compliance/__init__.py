"""What can be proven of the product: the audit trail and its chain, data that is consistent, data protection."""
