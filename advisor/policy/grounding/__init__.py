"""Verification: nothing reaches the user without lineage. Pure code over a draft and its grounds."""

from advisor.policy.grounding.grounds import Fault, FaultKind, Grounds, Verified
from advisor.policy.grounding.lexicon import Lexicon, load_lexicon
from advisor.policy.grounding.sweep import sweep
from advisor.policy.grounding.verify import Verifier

__all__ = ["Fault", "FaultKind", "Grounds", "Lexicon", "Verified", "Verifier", "load_lexicon", "sweep"]
