"""Data: digests of the guides in our own words, the registry of sources, typed figures."""
