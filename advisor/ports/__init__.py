"""What the core asks of the outside: language, evidence and embeddings."""
