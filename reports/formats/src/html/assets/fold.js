// Folds a journal into rows: a call with its answer, a task from its start to its end, a step, or a single event.

const LANES = [
  ["steps", "Steps"],
  ["faults", "Faults"],
  ["processes", "Processes"],
  ["kubernetes", "Kubernetes"],
  ["csi", "CSI"],
  ["vcenter", "vCenter"],
  ["tasks", "Tasks"],
  ["state", "State"],
];
const LANE_OF = new Map(LANES.map(([key], index) => [key, index]));

// Bars of a lane that overlap in time stand below each other, in so many tracks at most.
const TRACKS = 4;

function payload(entry) {
  for (const key in entry) {
    if (key !== "seq" && key !== "at") return [key, entry[key]];
  }
  return ["", null];
}

const host = (address) => address.split(/[:.]/, 1)[0];

// Who says that it lives says nothing else; such rows are shown on demand.
function beats(call) {
  return call.border === "kubernetes" && (/ leases$/.test(call.method) || (call.from.startsWith("kubelet/") && call.method === "patch nodes/status"));
}

function fold(entries) {
  const rows = [];
  const calls = new Map();
  const tasks = new Map();
  const steps = new Map();
  const outages = new Map();
  const ends = new Map();
  const rowOf = new Map();

  const open = (entry, lane, fields) => {
    const row = { lane: LANE_OF.get(lane), from: entry, to: entry, parts: [entry], caused: [], bad: false, long: false, heartbeat: false, answer: "", ...fields };
    row.index = rows.push(row) - 1;
    rowOf.set(entry.seq, row);
    return row;
  };
  const extend = (row, entry) => {
    row.parts.push(entry);
    row.to = entry;
    rowOf.set(entry.seq, row);
  };

  const kinds = {
    sent(entry, call) {
      const what = call.target ? `${call.method} ${call.target}` : call.method;
      // There is one API server; which one a call went to says nothing.
      const who = call.border === "kubernetes" ? call.from : `${call.from} → ${host(call.to)}`;
      const row = open(entry, call.border, { who, what, long: call.flow !== "unary", open: true, heartbeat: beats(call) });
      calls.set(entry.seq, row);
    },
    effect(entry, body) {
      const row = calls.get(body.call);
      if (row) extend(row, entry);
    },
    answered(entry, body) {
      const row = calls.get(body.call);
      if (!row) return;
      extend(row, entry);
      row.open = false;
      // A call that waits is cut off whenever one of its ends goes, at the latest when the case is over.
      row.bad = body.status === 0 ? !row.long : body.error !== undefined;
      row.answer = body.error || (body.status === 0 ? "no answer" : String(body.status));
    },
    "caller-gone"(entry, body) {
      const row = calls.get(body.call);
      if (!row) return;
      extend(row, entry);
      row.open = false;
      row.bad = !row.long;
      row.answer = "caller gone";
    },
    change(entry, change) {
      const cause = /^\d+$/.test(change.cause || "") ? calls.get(Number(change.cause)) : undefined;
      if (cause) cause.caused.push(entry.seq);
      if (change.store !== "kubernetes" && change.object.startsWith("Task/")) return task(entry, change);
      const heartbeat = cause?.heartbeat || (change.store === "kubernetes" && change.object.startsWith("leases/"));
      open(entry, "state", { who: change.store, what: change.object, answer: change.kind, heartbeat });
    },
    fault(entry, fault) {
      open(entry, "faults", { who: fault.rule, what: fault.does, bad: true });
      const call = calls.get(fault.call);
      if (call) call.caused.push(entry.seq);
    },
    outage(entry, outage) {
      const row = outages.get(outage.what);
      if (outage.state === "ended" && row) {
        extend(row, entry);
        row.open = false;
        row.answer = "healed";
      } else {
        outages.set(outage.what, open(entry, "faults", { who: "outage", what: outage.what, answer: outage.state, bad: true, open: outage.state === "began" }));
      }
    },
    process(entry, process) {
      const event = typeof process.event === "string" ? process.event : `exited: ${process.event?.exited}`;
      const row = open(entry, "processes", { who: process.name, what: `incarnation ${process.incarnation}`, answer: event });
      row.bad = event !== "started";
    },
    log(entry, log) {
      open(entry, "processes", { who: log.process, what: log.line, answer: "log" });
    },
    step(entry, step) {
      let row = steps.get(step.number);
      if (!row || step.outcome === "began") {
        row = open(entry, "steps", { who: `step ${step.number}`, what: step.what, open: true });
        steps.set(step.number, row);
      } else {
        extend(row, entry);
      }
      row.open = step.outcome === "began";
      row.answer = row.open || step.outcome === "passed" ? step.outcome : "failed";
      row.bad = row.answer === "failed";
      if (row.open) return;
      // Where it failed is a moment of its own, among what happened just before.
      if (row.bad) ends.set(step.number, open(entry, "steps", { who: `step ${step.number}`, what: step.outcome, answer: "failed", bad: true }));
      else ends.set(step.number, row);
    },
  };

  function task(entry, change) {
    const key = `${change.store} ${change.object}`;
    const state = change.patch || {};
    let row = tasks.get(key);
    if (row) {
      if (row.open) extend(row, entry);
      else rowOf.set(entry.seq, row);
    } else {
      row = open(entry, "tasks", { who: change.store, what: `${change.object} ${state.description || ""}`, open: true });
      tasks.set(key, row);
    }
    if (!state.state) return;
    row.answer = state.state;
    row.bad = state.state === "error";
    row.open = !["success", "error"].includes(state.state);
  }

  for (const entry of entries) {
    const [kind, body] = payload(entry);
    if (Object.hasOwn(kinds, kind)) kinds[kind](entry, body);
  }
  const last = entries[entries.length - 1];
  const of = { steps, ends };
  for (const row of rows) if (row.open) row.to = last;
  track(rows);
  return { entries, rows, rowOf, of, end: last ? last.at : 0, last: last ? last.seq : 0 };
}

function track(rows) {
  const free = LANES.map(() => new Array(TRACKS).fill(-1));
  for (const row of rows) {
    row.track = 0;
    if (row.long) continue;
    const tracks = free[row.lane];
    let best = 0;
    for (let index = 0; index < TRACKS; index++) {
      if (tracks[index] < row.from.at) { best = index; break; }
      if (tracks[index] < tracks[best]) best = index;
    }
    tracks[best] = Math.max(tracks[best], row.to.at);
    row.track = best;
  }
}

// What a search looks through; made at the first search, once.
function haystack(row) {
  if (row.haystack === undefined) row.haystack = `${row.who} ${row.what} ${row.answer} ${row.parts.map((part) => JSON.stringify(part)).join(" ")}`.toLowerCase();
  return row.haystack;
}

// Virtual time, as exact as what it is compared with: `1:02:03.004`.
function clock(at) {
  const pad = (number, width) => String(number).padStart(width, "0");
  const seconds = Math.floor(at / 1e6);
  const rest = `${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}.${pad(Math.floor((at % 1e6) / 1e3), 3)}`;
  return `${Math.floor(seconds / 3600)}:${rest}`;
}

function period(micros) {
  if (micros < 1e3) return micros ? `${micros}µs` : "";
  if (micros < 1e6) return `${(micros / 1e3).toFixed(0)}ms`;
  if (micros < 6e7) return `${(micros / 1e6).toFixed(1)}s`;
  return `${Math.floor(micros / 6e7)}m${Math.floor((micros % 6e7) / 1e6)}s`;
}
