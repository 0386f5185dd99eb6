"""The Slack bot: a skin on `Advisor`, with its own record of what came and what was answered."""
