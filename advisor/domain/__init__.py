"""Values: facts, decision, evidence, memo, reply. Imports nothing of ours."""
