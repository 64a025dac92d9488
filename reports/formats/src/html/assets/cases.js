// The list of all cases: finds some of them by words, outcomes and tags, and opens what the page has packed.

function Cases(list) {
  const get = (id) => document.getElementById(id);
  const find = get("find");
  const items = [...list.children].map((element) => ({
    element,
    anchor: element.querySelector("a"),
    words: element.textContent.toLowerCase(),
    outcomes: [element.dataset.outcome, ...(element.querySelector(".aside") ? ["with findings"] : [])],
    tags: new Set([...element.querySelectorAll(".tag")].map((tag) => tag.textContent)),
  }));
  const byName = new Map(items.map((item) => [item.anchor.hash.slice(1), item]));
  const outcomes = [...document.querySelectorAll("[data-outcome][aria-pressed]")];
  const tags = [...document.querySelectorAll("[data-tag]")];
  let articles = null;

  const pressed = (buttons) => buttons.filter((button) => button.getAttribute("aria-pressed") === "true");

  // One of the outcomes, each of the tags, all of the words.
  function filter() {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = pressed(outcomes).map((button) => button.dataset.outcome);
    const filed = pressed(tags).map((button) => button.dataset.tag);
    let shown = 0;
    for (const item of items) {
      const fits = words.every((word) => item.words.includes(word)) && filed.every((tag) => item.tags.has(tag)) && (asked.length === 0 || asked.some((outcome) => item.outcomes.includes(outcome)));
      item.element.hidden = !fits;
      shown += fits;
    }
    const all = words.length + asked.length + filed.length === 0;
    get("found").textContent = all ? "" : shown === 0 ? "No case is like that." : `${shown} of ${items.length} cases`;
    get("clear").hidden = all;
  }

  function clear() {
    find.value = "";
    for (const button of pressed([...outcomes, ...tags])) button.setAttribute("aria-pressed", "false");
    filter();
  }

  // Text that seatrial escaped before it packed it; a document that is only parsed runs nothing.
  async function article(name) {
    articles ||= unpack("articles").then((all) => new Map(all));
    const text = (await articles).get(name);
    return text && document.adoptNode(new DOMParser().parseFromString(text, "text/html").body.firstElementChild);
  }

  const self = {};

  // Opens a case of which nothing is said without being asked, below its line; false if it is none of those.
  self.open = async (name) => {
    const item = byName.get(name);
    if (!item || !get("articles")) return false;
    if (!get(name)) {
      const made = await article(name);
      if (!made) return false;
      if (!get(name)) item.element.append(made);
    }
    if (get(name).parentElement !== item.element) return false;
    get(name).hidden = false;
    item.anchor.setAttribute("aria-expanded", "true");
    if (item.element.hidden) clear();
    return true;
  };

  // Whether a second look at the line closes it again.
  self.close = (name) => {
    const item = byName.get(name);
    if (item?.anchor.getAttribute("aria-expanded") !== "true") return false;
    get(name).hidden = true;
    item.anchor.setAttribute("aria-expanded", "false");
    return true;
  };

  self.focus = () => { find.focus(); find.select(); };

  for (const button of [...outcomes, ...tags]) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      filter();
    });
  }
  find.addEventListener("input", filter);
  find.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clear();
  });
  get("clear").addEventListener("click", () => { clear(); find.focus(); });

  // Up and down go from line to line, from the search box into the list.
  get("cases").addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined || (event.target !== find && !event.target.matches("#cases > ol > li > a"))) return;
    if (event.target === find && event.key !== "ArrowDown") return;
    const shown = items.filter((item) => !item.element.hidden);
    if (shown.length === 0) return;
    event.preventDefault();
    const from = shown.findIndex((item) => item.anchor === event.target);
    shown[Math.max(0, Math.min(shown.length - 1, from + by))].anchor.focus();
  });
  get("filters").hidden = false;
  filter();
  return self;
}
