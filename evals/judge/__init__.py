"""What needs a judge model: ragas' metrics over answers and memos, and whether the judge can be trusted."""
