"""Models of a tenant, learnt from its own figures each night: lifetime, churn, baskets, courses, behaviour."""
