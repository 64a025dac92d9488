// The list: of all rows only those in sight are elements.

function List(box, rows, choose) {
  const self = { rows: [], chosen: null };
  let waiting = false;
  // The style says how high a row is: on a narrow page it has two lines.
  let height = 24;
  self.resize = () => {
    height = parseFloat(getComputedStyle(box).getPropertyValue("--row")) || 24;
    self.show(self.rows);
  };

  const cell = (name, words) => {
    const element = document.createElement("span");
    element.className = name;
    // More of it would not be seen; the panel has all.
    element.textContent = words.slice(0, 200);
    return element;
  };

  function element(row, place) {
    const line = document.createElement("div");
    line.className = `row${row.bad ? " bad" : ""}${row === self.chosen ? " chosen" : ""}`;
    line.style.top = `${place * height}px`;
    line.id = `row-${row.index}`;
    line.setAttribute("role", "option");
    line.setAttribute("aria-selected", String(row === self.chosen));
    line.setAttribute("aria-posinset", String(place + 1));
    line.setAttribute("aria-setsize", String(self.rows.length));
    line.title = `${row.who}  ${row.what}  ${row.answer}`.slice(0, 400);
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
      const first = Math.max(0, Math.floor(box.scrollTop / height) - 5);
      const last = Math.min(self.rows.length, first + Math.ceil(box.clientHeight / height) + 10);
      rows.style.height = `${self.rows.length * height}px`;
      rows.replaceChildren(...self.rows.slice(first, last).map((row, index) => element(row, first + index)));
      const chosen = self.chosen && document.getElementById(`row-${self.chosen.index}`);
      if (chosen) box.setAttribute("aria-activedescendant", chosen.id);
      else box.removeAttribute("aria-activedescendant");
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

  // What came before a row tells more about it than what came after.
  self.reveal = (row) => {
    const top = place(row) * height;
    if (top < box.scrollTop || top + height > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight * 0.7;
    self.draw();
  };
  self.show = (shown) => {
    self.rows = shown;
    rows.style.height = `${shown.length * height}px`;
    if (self.chosen) self.reveal(self.chosen);
    self.draw();
  };

  box.addEventListener("scroll", self.draw);
  box.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(box.clientHeight / height) - 1);
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || self.rows.length === 0) return;
    event.preventDefault();
    const from = self.chosen ? place(self.chosen) : -1;
    choose(self.rows[Math.max(0, Math.min(self.rows.length - 1, from + by))]);
  });
  return self;
}
