// Puts the parts together: which case, which lanes, which words, which row.

const get = (id) => document.getElementById(id);
const which = get("which");
const search = get("search");
const journals = new Map();
let journal = null;
let beating = false;

const chart = Chart(get("chart"), get("tip"), go);
const list = List(get("list"), get("rows"), go);
const details = Details(get("details"), () => which.value);

// A journal lies packed in the page; it is unpacked when it is first looked at, and kept.
async function unpack(place) {
  const packed = atob(get(`journal-${place}`).textContent);
  const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return fold(await new Response(stream).json());
}

async function load(place) {
  which.value = place;
  if (!journals.has(place)) journals.set(place, unpack(place));
  const loaded = await journals.get(place);
  // Somebody may have gone on to another one meanwhile.
  if (which.value !== place) return false;
  journal = loaded;
  chart.journal = journal;
  chart.chosen = list.chosen = null;
  get("list").scrollTop = 0;
  filter();
  chart.resize();
  chart.whole();
  return true;
}

// All words must be there, in any order.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  chart.rows = beating ? journal.rows : journal.rows.filter((row) => !row.heartbeat);
  const wanted = (row) => !chart.hidden.has(row.lane) && (words.length === 0 || words.every((word) => haystack(row).includes(word)));
  const rows = chart.rows.filter(wanted);
  chart.shown = words.length === 0 ? null : new Set(rows);
  list.show(rows);
  chart.draw();
  const silent = journal.rows.length - chart.rows.length;
  get("matches").textContent = `${rows.length} of ${chart.rows.length} rows from ${journal.entries.length} entries${silent ? `, and ${silent} heartbeats` : ""}.`;
}

function choose(row) {
  chart.chosen = list.chosen = row;
  chart.reveal(row);
  list.reveal(row);
  details(row, journal);
}

// The address names the row, so that it can be sent to others; without an entry in the history for each.
function go(row) {
  choose(row);
  history.replaceState(null, "", `#${which.value}-${row.from.seq}`);
}

// Whoever follows a link wants to see where it leads, whatever was searched for before.
function uncover(row) {
  if (row.heartbeat && !beating) get("heartbeats").click();
  if (chart.hidden.has(row.lane)) get("lanes").children[row.lane].click();
  if (list.rows.includes(row)) return;
  search.value = "";
  filter();
}

async function follow() {
  const match = /^#(\d+)(?:-(\d+))?$/.exec(location.hash);
  if (!match || !get(`journal-${match[1]}`)) return false;
  if ((which.value !== match[1] || !journal) && !(await load(match[1]))) return true;
  const row = match[2] && journal.rowOf.get(Number(match[2]));
  if (row) {
    uncover(row);
    choose(row);
  }
  const { top, bottom } = get("timeline").getBoundingClientRect();
  if (top > innerHeight / 3 || bottom < 200) get("timeline").scrollIntoView();
  return true;
}

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
  event.target.setAttribute("aria-pressed", String(beating));
  filter();
});

let pause = 0;
search.addEventListener("input", () => {
  clearTimeout(pause);
  pause = setTimeout(filter, 120);
});
which.addEventListener("change", () => load(which.value));
get("scale").addEventListener("change", (event) => {
  chart.order = event.target.value === "order";
  chart.whole();
});
get("closer").addEventListener("click", () => chart.zoom(0.5));
get("wider").addEventListener("click", () => chart.zoom(2));
get("whole").addEventListener("click", chart.whole);
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  event.preventDefault();
  search.focus();
});
window.addEventListener("hashchange", follow);
// A link to where the address points already changes nothing that would be told.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a");
  if (anchor && anchor.hash && anchor.hash === location.hash) follow();
});
window.addEventListener("resize", () => { chart.resize(); list.draw(); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", chart.resize);

get("timeline").hidden = false;
follow().then((followed) => followed || load(which.value));
