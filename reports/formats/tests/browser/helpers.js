// What probes have at hand; the first script of the page, so that it hears of every error.
const errors = [];
addEventListener("error", (event) => errors.push(String(event.message)));
addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => errors.push(`policy: ${event.violatedDirective}`));

const pause = (time) => new Promise((done) => setTimeout(done, time));
const find = (which) => (typeof which === "string" ? document.querySelector(which) : which);
const text = (which) => find(which)?.textContent.trim();
const all = (which, member) => [...document.querySelectorAll(which)].map((element) => element[member]);
const timeline = () => find("#timeline");
const chosen = () => [...(find(".row.chosen")?.children || [])].map((cell) => cell.textContent.trim()).filter(Boolean).join(" ");
const click = (which) => find(which).click();
const key = (element, name) => element.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));

async function type(which, words) {
  find(which).value = words;
  find(which).dispatchEvent(new Event("input", { bubbles: true }));
  await pause(400);
}

// The browser's time is virtual and does not wait for its own threads, which unpack: work gives them time of the machine's.
async function until(holds) {
  for (let tries = 0; tries < 2000 && !holds(); tries++) {
    await pause(10);
    for (let work = 0; work < 2e6; work++) Math.sqrt(work);
  }
  if (!holds()) throw new Error(`never: ${holds}`);
}

// What reaches beyond the page to the right and is not in a block that scrolls by itself.
function wide() {
  if (document.documentElement.scrollWidth <= innerWidth) return [];
  const beyond = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5);
  return beyond.slice(0, 5).map((element) => `${element.tagName} ${element.id} ${element.className} in ${element.parentElement.className}`);
}

// Runs the probe when the page has had time to open its timeline, and says what it saw.
async function report(probe) {
  try {
    if (timeline()) await until(() => !timeline().hidden && find(".row"));
    await pause(300);
    const seen = await probe();
    parent.postMessage({ ...seen, wide: wide(), errors }, "*");
  } catch (error) {
    parent.postMessage({ errors: [...errors, String(error)] }, "*");
  }
}
