// Everything that the journal has about one row.

// More links than this help nobody.
const LINKS = 100;
// A headline longer than this is none; the entry has all of it.
const HEADLINE = 240;

function Details(box, shown) {
  const make = (tag, words, name) => {
    const element = document.createElement(tag);
    if (words !== undefined) element.textContent = words;
    if (name) element.className = name;
    return element;
  };
  const link = (seq, words) => {
    const anchor = make("a", words);
    anchor.href = `#${shown()}/${seq}`;
    return anchor;
  };

  function part(entry) {
    const [kind, body] = payload(entry);
    const section = make("section");
    const head = make("h4");
    head.append(link(entry.seq, `#${entry.seq}`), ` ${kind} `, make("span", `${clock(entry.at)} = ${(entry.at / 1e6).toFixed(6)}s`, "at"));
    section.append(head, make("pre", JSON.stringify(body, null, 2)));
    return section;
  }

  function summary(entry) {
    const [kind, body] = payload(entry);
    const words = kind === "change" ? `${body.store} ${body.object} ${body.kind}` : `${kind} ${body.rule || ""} ${body.does || ""}`;
    const item = make("li");
    item.append(link(entry.seq, `#${entry.seq}`), ` ${words}`);
    return item;
  }

  return (row, journal) => {
    const parts = [make("h3", row.what.length > HEADLINE ? `${row.what.slice(0, HEADLINE)}…` : row.what), make("p", `${LANES[row.lane][1]}: ${row.who}${row.answer ? ` · ${row.answer}` : ""}`, "facts")];
    const [kind, body] = payload(row.from);
    const cause = kind === "change" ? body.cause : kind === "fault" ? body.call : undefined;
    if (cause !== undefined && /^\d+$/.test(String(cause))) {
      const line = make("p", kind === "fault" ? "fired at " : "caused by ");
      line.append(link(cause, `#${cause} ${journal.rowOf.get(Number(cause))?.what || ""}`));
      parts.push(line);
    }
    if (row.caused.length > 0) {
      const list = make("ul");
      const found = row.caused.slice(0, LINKS).map((seq) => journal.rowOf.get(seq)?.parts.find((entry) => entry.seq === seq));
      list.append(...found.filter(Boolean).map(summary));
      parts.push(make("h4", `${row.caused.length} changes and faults`), list);
    }
    parts.push(...row.parts.map(part));
    box.replaceChildren(...parts);
    box.scrollTop = 0;
  };
}
