"""Scripted language and in-memory evidence, for tests of this package and of what is built on it."""
