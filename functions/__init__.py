"""The product: one package a domain."""
