"""The command line: each command calls one function of the package and prints what it gives.

Exit codes: 0 done, 1 some articles failed or a check found errors, 2 wrong usage, 130 stopped by the user.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import click

import graph
from graph import files, interchange, queries, report
from graph.errors import ArticleError, LanguageError, StoreError, UsageError, WhodidError
from graph.knowledge import AddReport, KnowledgeGraph
from graph.model import Reading
from graph.rdf import tool_version
from graph.results import Result
from graph.sources import SUFFIXES
from graph.store import FORMATS, State

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_STORE = "whodid-store"


class Commands(click.Group):
    """Errors that the package raises on purpose become one message and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ArticleError as error:
            raise Failed(str(error)) from error
        except WhodidError as error:
            raise WrongUsage(str(error)) from error
        except KeyboardInterrupt:
            raise Stopped("stopped; articles that were added stay in the graph") from None


class Failed(click.ClickException):
    """Some articles failed, or a check found errors."""

    exit_code = 1


class WrongUsage(click.ClickException):
    """What was asked for cannot be done."""

    exit_code = 2


class Stopped(click.ClickException):
    """The user broke it off."""

    exit_code = 130


def _store_option(command: F) -> F:
    option = click.option(
        "--store",
        default=DEFAULT_STORE,
        show_default=True,
        metavar="DIR|URL|FILE.toml",
        help="The store: a folder, a SPARQL server's address, or a file that describes one (docs/stores.md).",
    )
    return option(command)


def _reading_options(command: F) -> F:
    for option in (
        click.option("--model", help="The language pipeline: small, accurate, or one of spaCy's."),
        click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Processes that read."),
        click.option("--published", metavar="DATE", help="The day of publication of all these articles."),
    ):
        command = option(command)
    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(tool_version(), prog_name="whodid")
def main() -> None:
    """Read news articles into a knowledge graph: who did what to whom, when, where, and who says so.

    \b
    Example:
      whodid build data/articles
      whodid query pledges -p actor=Kenya
    """


@main.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One reading a line, as JSON.")
@_reading_options
def read(paths: Sequence[str], as_json: bool, published: str | None, jobs: int, model: str | None) -> None:
    """Print what is read out of each article: files, folders, - for standard input, http(s) addresses.

    An article that is not in English is not read; with --json its text is printed all the same.

    \b
    Example:
      whodid read article.txt --published 2024-09-21
    """
    from graph.articles import documents
    from graph.reading import read_all

    failed = 0

    def readable() -> Iterator[graph.Document]:
        nonlocal failed
        for document in documents(paths, published=published):
            if isinstance(document, ArticleError):
                failed += 1
                _complain(document)
                if as_json and isinstance(document, LanguageError):
                    click.echo(interchange.dumps(Reading(document.document)))
            else:
                yield document

    for outcome in read_all(readable(), jobs=jobs, model=model):
        if isinstance(outcome, ArticleError):
            failed += 1
            _complain(outcome)
        else:
            click.echo(interchange.dumps(outcome) if as_json else report.card(outcome).text(_mark()))
    if failed:
        raise Failed(f"{failed} {'article' if failed == 1 else 'articles'} could not be read")


@main.command()
@click.argument("paths", nargs=-1, required=True)
@_store_option
@click.option("--base", metavar="IRI", help="What the IRIs of a new store begin with.")
@click.option("--to-files", "folder", metavar="DIR", help="Write N-Quads files for `load`, and touch no store.")
@_reading_options
def build(
    paths: Sequence[str],
    store: str,
    base: str | None,
    folder: str | None,
    published: str | None,
    jobs: int,
    model: str | None,
) -> None:
    """Read articles and add what they say to the graph; done again, it changes nothing.

    \b
    Example:
      whodid build data/articles --store whodid-store --jobs 2
      whodid build data/articles --to-files parts
    """
    if folder is not None:
        from graph import bulk

        with _progress() as progress:
            outcome = bulk.read_to_files(
                paths, folder, base=base, published=published, jobs=jobs, model=model, progress=progress
            )
        _told(outcome)
        return
    with graph.open(store, base=base) as kg, _progress() as progress:
        before = kg.store.state()
        outcome = kg.add(paths, published=published, jobs=jobs, model=model, progress=progress)
    _keep(store, before)
    _told(outcome)


def _keep(store: str, before: State | None) -> None:
    """Makes what notebooks ask of a large store that has grown by a tenth; of less growth, who asks first makes it."""
    from graph import frames

    if before is None:
        return
    with suppress(StoreError), graph.open(store, write=False) as kg:  # another may be writing by now
        now = kg.store.state()
        if now and now.bytes > 1.1 * before.bytes:
            frames.keep(kg.store, lambda name: click.echo(f"keeping the frame {name} beside the graph", err=True))


def _told(outcome: AddReport) -> None:
    click.echo(_summary(outcome))
    for note in outcome.notes:
        click.echo(note, err=True)
    if not (outcome.added or outcome.unchanged or outcome.failed):
        raise Failed(f"no article was found there; read are {' '.join(SUFFIXES)}")
    if outcome.failed:
        raise Failed(_shortfall(outcome))


def _summary(outcome: AddReport) -> str:
    return str(outcome).splitlines()[0]


def _shortfall(outcome: AddReport) -> str:
    there, failed = len(outcome.added) + len(outcome.unchanged), len(outcome.failed)
    if not there:
        return "no article could be added"
    return f"{failed} of {there + failed} articles failed; the others are in the graph"


@main.command()
@click.argument("question", metavar="NAME|FILE.rq|-")
@_store_option
@click.option("-p", "--parameter", "parameters", multiple=True, metavar="KEY=VALUE", help="A value for the query.")
@click.option(
    "--format", "form", type=click.Choice(["table", "words", "csv", "json", "ttl"]), help="How to print the answer."
)
@click.option("--seconds", type=click.FloatRange(0, min_open=True), help="Give the query up after so long.")
@click.option("--rows", type=click.IntRange(1), help="Print at most so many rows.")
def query(
    question: str, store: str, parameters: Sequence[str], form: str | None, seconds: float | None, rows: int | None
) -> None:
    """Ask a named query (see: whodid queries), a SPARQL file, or SPARQL from standard input.

    \b
    Example:
      whodid query pledges -p actor=Kenya
      whodid query who-said-what -p speaker=Ruto --format csv
    """
    values = _pairs(parameters)
    with graph.open(store, write=False) as kg:
        if form == "words":
            click.echo(kg.tell(_question(question), seconds=seconds, rows=rows, **values).text(_mark()), nl=False)
        else:
            click.echo(_printed(kg.query(_question(question), seconds=seconds, rows=rows, **values), form), nl=False)


def _pairs(parameters: Sequence[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for text in parameters:
        key, sign, value = text.partition("=")
        if not sign or not key or not value:
            raise UsageError(f"-p {text!r} is not key=value, such as -p actor=Kenya")
        if key in values:
            raise UsageError(f"-p {key} is given twice")
        values[key] = value
    return values


def _question(text: str) -> str:
    if text == "-":
        return f"{_utf8(sys.stdin.buffer.read(), 'standard input')}\n"
    if not text.endswith(".rq") or text in queries.named_queries():
        return text
    try:
        return f"{_utf8(Path(text).read_bytes(), text)}\n"
    except OSError as error:
        raise UsageError(f"{text} cannot be read: {error.strerror}") from error


def _utf8(raw: bytes, where: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} is not UTF-8 text (byte {error.start})") from error


def _printed(answer: Result, form: str | None) -> str:
    form = form or ("ttl" if answer.triples else "table")
    if form == "ttl" and not answer.triples:
        raise UsageError("only CONSTRUCT and DESCRIBE give Turtle; take table, csv or json for this query")
    ways = {"table": lambda: answer.table(_width()), "csv": answer.csv, "json": answer.json, "ttl": answer.turtle}
    text = ways[form]()
    return text if text.endswith("\n") else text + "\n"


def _width() -> int:
    """The terminal's, or that of a wide one where the answer goes into a file."""
    return max(shutil.get_terminal_size().columns, 60) if sys.stdout.isatty() else 200


@main.command("queries")
@click.argument("names", nargs=-1)
def list_queries(names: Sequence[str]) -> None:
    """List the named queries with their parameters, or only those that are named.

    \b
    Example:
      whodid queries
      whodid queries pledges timeline
    """
    chosen = [queries.named_query(name) for name in names] or list(queries.named_queries().values())
    for named in chosen:
        click.echo(f"{named.name}: {named.title}\n    {named.description}")
        for parameter in named.parameters:
            needed = " (required)" if parameter.required else ""
            click.echo(f"      -p {parameter.name}=…  {parameter.text}{needed}")
        click.echo(f"    {named.example}\n")


@main.command()
@_store_option
@click.option("-o", "--output", default="whodid.html", show_default=True, type=click.Path(dir_okay=False))
@click.option("--title", help="The page's title.")
@click.option("--query", metavar="FILE.rq|-", help="Only what this CONSTRUCT gives, with all its evidence.")
@click.option("--actor", metavar="NAME", help="Only what is told around this actor.")
@click.option("--depth", type=click.IntRange(1), default=1, show_default=True, help="How many facts away from --actor.")
@click.option("--max-nodes", type=click.IntRange(1), help="At most so many actors, events and statements.")
@click.option("--story", metavar="FILE.yaml", help="A story to step through: views with captions.")
def view(
    store: str,
    output: str,
    title: str | None,
    query: str | None,
    actor: str | None,
    depth: int,
    max_nodes: int | None,
    story: str | None,
) -> None:
    """Write the explorer: one interactive page that asks no network.

    \b
    Example:
      whodid view -o page.html
      whodid view --actor Kenya --depth 2 -o kenya.html
    """
    from graph import explorer

    if depth != 1 and actor is None:
        raise UsageError("--depth says how far from --actor; name one")
    asked = None if query is None else _question(query)
    with graph.open(store, write=False) as kg:
        page = explorer.page(
            kg,
            title=title or f"Whodid: {_name(store)}",
            query=asked,
            actor=actor,
            depth=depth,
            max_nodes=max_nodes,
            story=story,
        )
    _written(output, page.encode("utf-8"))
    click.echo(f"{Path(output).resolve()}")


@main.command("report")
@_store_option
@click.option("-o", "--output", default="report.html", show_default=True, help="A file, or - for standard output.")
@click.option("--format", "form", type=click.Choice(["html", "markdown"]), help="Else the ending of -o says it.")
@click.option("--title", help="The report's title.")
@click.option("--most", type=click.IntRange(1), default=12, show_default=True, help="Entries a chapter.")
def report_(store: str, output: str, form: str | None, title: str | None, most: int) -> None:
    """Write the story in a page: main actors, timeline, pledges, disagreements, sources, each line with its evidence.

    \b
    Example:
      whodid report -o report.html
      whodid report -o report.md --title "Police for Haiti"
    """
    from graph.digest import form_of

    form = form or ("markdown" if output == "-" else form_of(output))
    with graph.open(store, write=False) as kg:
        text = kg.report(title=title or f"Whodid: {_name(store)}", most=most).text(form)
    if output == "-":
        click.echo(text, nl=False)
    else:
        _written(output, text.encode("utf-8"))
        click.echo(f"{Path(output).resolve()}")


@main.command()
@click.argument("file", required=False)
@_store_option
def validate(file: str | None, store: str) -> None:
    """Check a store or an RDF file against the shapes and integrity rules.

    \b
    Example:
      whodid validate
      whodid validate graph.trig
    """
    from graph import validation

    if file is None:
        with graph.open(store, write=False) as kg:
            found = kg.validate()
    else:
        found = validation.validate_file(file)
    click.echo(str(found))
    if not found.conforms:
        raise Failed(f"{found.count('error')} errors")


@main.command()
@_store_option
@click.option("--format", "form", type=click.Choice([*FORMATS, *files.FORMATS]), required=True)
@click.option("-o", "--output", type=click.Path(), help="A file, or a folder for several; else standard output.")
@click.option("--split", type=click.IntRange(1), metavar="N", help="Files of at most N quads; needs nq and a folder.")
@click.option("--view", help="Which network: interaction (else), participation, statements or membership.")
@click.option("--modality", help="For networks and events: actual (else), pledged, … or all.")
@click.option("--polarity", help="For networks and events: positive (else), negative or all.")
def export(
    store: str,
    form: str,
    output: str | None,
    split: int | None,
    view: str | None,
    modality: str | None,
    polarity: str | None,
) -> None:
    """Write out the graph: as RDF, as N-Quads files for bulk loading, or as a file for another tool.

    \b
    nq trig ttl nt jsonld rdfxml     all of it, as RDF
    graphml gexf csv neo4j           a network: what is reported as done, if nothing else is asked for
    acled plover                     coded events, likewise
    parquet ftm annotations          tables, FollowTheMoney entities, Web Annotations of the mentions

    \b
    Example:
      whodid export --format trig -o graph.trig
      whodid export --format nq --split 1000000 -o parts
      whodid export --format gexf --modality all -o network.gexf
    """
    if split is not None:
        if form != "nq" or not output:
            raise UsageError("--split writes N-Quads into a folder: --format nq --split 1000000 -o FOLDER")
        with graph.open(store, write=False) as kg:
            click.echo(f"{len(kg.export_files(output, quads=split))} files in {output}")
        return
    given = {"view": view, "modality": modality, "polarity": polarity}
    chosen = {name: value for name, value in given.items() if value is not None}
    with graph.open(store, write=False) as kg:
        if output and form in files.FORMATS and files.FORMATS[form].folder:
            kg.export(form, output, **chosen)
            click.echo(f"{len(list(Path(output).iterdir()))} files in {output}")
            return
        written = kg.export(form, **chosen)
    if output:
        _written(output, written or b"")
    else:
        click.echo(written or b"", nl=False)


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|FOLDER...")
@_store_option
@click.option("--base", metavar="IRI", help="What the IRIs of a new store begin with.")
def load(files: Sequence[str], store: str, base: str | None) -> None:
    """Add RDF files to the graph: .nq .trig .ttl .nt .jsonld .rdf, or all those in a folder; articles are for build.

    \b
    Example:
      whodid load parts --store whodid-store
    """
    with graph.open(store, base=base) as kg:
        before = kg.store.state()
        click.echo(f"{kg.load(files):,} quads more")
    _keep(store, before)


@main.command()
@click.argument("document")
@_store_option
def remove(document: str, store: str) -> None:
    """Take an article out again, and all that rests on it alone; by its id, title, address or IRI.

    \b
    Example:
      whodid remove article.txt
    """
    with _existing(store) as kg:
        gone = kg.remove(document)
    click.echo(f"removed {gone.id} ({gone.iri})")


@main.command()
@click.argument("words", metavar="ENTITY|EVENT|DOCUMENT")
@_store_option
def show(words: str, store: str) -> None:
    """Show one thing, its facts, and for each the sentence that says so; by name, label, id or IRI.

    \b
    Example:
      whodid show "William Ruto"
    """
    with graph.open(store, write=False) as kg:
        click.echo(kg.show(words).text(_mark()), nl=False)


@main.command()
@_store_option
def stats(store: str) -> None:
    """Say how much the graph holds of what.

    \b
    Example:
      whodid stats
    """
    with graph.open(store, write=False) as kg:
        click.echo(str(kg.stats()))


@main.command()
@_store_option
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=7878, show_default=True, help="0: one that is free.")
@click.option("--seconds", type=click.FloatRange(0, min_open=True), default=30, show_default=True, help="For a query.")
@click.option("--rows", type=click.IntRange(1), default=1_000_000, show_default=True, help="For an answer.")
@click.option("--memory", type=click.IntRange(64), default=1024, show_default=True, help="For a query, in MiB.")
@click.option("--workers", type=click.IntRange(1), help="Queries answered at once.  [default: one a processor]")
@click.option("--origin", "origins", multiple=True, metavar="ORIGIN", help="Whose scripts may ask; *: everybody's.")
@click.option("--writable", is_flag=True, help="Take updates from who shows the token in WHODID_TOKEN.")
@click.option("--token-file", type=click.Path(dir_okay=False), help="A file with the token instead.")
@click.option("--base", metavar="IRI", help="Make a store that is missing, with IRIs that begin so.")
def serve(store: str, writable: bool, token_file: str | None, base: str | None, **settings: Any) -> None:
    """Answer SPARQL queries and show pages on the web, while others may write to the store.

    \b
    Example:
      whodid serve --store whodid-store --port 7878
    """
    from graph import server

    token = server.token(token_file) if writable else None
    if base:
        graph.open(store, base=base).close()
    if not server.is_local(settings["host"]):
        click.echo(f"warning: {settings['host']} can be reached from outside; see docs/server.md on safety", err=True)
    server.serve(store, token=token, started=_listening, **server.settings(**settings))


def _listening(address: str) -> None:
    click.echo(f"listening at {address}  (Ctrl-C ends)")


def _name(store: str) -> str:
    """What a page about a store is called: by its folder, its server, or its name in a file."""
    return urlsplit(store).netloc or Path(store).name.rpartition("#")[2]


def _existing(store: str) -> KnowledgeGraph:
    """The store opened for writing, but only if it is there."""
    graph.open(store, write=False).close()
    return graph.open(store)


def _mark() -> Callable[[str], str]:
    if sys.stdout.isatty():
        return lambda words: click.style(words, bold=True)
    return "[{}]".format


def _complain(error: ArticleError) -> None:
    click.echo(f"failed: {error}", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Counts on one line of a terminal; elsewhere only what failed is told."""
    terminal, done = sys.stderr.isatty(), 0

    def tell(text: str) -> None:
        nonlocal done
        done += 1
        if text.startswith("failed"):
            click.echo(f"\r\033[K{text}" if terminal else text, err=True)
        if terminal:
            click.echo(f"\r\033[K{done} articles … {text[:60]}", err=True, nl=False)

    try:
        yield tell
    finally:
        if terminal and done:
            click.echo("\r\033[K", err=True, nl=False)


def _written(path: str, content: bytes) -> None:
    try:
        Path(path).write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
