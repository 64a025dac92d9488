// The chart: a lane for each kind of event, along virtual time or along the journal's order.

// Room for the names of the lanes; on a narrow page they stand above their bars.
const LABELS = 92;
const NARROW = 600;
const AXIS = 22;
const LANE = 36;
const BAR = 6;

function Chart(box, tip, choose) {
  const canvas = box.querySelector("canvas");
  const context = canvas.getContext("2d");
  const self = { journal: null, rows: [], shown: null, chosen: null, moment: null, hidden: new Set(), order: false, from: 0, to: 1 };
  let colours = {};
  let width = 0;
  let labels = LABELS;
  let waiting = false;
  let brush = null;

  const limit = () => Math.max(1, self.order ? self.journal.last : self.journal.end);
  const value = (entry) => (self.order ? entry.seq : entry.at);
  const inner = () => Math.max(1, width - labels - 8);
  const x = (at) => labels + ((at - self.from) / (self.to - self.from)) * inner();
  const at = (px) => self.from + ((px - labels) / inner()) * (self.to - self.from);
  const visible = () => LANES.map((_, index) => index).filter((index) => !self.hidden.has(index));

  self.show = (from, to) => {
    const whole = limit();
    const span = Math.min(whole, Math.max(to - from, self.order ? 10 : 1000));
    self.from = Math.min(Math.max(0, from), whole - span);
    self.to = self.from + span;
    self.draw();
  };
  self.whole = () => self.show(0, limit());
  const seen = (row) => value(row.to) >= self.from && value(row.from) <= self.to;
  // All of a stretch of time, and a little around it.
  self.look = (from, to) => {
    const margin = Math.max(1e6, (to - from) * 0.08);
    if (self.order) self.whole();
    else self.show(from - margin, to + margin);
  };
  // What is chosen stays in sight; without a place, it is where one looks closer.
  self.zoom = (factor, middle = self.chosen && seen(self.chosen) ? value(self.chosen.from) : (self.from + self.to) / 2) => self.show(middle - (middle - self.from) * factor, middle + (self.to - middle) * factor);
  self.reveal = (row) => {
    const place = value(row.from);
    const half = (self.to - self.from) / 2;
    if (place < self.from || place > self.to) self.show(place - half, place + half);
    else self.draw();
  };
  self.resize = () => {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    colours = { text: read("text"), faint: read("faint"), line: read("line"), bad: read("bad"), chosen: read("accent"), lanes: LANES.map(([key]) => read(key)) };
    width = box.clientWidth;
    labels = width < NARROW ? 4 : LABELS;
    const height = AXIS + visible().length * LANE;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    self.draw();
  };
  self.draw = () => {
    if (waiting || !self.journal) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; paint(); });
  };

  function box_of(row, top) {
    const left = Math.max(x(value(row.from)), labels);
    const right = Math.min(x(value(row.to)), width - 8);
    const extent = Math.max(right - left, 2);
    return row.long ? [left, top + LANE - 6, extent, 2] : [left, top + 3 + row.track * (BAR + 1), extent, BAR];
  }

  function paint() {
    const lanes = visible();
    const tops = new Map(lanes.map((lane, index) => [lane, AXIS + index * LANE]));
    context.clearRect(0, 0, width, AXIS + lanes.length * LANE);
    axis(AXIS + lanes.length * LANE);
    context.font = "12px system-ui, sans-serif";
    for (const [lane, top] of tops) {
      context.fillStyle = colours.line;
      context.fillRect(0, top + LANE - 1, width, 1);
      if (labels < LABELS) continue;
      context.fillStyle = colours.text;
      context.fillText(LANES[lane][1], 4, top + LANE / 2 + 4);
    }
    bars(tops);
    if (labels < LABELS) captions(tops);
    if (self.moment) mark(AXIS + lanes.length * LANE);
    if (self.chosen && tops.has(self.chosen.lane) && seen(self.chosen)) {
      const [left, top, extent, height] = box_of(self.chosen, tops.get(self.chosen.lane));
      context.strokeStyle = colours.chosen;
      context.lineWidth = 2;
      context.strokeRect(left - 2, top - 2, extent + 4, height + 4);
    }
    if (brush && brush.moved) {
      context.globalAlpha = 0.2;
      context.fillStyle = colours.chosen;
      context.fillRect(Math.min(brush.start, brush.now), AXIS, Math.abs(brush.now - brush.start), lanes.length * LANE);
      context.globalAlpha = 1;
    }
  }

  function captions(tops) {
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = colours.faint;
    for (const [lane, top] of tops) {
      const extent = context.measureText(LANES[lane][1]).width;
      context.clearRect(2, top + LANE - 14, extent + 5, 12);
      context.fillText(LANES[lane][1], 4, top + LANE - 5);
    }
  }

  // Where the case failed, over all lanes.
  function mark(bottom) {
    const px = x(value(self.moment.from));
    if (px < labels || px > width - 6) return;
    context.fillStyle = colours.bad;
    context.fillRect(px, AXIS - 8, 1.5, bottom - AXIS + 8);
    context.font = "600 11px system-ui, sans-serif";
    const words = "failed";
    const extent = context.measureText(words).width;
    const left = Math.min(Math.max(labels, px - extent - 4), width - extent - 4);
    context.clearRect(left - 2, 0, extent + 6, AXIS - 6);
    context.fillText(words, left, AXIS - 9);
  }

  // What the search left out is faint and behind, what went wrong is in front. A bar that would cover nothing new is
  // not drawn: the work for one picture is bounded by the rows once, not by their overlap.
  function bars(tops) {
    for (const pass of ["out", "in", "bad"]) {
      const covered = new Map();
      context.globalAlpha = pass === "out" ? 0.15 : 1;
      for (const row of self.rows) {
        const top = tops.get(row.lane);
        const matches = !self.shown || self.shown.has(row);
        if (top === undefined || (pass === "out") === matches || (pass !== "out" && (pass === "bad") !== row.bad)) continue;
        if (!seen(row)) continue;
        const [left, y, extent, height] = box_of(row, top);
        if ((covered.get(y) || 0) >= left + extent) continue;
        covered.set(y, left + extent);
        context.fillStyle = row.bad ? colours.bad : colours.lanes[row.lane];
        if (row.long && pass === "in") context.globalAlpha = 0.5;
        context.fillRect(left, y, extent, height);
        if (row.long && pass === "in") context.globalAlpha = 1;
      }
    }
    context.globalAlpha = 1;
  }

  function axis(bottom) {
    const span = self.to - self.from;
    const rough = (span / inner()) * 110;
    const power = 10 ** Math.floor(Math.log10(rough));
    const units = self.order ? [1, 2, 5, 10].map((unit) => unit * power) : [1e3, 1e4, 1e5, 5e5, 1e6, 5e6, 15e6, 3e7, 6e7, 3e8, 6e8, 18e8, 36e8, 216e8, 864e8];
    const unit = Math.max(1, units.find((candidate) => candidate >= rough) || 10 * power);
    context.font = "11px system-ui, sans-serif";
    for (let tick = Math.ceil(self.from / unit) * unit; tick <= self.to; tick += unit) {
      const px = x(tick);
      context.fillStyle = colours.line;
      context.fillRect(px, AXIS - 4, 1, bottom - AXIS + 4);
      context.fillStyle = colours.faint;
      const label = self.order ? `#${tick}` : clock(tick).replace(unit >= 1e6 ? /\.000$/ : /^$/, "");
      if (px + 60 < width) context.fillText(label, px + 3, AXIS - 8);
    }
  }

  function pick(event) {
    const lane = visible()[Math.floor((event.offsetY - AXIS) / LANE)];
    if (lane === undefined) return null;
    const top = AXIS + visible().indexOf(lane) * LANE;
    let best = null;
    let least = 6;
    for (const row of self.rows) {
      if (row.lane !== lane || (self.shown && !self.shown.has(row)) || !seen(row)) continue;
      const [left, y, extent, height] = box_of(row, top);
      const away = Math.max(left - event.offsetX, event.offsetX - left - extent, 0) + Math.max(y - event.offsetY, event.offsetY - y - height, 0);
      if (away < least) { least = away; best = row; }
    }
    return best;
  }

  canvas.addEventListener("pointerdown", (event) => {
    brush = { start: event.offsetX, now: event.offsetX, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (brush) {
      brush.now = event.offsetX;
      brush.moved ||= Math.abs(brush.now - brush.start) > 4;
      tip.hidden = true;
      self.draw();
      return;
    }
    const row = pick(event);
    tip.hidden = !row;
    if (!row) return;
    tip.textContent = `${clock(row.from.at)}  ${row.who}  ${row.what}  ${row.answer}`.slice(0, 300);
    tip.style.left = `${Math.min(event.offsetX + 12, Math.max(0, width - tip.offsetWidth - 8))}px`;
    tip.style.top = `${event.offsetY + 16}px`;
  });
  canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  canvas.addEventListener("pointercancel", () => { brush = null; self.draw(); });
  canvas.addEventListener("pointerup", (event) => {
    const done = brush;
    brush = null;
    if (done && done.moved) self.show(at(Math.min(done.start, done.now)), at(Math.max(done.start, done.now)));
    else { const row = pick(event); if (row) choose(row); }
  });
  canvas.addEventListener("dblclick", self.whole);
  canvas.addEventListener("wheel", (event) => {
    const by = event.deltaX || event.deltaY;
    if (event.ctrlKey || event.metaKey) self.zoom(event.deltaY > 0 ? 1.25 : 0.8, at(event.offsetX));
    else if (event.shiftKey || event.deltaX) self.show(self.from + (by / inner()) * (self.to - self.from), self.to + (by / inner()) * (self.to - self.from));
    else return;
    event.preventDefault();
  }, { passive: false });
  return self;
}
