"""One file a stage: understand, decide, ask, answer, decline, retrieve, write, verify, memo."""
