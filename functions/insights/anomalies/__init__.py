"""Anomalies of traffic: busy addresses are scored against the others, warned, and refused for a while."""
