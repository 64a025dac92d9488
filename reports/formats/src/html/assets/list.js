// The list: of all rows only those in sight are elements.

const HEIGHT = 24;

function List(box, rows, choose) {
  const self = { rows: [], chosen: null };
  let waiting = false;

  const cell = (name, words) => {
    const element = document.createElement("span");
    element.className = name;
    element.textContent = words;
    return element;
  };

  function element(row, place) {
    const line = document.createElement("div");
    line.className = `row${row.bad ? " bad" : ""}${row === self.chosen ? " chosen" : ""}`;
    line.style.top = `${place * HEIGHT}px`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", String(row === self.chosen));
    line.title = `${row.who}  ${row.what}  ${row.answer}`;
    const [key, name] = LANES[row.lane];
    const lane = cell("lane", name);
    lane.style.setProperty("--colour", `var(--${key})`);
    line.append(cell("seq", `#${row.from.seq}`), cell("at", clock(row.from.at)), lane, cell("who", row.who), cell("what", row.what), cell("answer", row.answer), cell("took", period(row.to.at - row.from.at)));
    line.addEventListener("click", () => choose(row));
    return line;
  }

  self.draw = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const first = Math.max(0, Math.floor(box.scrollTop / HEIGHT) - 5);
      const last = Math.min(self.rows.length, first + Math.ceil(box.clientHeight / HEIGHT) + 10);
      rows.style.height = `${self.rows.length * HEIGHT}px`;
      rows.replaceChildren(...self.rows.slice(first, last).map((row, index) => element(row, first + index)));
    });
  };

  // The place of a row, or of the first one after it: rows are in the order of the journal.
  const place = (row) => {
    let [low, high] = [0, self.rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (self.rows[middle].index < row.index) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  self.reveal = (row) => {
    const top = place(row) * HEIGHT;
    if (top < box.scrollTop || top + HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
    self.draw();
  };
  self.show = (shown) => {
    self.rows = shown;
    rows.style.height = `${shown.length * HEIGHT}px`;
    if (self.chosen) self.reveal(self.chosen);
    self.draw();
  };

  box.addEventListener("scroll", self.draw);
  box.addEventListener("keydown", (event) => {
    const page = Math.floor(box.clientHeight / HEIGHT);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || self.rows.length === 0) return;
    event.preventDefault();
    const from = self.chosen ? place(self.chosen) : -1;
    choose(self.rows[Math.max(0, Math.min(self.rows.length - 1, from + by))]);
  });
  return self;
}
