"""Scripted language, in-memory evidence and stores, for tests of this package and of what is built on it."""
