"""What reading costs as articles grow: ``python -m tests.profile [--words N …] [--model NAME …] [--plot FILE]``.

Long articles are our own of ``data/articles`` set one after the other, over and over. Seconds of processor time on one
core; the parse, and each step of the reading.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import graph
from graph.articles import documents
from graph.documents import Document
from graph.model import Reading
from graph.reading import STEPS
from graph.reading.language import SHIPPED, parse, pipeline

ARTICLES = Path(__file__).parent.parent / "data" / "articles"
WORDS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
Costs = dict[str, float]


def long_article(words: int) -> Document:
    """An article of so many words."""
    paragraphs = cycle(_paragraphs())
    text: list[str] = []
    while words > 0:
        paragraph = next(paragraphs).split()[:words]
        words -= len(paragraph)
        text.append(" ".join(paragraph))
    return Document(f"{len(text)}.txt", "\n\n".join(text), "")


def _paragraphs() -> list[str]:
    found = [d for d in documents([ARTICLES]) if isinstance(d, graph.Document)]
    return [p for d in found for part in d.body() for p in part.of(d.text).split("\n\n") if p.strip()]


def costs(article: Document, model: str) -> Costs:
    """Seconds of the parse and of each step."""
    nlp = pipeline(model)
    begun = time.process_time()
    reading = parse(article, nlp)
    found = {"parse": time.process_time() - begun}
    for step in STEPS:
        found[step.__name__], reading = timed(step, reading)
    return found


def timed(step: graph.model.Step, reading: Reading) -> tuple[float, Reading]:
    begun = time.process_time()
    reading = step(reading)
    return time.process_time() - begun, reading


def steps(found: Costs) -> float:
    return sum(seconds for name, seconds in found.items() if name != "parse")


def table(found: dict[int, Costs]) -> Iterator[str]:
    names = list(next(iter(found.values())))
    yield f"| words | {' | '.join(names)} | steps together |"
    yield "| --- " * (len(names) + 2) + "|"
    for words, cost in found.items():
        yield f"| {words:,} | {' | '.join(f'{cost[n]:.2f}' for n in names)} | {steps(cost):.2f} |"


def plot(found: dict[str, dict[int, Costs]], path: Path) -> None:
    """Seconds over words, both on logarithmic scales: what is linear runs along the grey lines. Needs matplotlib."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "whodid", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5.6, 4.4), layout="constrained")
    for per_word in (1e-5, 1e-4, 1e-3):
        axes.plot([500, 100_000], [500 * per_word, 100_000 * per_word], color="0.85", lw=1)
    for (model, by_words), colour in zip(found.items(), ("tab:blue", "tab:orange", "tab:green"), strict=False):
        axes.plot(
            list(by_words), [c["parse"] for c in by_words.values()], "o-", ms=4, color=colour, label=f"{model}: parse"
        )
        axes.plot(
            list(by_words), [steps(c) for c in by_words.values()], "s--", ms=4, color=colour, label=f"{model}: steps"
        )
    axes.set(xscale="log", yscale="log", xlabel="words", ylabel="seconds of one core")
    axes.legend(frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Date": None})


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=int, nargs="+", default=list(WORDS))
    parser.add_argument("--model", nargs="+", default=list(SHIPPED))
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args(arguments)
    found: dict[str, dict[int, Costs]] = {}
    for model in asked.model:
        costs(long_article(200), model)
        found[model] = {words: costs(long_article(words), model) for words in asked.words}
        print(f"\n{model}\n", *table(found[model]), sep="\n", flush=True)
    if asked.plot:
        plot(found, asked.plot)


if __name__ == "__main__":
    main()
