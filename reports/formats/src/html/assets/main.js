// Puts the parts together: what the address names, and keys.

const get = (id) => document.getElementById(id);
const cases = get("cases/list") && Cases(get("cases/list"));
const timeline = get("timeline") && Timeline(get("timeline"));

// `case`, or `case/place`: see the head of fragment.rs.
async function follow() {
  const [name, place] = decodeURIComponent(location.hash.slice(1)).split("/");
  if (!name) return false;
  await cases?.open(name);
  const article = get(name);
  if (article?.tagName !== "ARTICLE") return false;
  if (place === undefined || !timeline?.has(name)) {
    (article.closest("#cases > ol > li") || article).scrollIntoView();
    article.focus({ preventScroll: true });
    return true;
  }
  if (!(await timeline.show(name))) return true;
  if (place === "timeline" || place === article.dataset.moment) {
    if (article.dataset.moment) timeline.moment();
    get("timeline/title").focus({ preventScroll: true });
  } else {
    const row = timeline.at(place);
    timeline.uncover(row);
    timeline.choose(row);
    get("list").focus({ preventScroll: true });
  }
  const { top, bottom } = get("timeline").getBoundingClientRect();
  if (top > innerHeight / 3 || bottom < innerHeight / 2) get("timeline").scrollIntoView();
  return true;
}

window.addEventListener("hashchange", follow);
// A link to where the address points already changes nothing that would be told.
document.addEventListener("click", (event) => {
  const anchor = event.target.closest("a");
  if (!anchor || !anchor.hash || anchor.hash !== location.hash) {
    // A second click on the line of an open case closes it.
    if (anchor?.closest("#cases > ol > li") && anchor.getAttribute("aria-expanded") === "true" && cases.close(anchor.hash.slice(1))) event.preventDefault();
    return;
  }
  if (anchor.getAttribute("aria-expanded") === "true" && cases.close(anchor.hash.slice(1))) {
    event.preventDefault();
    history.replaceState(null, "", "#cases");
    return;
  }
  follow();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const inside = event.target.closest("#timeline");
  if (!cases && !timeline?.journal) return;
  event.preventDefault();
  if (cases && !inside) cases.focus();
  else get("search").focus();
});

// The first case that failed opens where it failed; the page stays at its top, where it says why.
const first = document.querySelector("article[data-moment]");
follow().then(async (followed) => {
  if (!followed && first && timeline && (await timeline.show(first.id))) timeline.moment();
});
