"""The OpenAPI document: schemas, parameters, answers and errors, read from routes. Never imported by a function."""
