"""Who is there today: counted roles, "just me and …", "nobody here …", "the IT department is …".

Who shall be hired, who asks, and how many people the firm has are no team.
"""

import re

from advisor.adapters.local_reader.clauses import Clause, Message
from advisor.adapters.local_reader.cues import Span
from advisor.adapters.local_reader.numbers import Numbers
from advisor.adapters.local_reader.playbook import ReadingPlaybook

_ARTICLE = re.compile(r"\b(?:an?|another|our|my|the|two|some|several|a few|a couple of|zero|no)\s+")
_AND_MORE = re.compile(
    r"\s*[,;+&(]?\s*(?:and |plus |with |or |,)?\s*(?:an?|one|two|three|four|my|our|another|\d+|"
    r"nobody|no|zero|someone|some|the)\s+"
)
_PERSON = re.compile(
    r"\b(?:friends?|mates?|brothers?|sisters?|nephews?|nieces?|cousins?|wife|husband|sons?|"
    r"daughters?|partners?|guys?|girls?|"
    r"students?|people|persons?|others?|lads?|folks?|colleagues?|half|\w+(?:ist|ician|grammer|neer|"
    r"loper|signer|tester|analyst))\b"
)
_GONE = re.compile(
    r"\s+(?:[\w-]+\s+){0,2}?(?:quit|left|leaves?|leaving|resigned|retired?|were (?:fired|let go)|"
    r"are (?:gone|leaving)|gone)\b"
)
_TEAM_OF = re.compile(
    r"\b(?:an?\s+)?(?:data|engineering|dev|development|ml|ai|it|product|tech|software|small|tiny|"
    r"core)\s+team of\s+(?=\w)"
)
_ANYBODY = re.compile(r"\b(?:person|people|guy|guys|folks)$")
_HIRED_OUT = re.compile(r"freelancer|consultant")
_JOINS = 40
"""Characters between two roles that still belong to one team."""


class Teams:
    """Finds who is on the team."""

    def __init__(self, data: ReadingPlaybook, numbers: Numbers) -> None:
        texts, cues = data.texts, data.cue_set
        self._numbers = numbers
        roles = cues(texts.team_nouns).cues[0].pattern.pattern
        bare = cues(texts.team_fields).cues[0].pattern.pattern
        self._counted = re.compile(
            rf"[\s-]+(?:(?:[\w'/-]+\s+){{0,2}}?{roles}|{bare}(?=\s*(?:$|[,.;+)]|and\b)))"
        )
        self._role = re.compile(rf"(?:(?!(?:new|more|senior who)\b)[\w'/-]+\s+){{0,2}}?{roles}")
        self._cues, self._not, self._heads = (
            cues(texts.team_cues),
            cues(texts.not_team),
            cues(texts.team_heads),
        )
        self._alone, self._nobody = cues(texts.team_alone), cues(texts.team_nobody)

    def read(self, message: Message) -> Span | None:
        """The stretch of the message that says who is there, or None."""
        spans: list[Span] = []
        for clause in message.clauses:
            if clause.stated or (
                clause.past and not clause.others and not clause.question and not clause.hypothetical
            ):
                spans += self._in_clause(message, clause)
        # "Nobody on AI" belongs to a team that is told of; alone it speaks of who could judge the work.
        first = message.clause_at(spans[0].start).sentence if spans else None
        for clause in message.clauses:
            if clause.sentence == first and clause.stated:
                spans += [
                    Span(s.start, clause.end)
                    for s in self._nobody.spans(message.lower, clause.start, clause.end)
                ]
        return _together(message, sorted(spans, key=lambda span: span.start))

    def _in_clause(self, message: Message, clause: Clause) -> list[Span]:
        lower, found = message.lower, list[Span]()
        if clause.past or clause.retracted:
            return []
        sentence = message.sentence(clause)
        alone = [s for s in self._alone.spans(lower, clause.start, sentence.end) if s.start < clause.end]
        if alone:
            end = (
                sentence.end if ":" in lower[alone[0].start : alone[0].end] else max(alone[0].end, clause.end)
            )
            return [Span(alone[0].start, end)]
        headed = self._headed(lower, clause, sentence)
        if headed is not None:
            return [headed]
        for amount in self._numbers.read(lower[clause.start : clause.end]):
            begin, end = clause.start + amount.start, clause.start + amount.end
            match = self._counted.match(lower, end, clause.end)
            if match is None or _GONE.match(lower, match.end(), clause.end):
                continue
            cued = self._cues.occurs(lower, clause.start, begin)
            if (cued or not _HIRED_OUT.search(match[0])) and self._ours(lower, clause, sentence, begin):
                found.append(Span(begin, clause.end))
                break
        of_team = _TEAM_OF.search(lower, clause.start, clause.end)
        if of_team is not None and not self._not.occurs(lower, sentence.start, of_team.start()):
            found.append(Span(of_team.start(), clause.end))
        for article in _ARTICLE.finditer(lower, clause.start, clause.end):
            role = self._role.match(lower, article.end(), clause.end)
            none = article[0].strip() in ("no", "zero")
            if none and role is not None and _ANYBODY.search(role[0]):
                continue  # "no technical person" says who can't judge, not who is there
            if (
                role is None
                or _GONE.match(lower, role.end(), clause.end)
                or self._not.occurs(lower, clause.start, role.start())
            ):
                continue
            has = self._cues.spans(lower[clause.start : article.start()])
            if none or (
                has
                and lower[clause.start + has[-1].end : article.start()].strip()
                in ("", "just", "only", "got", "also")
            ):
                found.append(Span(article.start(), clause.end))
                break
        return sorted(found, key=lambda span: span.start)

    def _ours(self, lower: str, clause: Clause, sentence: Span, begin: int) -> bool:
        """Whether a counted role is the user's own: nothing in the sentence so far asks for one."""
        own = self._cues.occurs(lower, clause.start, begin)
        return not self._not.occurs(lower, clause.start if own else sentence.start, begin)

    def _headed(self, lower: str, clause: Clause, sentence: Span) -> Span | None:
        """ "Team: …", "the people: …", "our IT department is …": everything to the end of the sentence."""
        head = self._heads.first(lower, clause.start, clause.end)
        if head is None or self._not.occurs(lower, sentence.start, head.start):
            return None
        rest = re.match(
            r"\s*(?:(?:today|now|here|currently|consists of|in total)\s*)?(?:[:=-]|is|are|'s|"
            r"consists of)\s+(?=\w)",
            lower[head.end : sentence.end],
        )
        if rest is None:
            return None
        begin = head.end + rest.end()
        if not re.match(
            r"(?:[\w-]+\s+){0,2}?(?:me\b|i\b|\d|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|"
            r"eight\b|nine\b|ten\b|an?\b|just\b|only\b|my\b)",
            lower[begin:],
        ) and not re.search(r"\b(?:depart\w+|team|crew|guy|it)$", lower[head.start : head.end]):
            return None
        if re.match(
            r"(?:not|very|too|busy|small|big|ready|happy|fully|overloaded|good|great|on|in|at|able|"
            r"there|being|going|trying|asking|using|full)\b",
            lower[begin:],
        ):
            return None
        return Span(head.start, sentence.end)


def _together(message: Message, spans: list[Span]) -> Span | None:
    """The spans of the first sentence that has any, with "and a friend" after them, as one stretch."""
    if not spans:
        return None
    first = message.clause_at(spans[0].start)
    whole = spans[0]
    for clause in message.clauses:
        if clause.sentence != first.sentence or clause.start < whole.end:
            continue
        said = any(
            clause.start <= span.start < clause.end and span.start - whole.end <= _JOINS for span in spans
        )
        words = message.lower[clause.start : clause.end]
        if not said and not (_AND_MORE.match(words) and _PERSON.search(words) and clause.stated):
            break
        whole = Span(whole.start, clause.end)
    whole = Span(whole.start, max([whole.end, *(span.end for span in spans if span.start < whole.end)]))
    return Span(whole.start, len(message.text[: whole.end].rstrip(" .,;:!?")))
