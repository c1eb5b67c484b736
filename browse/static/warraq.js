/* Shows times in the reader's own zone; without this script they are in UTC. */
const format = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time[data-zoned]")) {
  const moment = new Date(time.dateTime);
  if (!Number.isNaN(moment.valueOf())) {
    time.title = time.textContent;
    time.textContent = format.format(moment);
  }
}

/* Search: an address without the fields that were left empty. */
document.getElementById("search")?.addEventListener("formdata", (event) => {
  const filled = [...event.formData].filter(([, value]) => value !== "");
  for (const name of new Set([...event.formData.keys()])) event.formData.delete(name);
  for (const [name, value] of filled) event.formData.append(name, value);
});
