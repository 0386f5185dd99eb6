"""What a consultation asks of a language model: calls and prompt tokens, from the bodies of real requests.

A scripted model on loopback reads with the local reader and words every sentence it may. Tokens are
counted in two ways that both err upwards: bytes / 3.2, and the word pieces of MiniLM's tokenizer, which
cuts figures and punctuation finer than the tokenizers of chat models do.
"""

import json
import tempfile
from collections import Counter
from pathlib import Path

from advisor.adapters.embedder import OnnxEmbedder
from advisor.adapters.openai_language.prompts import estimate
from advisor.assembly import Advisor, Workshop
from advisor.settings import load_settings
from advisor.testing.honest_model import HonestModel
from advisor.testing.openai_server import OpenAIServer, Request
from evals.bench.rows import Row
from evals.bench.turns import DAY

CONSULTATION = (
    "We run a B2B SaaS for property managers, 120 people. Customers drown in maintenance tickets and we want "
    "the app to read them and send them to the right contractor. Live by end of January. What should I pay?",
    "hosted, gpt. our cto played with it over a weekend",
    "the tickets are clean, two years of them",
    "somebody keeps an eye on it, but it's not what we sell",
    "What is the difference between an AI engineer and an ML engineer?",
    "and if we had six months?",
    "Just tell me what to do.",
)


def measure(models: Path) -> list[Row]:
    """Calls a turn and prompt tokens of one whole consultation."""
    embedder = OnnxEmbedder(models)
    with tempfile.TemporaryDirectory() as home:
        settings = {"home": Path(home), "model_cache": models.resolve()}
        local = Workshop(load_settings(**settings, model="none"), print).parts().local
        with OpenAIServer(HonestModel(local)) as server:
            given = load_settings(**settings, base_url=server.url, api_key="none", model="scripted")
            calls: list[float] = []
            with Advisor.open(given) as advisor:
                for message in CONSULTATION:
                    before = len(server.requests)
                    advisor.reply_sync("bench", message, today=DAY)
                    calls.append(len(server.requests) - before)
            requests = list(server.requests)
    by_form = Counter(request.form for request in requests)
    told = ", ".join(f"{form} {count}" for form, count in by_form.most_common())
    return [
        Row("model", "calls a turn", calls, "", "aim: at most 3"),
        Row("model", "calls in a consultation", [len(requests)], "", told),
        Row(
            "model", "prompt tokens, bytes / 3.2", [sum(map(tokens_sent, requests))], "", "aim: under 15,000"
        ),
        Row("model", "prompt tokens, word pieces", [sum(embedder.count(sent(r)) for r in requests)], ""),
    ]


def tokens_sent(request: Request) -> int:
    """An estimate from above of the tokens that a request sends."""
    return estimate(sent(request))


def sent(request: Request) -> str:
    """What a model is given: the messages, and the form as JSON."""
    form = request.body.get("response_format") or request.body.get("tools") or ""
    return f"{request.text}\n{json.dumps(form, ensure_ascii=False)}"


if __name__ == "__main__":
    for row in measure(Path(".cache/models")):
        print(row.what, row.summary(), row.note)
