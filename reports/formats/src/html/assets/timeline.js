// The one timeline of the page: it stands in the article of the case that it shows.

function Timeline(section) {
  const get = (id) => document.getElementById(id);
  const search = get("search");
  const journals = new Map();
  const self = { name: null, journal: null };
  let beating = false;

  const chart = Chart(get("chart"), get("tip"), (row) => go(row));
  const list = List(get("list"), get("rows"), (row) => go(row));
  const details = Details(get("details"), () => self.name);

  // A journal lies packed in the page; it is unpacked when it is first looked at, and kept.
  async function load(name) {
    if (!journals.has(name)) journals.set(name, unpack(`journal/${name}`).then(fold));
    return journals.get(name);
  }

  self.has = (name) => Boolean(get(`journal/${name}`));

  // Shows the journal of a case, in its article; false if somebody has gone on to another one meanwhile.
  self.show = async (name) => {
    if (self.name === name && self.journal) return true;
    self.name = name;
    const slot = get(name).querySelector(".slot");
    const journal = await load(name);
    if (self.name !== name) return false;
    self.journal = journal;
    document.querySelectorAll(".slot[hidden]").forEach((other) => { other.hidden = false; });
    slot.hidden = true;
    slot.after(section);
    section.hidden = false;
    const { moment } = get(name).dataset;
    get("moment").hidden = !moment;
    get("timeline/title").textContent = `Timeline of ${journal.entries.length} journal entries`;
    chart.journal = journal;
    chart.chosen = list.chosen = null;
    chart.moment = moment ? self.at(moment) : null;
    search.value = "";
    list.rows = [];
    get("list").scrollTop = 0;
    filter();
    chart.resize();
    list.resize();
    chart.whole();
    return true;
  };

  // The row that a place in the journal is: an entry's number, a step, or its end.
  self.at = (place) => {
    const { rowOf, rows, of } = self.journal;
    const step = /^step-(\d+)(-end)?$/.exec(place);
    if (step) return (step[2] ? of.ends : of.steps).get(Number(step[1])) || rows[rows.length - 1];
    return rowOf.get(Number(place)) || rows.findLast((row) => !row.heartbeat);
  };

  // Goes to where it failed: the row among those before it, the chart as wide as the step.
  self.moment = () => {
    const row = chart.moment;
    if (!row) return;
    self.uncover(row);
    const began = self.journal.rows.findLast((other) => other.lane === row.lane && other.index < row.index);
    const from = LANES[row.lane][0] === "steps" && began ? began.from.at : row.from.at - 30e6;
    chart.look(from, row.from.at);
    choose(row);
  };

  // All words must be there, in any order.
  function filter() {
    const { journal } = self;
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    chart.rows = beating ? journal.rows : journal.rows.filter((row) => !row.heartbeat);
    const wanted = (row) => !chart.hidden.has(row.lane) && (words.length === 0 || words.every((word) => haystack(row).includes(word)));
    const rows = chart.rows.filter(wanted);
    chart.shown = words.length === 0 ? null : new Set(rows);
    list.show(rows);
    chart.draw();
    const silent = journal.rows.length - chart.rows.length;
    get("matches").textContent = `${rows.length} of ${chart.rows.length} rows${silent ? `, and ${silent} heartbeats` : ""}.`;
  }

  function choose(row) {
    chart.chosen = list.chosen = row;
    chart.reveal(row);
    list.reveal(row);
    details(row, self.journal);
  }
  self.choose = choose;

  // The address names the row, so that it can be sent to others; without an entry in the history for each.
  function go(row) {
    choose(row);
    history.replaceState(null, "", `#${self.name}/${row.from.seq}`);
  }

  // Whoever follows a link wants to see where it leads, whatever was searched for before.
  self.uncover = (row) => {
    if (row.heartbeat && !beating) get("heartbeats").click();
    if (chart.hidden.has(row.lane)) get("lanes").children[row.lane].click();
    if (list.rows.includes(row)) return;
    search.value = "";
    filter();
  };

  LANES.forEach(([key, name], lane) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lane";
    button.textContent = name;
    button.style.setProperty("--colour", `var(--${key})`);
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      if (!chart.hidden.delete(lane)) chart.hidden.add(lane);
      button.setAttribute("aria-pressed", String(!chart.hidden.has(lane)));
      filter();
      chart.resize();
    });
    get("lanes").append(button);
  });

  get("heartbeats").addEventListener("click", (event) => {
    beating = !beating;
    event.currentTarget.setAttribute("aria-pressed", String(beating));
    filter();
  });

  let pause = 0;
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(filter, 120);
  });
  get("moment").addEventListener("click", () => {
    self.moment();
    history.replaceState(null, "", `#${self.name}/timeline`);
  });
  get("scale").addEventListener("change", (event) => {
    chart.order = event.target.value === "order";
    chart.whole();
  });
  get("closer").addEventListener("click", () => chart.zoom(0.5));
  get("wider").addEventListener("click", () => chart.zoom(2));
  get("whole").addEventListener("click", chart.whole);
  const resize = () => {
    if (!self.journal) return;
    chart.resize();
    list.resize();
  };
  window.addEventListener("resize", resize);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", resize);
  return self;
}
