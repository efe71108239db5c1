"""Claims: who is reported to have said, thought, promised or wanted what, in which words.

A claim has a speaker, a cue and a content (Pareti 2015; Newell et al. 2018, PolNeAR). Cues and the frames that hold
their contents are in ``lexicon/cues.tsv``. The step runs after ``events``: what stands in a content hangs on its claim.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from graph.documents import Span
from graph.model import Basis, Claim, Event, Mention, QuoteForm, Reading, Sentence, Token
from graph.reading import lexicon
from graph.reading.grammar import SUBJECTS, Tree
from graph.reading.quotations import holding, overlapping, quotations

_MARKS = " \t\n\r\"“”„«»‘’'`,;:–—-"
_ACCORDING = frozenset({"according", "according to", "per"})
_HEARSAY = frozenset({"reportedly", "allegedly", "purportedly", "supposedly", "apparently", "ostensibly"})
_OWN = frozenset({"i", "we", "you", "my", "our", "your", "me", "us"})
_SPOKEN = frozenset({"say", "ask"})
_NOMINAL = frozenset({"NOUN", "PROPN", "PRON"})
_CLAUSAL = ("ccomp", "csubj", "parataxis")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a cue word may govern; ``kind`` says what sort of attitude it is.

    ``veridical``: "yes" where what it is about is taken for granted ("condemned the attack"), so that a noun phrase
    beside it is the article's own report and only the judgement is the speaker's; "no" where it is denied, and only
    what the noun phrase itself names is the speaker's ("denied any part in the attack").
    """

    kind: str
    holds: frozenset[str]
    veridical: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim before its speaker, its acts and its neighbours are known by id."""

    content: tuple[Span, ...]
    cue: Token | None = None
    cue_span: Span | None = None
    speaker: Token | None = None
    speaker_span: Span | None = None
    relayer: Token | None = None
    basis: Basis = "Explicit"
    confidence: float = 0.6
    veridical: str = ""

    @property
    def hull(self) -> Span:
        return self.content[0].hull(self.content[-1])


@cache
def _frames() -> dict[tuple[str, str], Frame]:
    found: dict[tuple[str, str], Frame] = {}
    for row in lexicon.rows("cues.tsv"):
        key = (row["lemma"], row["pos"])
        old = found.get(key)
        holds = frozenset(row["frames"].split(",")) | (old.holds if old else frozenset())
        found[key] = Frame(old.kind if old else row["kind"], holds, row.get("veridical", ""))
    return found


class Scene:
    """The reading as the claim rules look at it: its trees, its quotations, its mentions by their head."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.text = reading.document.text
        self.tokens = reading.tokens
        self.tree = Tree(reading.tokens)
        self.quotes = quotations(self.text, reading.document.body())
        self.starts = [t.span.start for t in reading.tokens]
        self.entity_of: dict[int, str] = {}
        self.mention_of: dict[int, Mention] = {}
        for entity in reading.entities:
            for mention in entity.mentions:
                held = self.mention_of.get(mention.head)
                if held is None or len(mention.span) > len(held.span):
                    self.mention_of[mention.head] = mention
                self.entity_of.setdefault(mention.head, entity.id)

    def quoted(self, at: int) -> Span | None:
        return holding(self.quotes, at)

    def within(self, span: Span) -> range:
        """The indices of the tokens that begin inside the span."""
        return range(bisect_left(self.starts, span.start), bisect_left(self.starts, span.end))

    def sentence(self, token: Token) -> Sentence:
        return self.reading.sentences[token.sentence]

    def trimmed(self, span: Span) -> Span | None:
        """The span without the marks and blanks at its ends; None if nothing is left."""
        raw = span.of(self.text)
        start = span.start + len(raw) - len(raw.lstrip(_MARKS))
        end = span.start + len(raw.rstrip(_MARKS))
        return Span(start, end) if start < end else None

    def phrase(self, noun: Token) -> Span:
        """The noun phrase of a speaker: its mention, else its subtree without clauses."""
        mention = self.mention_of.get(noun.index)
        if mention is not None:
            return mention.span
        return self.tree.span(noun, without=frozenset({"acl:relcl", "acl", "appos", "cc", "conj", "punct", "case"}))


def claims(reading: Reading) -> Reading:
    """The reading with its claims, and with each event's ``claim`` set to the innermost claim that it is part of."""
    scene = Scene(reading)
    drafts = [*_clauses(scene), *_according_to(scene), *_transcript(scene)]
    drafts = [*_with_quotes(scene, drafts), *_hearsay(scene)]
    chosen = _without_nested_attitudes(_without_doubles(drafts))
    found = _numbered(scene, chosen)
    return replace(reading, claims=tuple(found[0]), events=tuple(found[1]))


# --- cues that govern a content ------------------------------------------------------------------------------------


def _clauses(scene: Scene) -> Iterator[Draft]:
    for token in scene.tokens:
        frame = _frame(token, scene)
        if frame is not None:
            yield from _governed(scene, token, frame)


def _frame(token: Token, scene: Scene) -> Frame | None:
    kinds = {"VERB": "verb", "NOUN": "noun", "ADJ": "adjective", "AUX": "verb"}
    pos = kinds.get(token.pos)
    return None if pos is None else _frames().get((token.lemma.lower(), pos))


def _governed(scene: Scene, cue: Token, frame: Frame) -> Iterator[Draft]:
    clausal = _clausal_content(scene, cue, frame)
    content = clausal or _nominal_content(scene, cue, frame)
    if content is None:
        return
    content = _to_closing_mark(scene, cue, content)
    speaker = _speaker(scene, cue, content) or _next_to_cue(scene, cue, content)
    if speaker is None and (cue.pos != "VERB" or (frame.kind not in _SPOKEN and not scene.tree.is_passive(cue))):
        return
    if scene.quoted(cue.span.start) and (speaker is None or speaker.text.lower() in _OWN):
        return
    draft = _draft(scene, cue, speaker, content, 0.8 if frame.kind in _SPOKEN else 0.6)
    draft = replace(draft, veridical=frame.veridical if clausal is None else "")
    around = _around(scene, draft) if frame.kind in _SPOKEN and content.start < cue.span.start else ()
    yield replace(draft, content=around) if around else draft


def _around(scene: Scene, draft: Draft) -> tuple[Span, ...]:
    """The sentence before, and after, words such as ", she said," that stand in its middle or at its end."""
    cue = draft.cue
    if cue is None or draft.speaker is None or scene.quoted(cue.span.start):
        return ()
    sentence, said = scene.sentence(cue), cue.span.hull(draft.speaker_span or cue.span)
    group = scene.within(said)
    if len(group) > 12 or group[0] <= sentence.first or group[-1] + 1 >= sentence.last:
        return ()
    before, after = scene.tokens[group[0] - 1], scene.tokens[group[-1] + 1]
    if before.text not in {",", "”", '"', "''", "’"}:
        return ()
    whole = draft.content[0] if scene.quoted(draft.hull.start) else Span(sentence.span.start, before.span.start)
    left = scene.trimmed(whole)
    goes_on = after.text == "," and _resumes(scene, after.index + 1, sentence)
    right = scene.trimmed(Span(after.span.end, sentence.span.end)) if goes_on else None
    return tuple(span for span in (left, right) if span is not None)


def _resumes(scene: Scene, index: int, sentence: Sentence) -> bool:
    """Whether the words from ``index`` on take up the sentence that a parenthesis broke, not the saying."""
    if index >= sentence.last:
        return False
    word = scene.tokens[index]
    return not (word.tag in {"VBG", "WP", "WDT", "WRB", "CC"} or word.lemma in {"add", "note", "cite"})


def _draft(scene: Scene, cue: Token, speaker: Token | None, content: Span, confidence: float) -> Draft:
    return Draft(
        content=(content,),
        cue=cue,
        cue_span=cue.span,
        speaker=speaker,
        speaker_span=None if speaker is None else scene.phrase(speaker),
        relayer=_relayer(scene, cue),
        confidence=confidence,
    )


def _clausal_content(scene: Scene, cue: Token, frame: Frame) -> Span | None:
    """The clause that the cue governs, by the frames that it allows; the first that is there."""
    tree = scene.tree
    for clause in tree.children(cue, *_CLAUSAL):
        if {"clause", "quote"} & frame.holds and _is_content(scene, cue, clause):
            return _extended(scene, cue, _clause_span(scene, cue, clause))
    if cue.dep in {"parataxis", "discourse"} and {"clause", "quote"} & frame.holds and tree.subject(cue) is not None:
        return _host(scene, cue)
    for clause in tree.children(cue, "xcomp", "acl", "advcl"):
        if "infinitive" in frame.holds and _is_infinitive(tree, clause):
            return _extended(scene, cue, _with_object(scene, cue, _clause_span(scene, cue, clause)))
        if "clause" in frame.holds and clause.dep != "advcl" and tree.marker(clause) == "that":
            return _extended(scene, cue, _clause_span(scene, cue, clause))
    return None


def _with_object(scene: Scene, cue: Token, span: Span) -> Span:
    """The span, begun at the object whose deed it is ("urged *the council* to act")."""
    thing = scene.tree.child(cue, "obj", "iobj")
    if thing is None or not cue.index < thing.index or thing.span.start >= span.start:
        return span
    return _stretch(scene, cue, scene.tree.span(thing).hull(span)) or span


def _is_content(scene: Scene, cue: Token, clause: Token) -> bool:
    if clause.dep != "parataxis":
        return True
    if any(t.index < clause.index and _quoting(scene, t) is cue for t in scene.tree.children(cue)):
        return False
    return clause.index > cue.index or scene.quoted(clause.span.start) is not None


def _is_infinitive(tree: Tree, clause: Token) -> bool:
    return any(t.text.lower() == "to" and t.index < clause.index for t in tree.children(clause, "mark", "aux"))


def _clause_span(scene: Scene, cue: Token, clause: Token) -> Span:
    """The clause with all that hangs on it, cut where the cue's own words begin."""
    span = scene.tree.span(clause)
    if clause.index > cue.index and scene.tree.head(cue) is None:
        span = span.hull(_tail(scene, cue, clause))
    if span.contains(cue.span):
        own = [i.span for i in scene.tree.subtree(clause) if i.index > cue.index]
        span = own[0].hull(own[-1]) if own else clause.span
    return scene.trimmed(span) or clause.span


def _tail(scene: Scene, cue: Token, clause: Token) -> Span:
    """The rest of the sentence after a content clause of its main verb, up to where the main clause goes on."""
    sentence = scene.sentence(cue)
    after = [t.index for t in scene.tree.children(cue) if t.index > clause.index and t.dep in {"conj", "cc"}]
    firsts = [scene.tree.subtree(scene.tokens[i])[0].index for i in after]
    last = min([i for i in firsts if i > clause.index], default=sentence.last) - 1
    while (
        scene.tokens[last].pos == "PUNCT"
        and scene.quoted(scene.tokens[last].span.start) is None
        and last > clause.index
    ):
        last -= 1
    return clause.span.hull(scene.tokens[last].span)


def _host(scene: Scene, cue: Token) -> Span | None:
    """What a parenthetical cue ("…, she said") comments on: its head's tree without the cue's own branch."""
    host = scene.tree.head(cue)
    if host is None:
        return None
    own = {t.index for t in scene.tree.subtree(cue)}
    words = [t for t in scene.tree.subtree(host) if t.index not in own]
    before, after = [t for t in words if t.index < min(own)], [t for t in words if t.index > max(own)]
    part = before if len(before) >= len(after) else after
    return scene.trimmed(part[0].span.hull(part[-1].span)) if part else None


def _extended(scene: Scene, cue: Token, span: Span) -> Span:
    """The span, run on to the end of a quotation that begins inside it."""
    quote = scene.quoted(max(span.end - 1, span.start))
    if quote is None or quote.contains(cue.span):
        return span
    return scene.trimmed(Span(min(span.start, quote.start), max(span.end, quote.end))) or span


def _nominal_content(scene: Scene, cue: Token, frame: Frame) -> Span | None:
    thing = scene.tree.child(cue, "obj")
    if found := _with_preposition(scene, cue, frame.holds):
        return _extended(scene, cue, _with_object(scene, cue, found))
    if thing is None or not {"object", "predicate"} & frame.holds:
        return None
    span, predicates = scene.tree.span(thing), [t for t in scene.tree.children(cue, "xcomp") if t.index > thing.index]
    if "object" not in frame.holds and not predicates:
        return None
    for more in predicates:
        span = span.hull(scene.tree.span(more))
    return _extended(scene, cue, _stretch(scene, cue, span) or span)


def _with_preposition(scene: Scene, cue: Token, holds: frozenset[str] | set[str]) -> Span | None:
    for preposition, noun in scene.tree.obliques(cue):
        if preposition in holds and preposition not in {"", "object"} and noun.index > cue.index:
            return _stretch(scene, cue, scene.tree.span(noun))
    thing = scene.tree.child(cue, "obj", "nsubj:pass")
    clauses = [
        *scene.tree.children(cue, "advcl", "acl", "xcomp"),
        *(scene.tree.children(thing, "acl") if thing else ()),
    ]
    for clause in clauses:
        if clause.index > cue.index and scene.tree.marker(clause) in holds:
            return _stretch(scene, cue, scene.tree.span(clause))
    return None


def _stretch(scene: Scene, cue: Token, span: Span) -> Span | None:
    start = max(span.start, cue.span.end) if span.end > cue.span.end else span.start
    return scene.trimmed(Span(start, max(start, span.end)))


# --- speakers ------------------------------------------------------------------------------------------------------


def _speaker(scene: Scene, cue: Token, content: Span) -> Token | None:
    """Who holds the attitude: the subject, the owner of a noun, or whoever the clause above lets it be."""
    found = _holder(scene, cue)
    if found is None or (content.contains(found.span) and not scene.tree.is_passive(cue)):
        return None
    return found


def _holder(scene: Scene, cue: Token) -> Token | None:
    tree = scene.tree
    if cue.pos == "NOUN":
        return tree.possessor(cue) or _owner(tree, cue)
    if tree.is_passive(cue):
        return next((n for p, n in tree.obliques(cue) if p == "by"), None)
    subject = tree.child(cue, *sorted(SUBJECTS - {"csubj", "csubj:pass"})) or _inverted(scene, cue)
    if subject is not None:
        return None if subject.text.lower() in {"it", "there"} and cue.pos == "ADJ" else subject
    return _controller(scene, cue)


def _to_closing_mark(scene: Scene, cue: Token, content: Span) -> Span:
    """A quotation before its cue ends at its mark, whatever the parse hangs on it behind that."""
    quote = scene.quoted(content.start)
    if quote is None or not quote.end <= cue.span.start or content.end <= quote.end:
        return content
    return scene.trimmed(Span(content.start, quote.end)) or content


def _next_to_cue(scene: Scene, cue: Token, content: Span) -> Token | None:
    """The noun phrase between a quotation and its cue, or right behind the cue, where the parse gives no subject."""
    quote = scene.quoted(content.start)
    if quote is None or not 0 <= cue.span.start - quote.end <= 120 or cue.pos != "VERB":
        return None
    gap = [scene.tokens[i] for i in scene.within(Span(quote.end, cue.span.start))]
    before = [t for t in reversed(gap) if t.pos not in {"ADV", "AUX"}]
    if before and before[0].pos in _NOMINAL:
        return _top_within(scene, before[0], gap)
    after = list(scene.tokens[cue.index + 1 : cue.index + 9])
    start = next((t for t in after if t.pos not in {"DET", "ADJ", "NUM"}), None)
    return _top_within(scene, start, after) if start is not None and start.pos in _NOMINAL else None


def _top_within(scene: Scene, token: Token, words: list[Token]) -> Token:
    """The highest nominal above the token that is one of these words."""
    held = {t.index for t in words if t.pos in _NOMINAL}
    while token.head in held and token.head != token.index:
        token = scene.tokens[token.head]
    return token


def _inverted(scene: Scene, cue: Token) -> Token | None:
    """The subject behind the verb that closes a quotation ("…”, said X"), where the parse calls it an object."""
    before = scene.tokens[cue.index - 1] if cue.index else None
    if before is None or not set(before.text) & set("”\"’',"):
        return None
    return next((t for t in scene.tree.children(cue, "obj", "dep", "obl", "nsubj") if t.index > cue.index), None)


def _owner(tree: Tree, cue: Token) -> Token | None:
    by = next((n for p, n in tree.obliques(cue) if p in {"by", "from"}), None)
    if by is not None:
        return by
    head = tree.head(cue)
    light = {"make", "issue", "give", "have", "release", "voice", "express", "repeat", "renew", "deliver", "offer"}
    if head is not None and cue.dep == "obj" and head.lemma in light:
        return tree.subject(head)
    return None


def _quoting(scene: Scene, cue: Token) -> Token | None:
    """The verb that passes on another's words ("*quoted* a guard as saying")."""
    head = scene.tree.head(cue)
    if head is None or scene.tree.marker(cue) != "as" or cue.dep not in {"advcl", "xcomp", "acl", "ccomp"}:
        return None
    return head if head.pos == "VERB" else scene.tree.head(head)


def _relayer(scene: Scene, cue: Token) -> Token | None:
    quoting = _quoting(scene, cue)
    return None if quoting is None or quoting is cue else _holder(scene, quoting)


def _controller(scene: Scene, cue: Token) -> Token | None:
    """The understood subject of a participle, an infinitive or a conjoined verb."""
    tree, at = scene.tree, cue
    quoting = _quoting(scene, cue)
    if quoting is not None and (quoted := tree.child(quoting, "obj", "nsubj:pass")):
        return quoted
    for _ in range(4):
        head = tree.head(at)
        if head is None:
            return None
        if at.dep in {"acl", "acl:relcl"}:
            return head
        if at.dep not in {"conj", "advcl", "xcomp", "ccomp", "parataxis", "dep"}:
            return None
        if at.dep == "xcomp" and (given := tree.child(head, "iobj", "obj")):
            return given
        subject = tree.subject(head)
        if subject is not None:
            by = next((n for p, n in tree.obliques(head) if p == "by"), None)
            return by if tree.is_passive(head) and by is not None else subject
        at = head
    return None


# --- "according to", hearsay, transcripts --------------------------------------------------------------------------


def _according_to(scene: Scene) -> Iterator[Draft]:
    for token in scene.tokens:
        if token.pos in _NOMINAL and scene.tree.preposition(token) in _ACCORDING:
            content = _rest(scene, token)
            case = scene.tree.child(token, "case")
            if content is not None and case is not None:
                after = scene.tokens[case.index + 1]
                span = case.span.hull(after.span) if after.lemma == "to" else case.span
                yield Draft((content,), case, span, token, scene.phrase(token), confidence=0.85)


def _rest(scene: Scene, source: Token) -> Span | None:
    """The clause that an "according to" phrase belongs to, without the phrase."""
    above = scene.tree.head(source)
    sentence = scene.sentence(source)
    own = {t.index for t in scene.tree.subtree(source)}
    top = [t.index for t in scene.tree.subtree(above)] if above is not None else range(sentence.first, sentence.last)
    before, after = [i for i in top if i < min(own)], [i for i in top if i > max(own)]
    part = before if len(before) >= len(after) else after
    if not part:
        return None
    return scene.trimmed(scene.tokens[part[0]].span.hull(scene.tokens[part[-1]].span))


def _hearsay(scene: Scene) -> Iterator[Draft]:
    for token in scene.tokens:
        if token.text.lower() in _HEARSAY and (clause := scene.tree.head(token)) is not None:
            content = scene.trimmed(scene.tree.span(clause))
            if content is not None:
                yield Draft((content,), token, token.span, basis="Inferred", confidence=0.4)


def _transcript(scene: Scene) -> Iterator[Draft]:
    """Headlines and transcripts: a name, a colon, and what its bearer says."""
    for sentence in scene.reading.sentences:
        first = next((i for i in range(sentence.first, sentence.last) if scene.tokens[i].pos != "PUNCT"), sentence.last)
        colon = next((t for t in scene.tokens[first : min(first + 7, sentence.last)] if t.text == ":"), None)
        if colon is None or colon.index == first or not _starts_paragraph(scene, sentence):
            continue
        speaker = _lone_name(scene, first, colon.index)
        content = scene.trimmed(Span(colon.span.end, _paragraph_end(scene, sentence)))
        if speaker is not None and content is not None:
            span = scene.tokens[first].span.hull(scene.tokens[colon.index - 1].span)
            yield Draft((content,), colon, colon.span, speaker, span, confidence=0.7)


def _starts_paragraph(scene: Scene, sentence: Sentence) -> bool:
    before = scene.text[max(0, sentence.span.start - 20) : sentence.span.start].rstrip(' \t"“')
    return not before or before.endswith("\n")


def _paragraph_end(scene: Scene, sentence: Sentence) -> int:
    end = scene.text.find("\n", sentence.span.start)
    return max(sentence.span.end, len(scene.text) if end < 0 else end)


def _lone_name(scene: Scene, first: int, last: int) -> Token | None:
    words = scene.tokens[first:last]
    if not any(t.name.endswith(("PER", "ORG")) for t in words) and not all(t.text.isupper() for t in words):
        return None
    if any(t.pos in {"VERB", "AUX", "NUM"} and not t.name for t in words):
        return None
    heads = [t for t in words if t.index in scene.entity_of]
    return heads[-1] if heads else words[-1]


# --- quotations that no clause holds -------------------------------------------------------------------------------


def _with_quotes(scene: Scene, drafts: list[Draft]) -> list[Draft]:
    """The drafts, with the quotations that no clause holds: beside a cue, or running on from the one before."""
    made = list(drafts)
    owners = [n for n, d in enumerate(drafts) for _ in d.content]
    shelf = Shelf([c for d in drafts for c in d.content])
    spoken_cues = sorted(
        (d for d in drafts if d.cue is not None and d.speaker is not None), key=lambda d: d.cue_span or d.hull
    )
    last: int | None = None
    for n, quote in enumerate(scene.quotes):
        holders = [owners[i] for i in shelf.overlapping(quote)]
        spoken = [i for i in holders if (cue := made[i].cue) is not None and not quote.contains(cue.span)]
        if spoken:
            last = spoken[-1]
            continue
        if not _is_utterance(scene, quote):
            continue
        before = None if last is None else made[last]
        draft = None if _continues(scene, n) else _introduced(scene, quote) or _beside(scene, quote)
        if last is not None and before is not None and _goes_on(scene, n, before, draft):
            made[last] = replace(before, content=(*before.content, scene.trimmed(quote) or quote))
        elif draft := draft or _run_on(scene, quote, _heard_before(spoken_cues, quote)):
            made.append(draft)
            last = len(made) - 1
    return made


def _continues(scene: Scene, n: int) -> bool:
    """Whether the quotation opens a paragraph that goes on from one whose mark was left open."""
    if n == 0:
        return False
    between = scene.text[scene.quotes[n - 1].end : scene.quotes[n].start]
    return "\n" in between and len(between.strip()) == 1


def _goes_on(scene: Scene, n: int, before: Draft, draft: Draft | None) -> bool:
    """Whether quotation ``n`` is more of what the claim before it says: same cue, or same paragraph and no cue."""
    quote = scene.quotes[n]
    if before.content[-1].end > quote.start:
        return False
    if _continues(scene, n):
        return True
    if draft is not None:
        return draft.cue is before.cue
    return "\n" not in scene.text[before.content[-1].end : quote.start] and len(before.content) < 12


def _introduced(scene: Scene, quote: Span) -> Draft | None:
    """A sentence that ends in a colon announces the quotation after it, be it in the next paragraph."""
    before = scene.text[max(0, quote.start - 12) : quote.start].rstrip(_MARKS.replace(":", ""))
    if not before.endswith(":"):
        return None
    first = next(iter(scene.within(quote)), None)
    at = (
        None
        if first is None
        else next((i for i in range(first - 1, max(first - 6, -1), -1) if scene.tokens[i].text == ":"), None)
    )
    if at is None:
        return None
    sentence = scene.sentence(scene.tokens[at])
    verbs = [t for t in scene.tokens[sentence.first : at] if t.pos == "VERB"]
    subjects = [t for t in verbs if scene.tree.subject(t) is not None]
    cue = next((t for t in reversed(verbs) if _frame(t, scene)), subjects[0] if subjects else None)
    speaker = None if cue is None else _holder(scene, cue)
    return None if cue is None or speaker is None else _draft(scene, cue, speaker, scene.trimmed(quote) or quote, 0.7)


def _is_utterance(scene: Scene, quote: Span) -> bool:
    """Whether the quoted words say something, rather than being a title or a word held with tongs."""
    words = [scene.tokens[i] for i in scene.within(quote)]
    return len(words) >= 4 and any(t.pos in {"VERB", "AUX"} for t in words)


def _beside(scene: Scene, quote: Span) -> Draft | None:
    """A cue verb with a subject next to the quotation, outside it, in the same paragraph."""
    for token in _neighbours(scene, quote):
        frame = _frame(token, scene)
        if frame is None or frame.kind not in {"say", "ask", "think"} or token.pos != "VERB":
            continue
        if not {"clause", "quote"} & frame.holds:
            continue
        speaker = _holder(scene, token)
        if speaker is not None and not quote.contains(speaker.span):
            content = scene.trimmed(quote) or quote
            return replace(_draft(scene, token, speaker, content, 0.7))
    return None


def _neighbours(scene: Scene, quote: Span) -> list[Token]:
    inside = scene.within(quote)
    first, last = (inside[0], inside[-1] + 1) if inside else (0, 0)
    after = [scene.tokens[i] for i in range(last, min(last + 12, len(scene.tokens)))]
    before = [scene.tokens[i] for i in range(max(first - 14, 0), first)][::-1]
    return [*_same_paragraph(scene, quote, after), *_same_paragraph(scene, quote, before)]


def _same_paragraph(scene: Scene, quote: Span, words: list[Token]) -> Iterator[Token]:
    for token in words:
        if quote.overlaps(token.span):
            continue
        gap = Span(min(quote.end, token.span.end), max(quote.start, token.span.start))
        if "\n" in gap.of(scene.text):
            return
        if scene.quoted(token.span.start) is None:
            yield token


def _heard_before(cues: Sequence[Draft], quote: Span) -> Draft | None:
    """The last thing said before the quotation, by anyone; ``cues`` are in text order."""
    at = bisect_left(cues, quote.start, key=lambda d: (d.cue_span or d.hull).start)
    return next((d for d in reversed(cues[max(0, at - 4) : at]) if d.confidence > 0.6), None)


def _run_on(scene: Scene, quote: Span, before: Draft | None) -> Draft | None:
    """A quotation without a cue is of whoever spoke before it, or of whoever passed those words on."""
    if before is None:
        return None
    between = scene.text[before.hull.end : quote.start]
    if len(between) > 400 or between.count("\n\n") > 1 or between.count("\n") > 3:
        return None
    speaker = before.relayer or before.speaker
    return Draft(
        content=(scene.trimmed(quote) or quote,),
        speaker=speaker,
        speaker_span=None if speaker is None else scene.phrase(speaker),
        basis="Inferred",
        confidence=0.5,
    )


# --- putting them together -----------------------------------------------------------------------------------------


def _without_doubles(drafts: list[Draft]) -> list[Draft]:
    """One claim a content: of two with the same content the surer one stays."""
    ranked = sorted(drafts, key=lambda d: (-d.confidence, d.hull, d.cue_span or d.hull))
    shelf = Shelf([d.hull for d in ranked])
    chosen = [
        d for n, d in enumerate(ranked) if not any(i < n and _same(d, ranked[i]) for i in shelf.overlapping(d.hull))
    ]
    return sorted(chosen, key=lambda d: (d.hull, d.cue_span or d.hull))


def _without_nested_attitudes(drafts: list[Draft]) -> list[Draft]:
    """What someone is said to think or want is part of what is said, not a claim beside it."""
    shelf = Shelf([d.hull for d in drafts])
    return [
        d
        for n, d in enumerate(drafts)
        if d.confidence > 0.6 or d.basis == "Inferred" or _parent(n, drafts, shelf) is None
    ]


def _same(a: Draft, b: Draft) -> bool:
    shared = min(a.hull.end, b.hull.end) - max(a.hull.start, b.hull.start)
    return shared > 0.8 * max(len(a.hull), len(b.hull))


def _numbered(scene: Scene, drafts: list[Draft]) -> tuple[list[Claim], list[Event]]:
    shelf = Shelf([d.hull for d in drafts])
    parents = [_parent(n, drafts, shelf) for n in range(len(drafts))]
    saying = {e.head: e.id for e in scene.reading.events}
    made = [_claim(scene, n, drafts, parents[n], saying) for n in range(len(drafts))]
    return _with_events(scene, made, shelf, {f"c{n}": d for n, d in enumerate(drafts, 1) if d.veridical})


def _claim(scene: Scene, n: int, drafts: list[Draft], parent: int | None, saying: dict[int, str]) -> Claim:
    draft = drafts[n]
    return Claim(
        id=f"c{n + 1}",
        content=draft.content,
        evidence=_evidence(draft),
        form=_form(scene, draft),
        speaker=_entity(scene, draft.speaker),
        speaker_span=draft.speaker_span,
        cue=draft.cue_span,
        relayed_by=_entity(scene, draft.relayer or (None if parent is None else drafts[parent].speaker)),
        parent=None if parent is None else f"c{parent + 1}",
        saying=saying.get(draft.cue.index) if draft.cue else None,
        basis=draft.basis,
        confidence=draft.confidence,
    )


def _parent(n: int, drafts: list[Draft], shelf: Shelf) -> int | None:
    """The smallest other claim whose content holds this one's cue, or, without a cue, its whole content."""
    own, size = drafts[n].cue_span or drafts[n].hull, len(drafts[n].hull)
    around = [(len(drafts[i].hull), i) for i in shelf.overlapping(own) if i != n and len(drafts[i].hull) > size]
    holding_it = [(size, i) for size, i in around if any(c.contains(own) for c in drafts[i].content)]
    return min(holding_it)[1] if holding_it else None


def _entity(scene: Scene, token: Token | None) -> str | None:
    if token is None:
        return None
    if token.index in scene.entity_of:
        return scene.entity_of[token.index]
    head = scene.tree.head(token)
    relative = token.text.lower() in {"who", "which", "that"}
    if relative and head is not None and head.dep == "acl:relcl":
        noun = scene.tree.head(head)
        return scene.entity_of.get(noun.index) if noun is not None else None
    return None


def _evidence(draft: Draft) -> Span:
    span = draft.hull
    for part in (draft.cue_span, draft.speaker_span):
        if part is not None and abs(part.start - span.start) < 4000:
            span = span.hull(part)
    return span


def _form(scene: Scene, draft: Draft) -> QuoteForm:
    quotes = list(overlapping(scene.quotes, draft.hull))
    if not quotes or (draft.cue and any(q.contains(draft.cue.span) for q in quotes)):
        return "Indirect"
    covered = sum(min(q.end, draft.hull.end) - max(q.start, draft.hull.start) for q in quotes)
    return "Direct" if covered >= 0.9 * len(draft.hull) else "Mixed"


def _with_events(
    scene: Scene, made: list[Claim], shelf: Shelf, nominal: Mapping[str, Draft]
) -> tuple[list[Claim], list[Event]]:
    """Each event on the innermost claim whose content says it, the act of saying and what is presupposed left out."""
    events: list[Event] = []
    held: dict[str, list[str]] = {}
    for event in scene.reading.events:
        around = [made[i] for i in shelf.overlapping(event.trigger)]
        around = [c for c in around if c.id not in nominal or _is_said(scene, event, nominal[c.id])]
        fit = [c for c in around if c.saying != event.id and any(s.contains(event.trigger) for s in c.content)]
        claim = min(fit, key=lambda c: (c.content[-1].end - c.content[0].start, c.id), default=None)
        events.append(event if claim is None else replace(event, claim=claim.id))
        if claim is not None:
            held.setdefault(claim.id, []).append(event.id)
    return [replace(c, events=tuple(held.get(c.id, ()))) for c in made], events


def _is_said(scene: Scene, event: Event, draft: Draft) -> bool:
    """Whether an event inside a noun phrase is what its speaker says, rather than what is presupposed."""
    named = draft.cue is not None and scene.tokens[event.head].head == draft.cue.index
    return draft.veridical == "no" and named


class Shelf:
    """Spans filed by the stretches of text that they touch, so that those at one place are found without a search."""

    _STRETCH = 256

    def __init__(self, spans: Sequence[Span]) -> None:
        self.spans = spans
        self._filed: dict[int, list[int]] = {}
        for number, span in enumerate(spans):
            for stretch in self._stretches(span):
                self._filed.setdefault(stretch, []).append(number)

    def _stretches(self, span: Span) -> range:
        return range(span.start // self._STRETCH, span.end // self._STRETCH + 1)

    def overlapping(self, span: Span) -> list[int]:
        """The numbers of the filed spans that share a character with this one, in order."""
        near = {n for stretch in self._stretches(span) for n in self._filed.get(stretch, ())}
        return sorted(n for n in near if self.spans[n].overlaps(span))
