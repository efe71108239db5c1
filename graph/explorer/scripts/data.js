// The page's data: one compressed block of columns, made into objects again. ``columns.py`` says how it is written.

async function unpacked(id) {
  const held = document.getElementById(id);
  const signs = atob(held.textContent);
  const bytes = new Uint8Array(signs.length);
  for (let at = 0; at < signs.length; at += 1) bytes[at] = signs.charCodeAt(at);
  held.remove();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

function rowsOf({ n, of }) {
  const rows = Array.from({ length: n }, () => ({}));
  for (const [field, column] of Object.entries(of)) {
    const at = reading(column);
    for (let row = 0; row < n; row += 1) {
      const value = at(row);
      if (value !== null && value !== undefined) rows[row][field] = value;
    }
  }
  return rows;
}

// What a column holds in each row, asked from the first row to the last.
function reading(column) {
  if (Array.isArray(column)) return (row) => column[row];
  if (column.words) return (row) => column.words[column.at[row]];
  const inner = rowsOf(column.rows);
  let next = 0;
  return (row) => (column.each[row] ? inner.slice(next, (next += column.each[row])) : null);
}

async function opened() {
  if (!("DecompressionStream" in window)) {
    document.getElementById("made").textContent = "This page needs a browser of 2023 or later: this one cannot unpack its data.";
    throw new Error("no DecompressionStream");
  }
  const book = await unpacked("book");
  const story = Object.fromEntries(Object.entries(book.story).map(([name, of]) => [name, Array.isArray(of) ? of : rowsOf(of)]));
  const nodes = rowsOf(book.nodes).map(({ id, size, actors, events }) => ({ id, size, at: { ...(actors && { actors }), ...(events && { events }) } }));
  const links = rowsOf(book.links).map(({ from, to, ...link }) => ({ ...link, source: from, target: to, status: link.status ?? "", name: link.name ?? "", dashes: DASHES[link.status] ?? false }));
  return { ...book, story, nodes, links };
}

// story {articles, actors, deeds, statements, ties, conflicts}, nodes, links, and what ``markup.book`` writes beside them
const book = await opened();
