"""The proof of the gate: deliberate faults that it has to catch, harmless changes that it has to let pass."""
