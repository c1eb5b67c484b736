/* Without this script all pages work: times are in UTC, and there are no keys. */
const page = document.documentElement;

/* Times in the reader's own zone, in the words in which the page has them. */
const words = new Intl.DateTimeFormat(page.dataset.locale, {
  day: "numeric", month: page.dataset.month, year: "numeric",
  hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
for (const time of document.querySelectorAll("time[data-zoned]")) {
  const moment = new Date(time.dateTime);
  if (Number.isNaN(moment.valueOf())) continue;
  const part = Object.fromEntries(words.formatToParts(moment).map(({ type, value }) => [type, value]));
  const comma = page.dir === "rtl" ? "، " : ", ";
  time.title = time.textContent;
  time.textContent = `${part.day} ${part.month} ${part.year}${comma}${part.hour}:${part.minute}`;
}

/* Keys: `/`, `j`, `k`, `o`, `?`; for other alphabets by the place of the key. */
const keysDialog = document.getElementById("keys");
const searchBox = document.querySelector("#search input");
const stories = () => [...document.querySelectorAll("main .story h2 a, main [data-story] a")];
const place = "story of " + location.pathname + location.search;

function keyOf(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return "";
  if (!/[^\0-\x7f]/.test(event.key)) return event.key;
  const byPlace = { KeyJ: "j", KeyK: "k", KeyO: "o", Slash: event.shiftKey ? "?" : "/" };
  return event.key === "؟" ? "?" : byPlace[event.code] ?? "";
}

function goTo(story) {
  story.focus({ preventScroll: true });
  story.closest(".story, [data-story]").scrollIntoView({ block: "nearest" });
  sessionStorage.setItem(place, story.href);
}

function step(by) {
  const all = stories();
  const current = all.findIndex((story) => story === document.activeElement
    || story.closest(".story, [data-story]").contains(document.activeElement));
  if (current >= 0) return all[current + by] && goTo(all[current + by]);
  const visible = all.find((story) => story.getBoundingClientRect().top >= 0) ?? all.at(-1);
  if (visible) goTo(visible);
}

function open() {
  const story = document.activeElement.closest?.(".story, [data-story]");
  story?.querySelector("h2 a, a")?.click();
}

const actions = {
  "/": () => { searchBox.focus(); searchBox.select(); },
  j: () => step(1),
  k: () => step(-1),
  o: open,
  "?": () => keysDialog.showModal(),
};

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "Escape" && field === searchBox) return searchBox.blur();
  if (event.defaultPrevented || keysDialog.open) return;
  if (field && !["checkbox", "radio", "button", "submit"].includes(field.type)) return;
  const action = actions[keyOf(event)];
  if (action) { event.preventDefault(); action(); }
});

const showKeys = document.getElementById("show-keys");
showKeys?.addEventListener("click", actions["?"]);
showKeys?.removeAttribute("hidden");

/* Back from a story, one goes on where one was. */
const [visit] = performance.getEntriesByType("navigation");
if (visit?.type === "back_forward") {
  const story = stories().find(({ href }) => href === sessionStorage.getItem(place));
  if (story) goTo(story);
}

/* Search: an address without the fields that were left empty. */
document.getElementById("search")?.addEventListener("formdata", (event) => {
  const filled = [...event.formData].filter(([, value]) => value !== "");
  for (const name of new Set([...event.formData.keys()])) event.formData.delete(name);
  for (const [name, value] of filled) event.formData.append(name, value);
});
