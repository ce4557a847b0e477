"use strict";
// What is read without a script can be sorted and filtered with one.

const keyOf = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.key !== undefined ? Number(cell.dataset.key) : cell.textContent.trim();
};

const order = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === typeof b) return a.localeCompare(b);
  return typeof a === "number" ? -1 : 1; // what is not known comes last
};

const sortBy = (table, column, heading) => {
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows].map((row) => [keyOf(row, column), row]);
  rows.sort(([a], [b]) => (down ? order(b, a) : order(a, b)));
  table.tBodies[0].append(...rows.map(([, row]) => row));
};

for (const table of document.querySelectorAll("table[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, column, heading));
  });
}

const choose = (form, rows) => {
  const { digits, search, ok } = form.elements;
  const least = Number(digits.value) || 0;
  const wanted = search.value.trim().toLowerCase();
  const fewest = new Map();
  let shown = 0;
  for (const row of rows) {
    const { digits: kept, status, name, backend } = row.dataset;
    const named = name.includes(wanted);
    if (named && kept !== "") fewest.set(backend, Math.min(fewest.get(backend) ?? 17, Number(kept)));
    const known = kept !== "" && Number(kept) >= least;
    row.hidden = !(named && (least === 0 || known) && (!ok.checked || status === "ok"));
    shown += !row.hidden;
  }
  const meeting = [...fewest].filter(([, kept]) => kept >= least).map(([backend]) => backend);
  const words = form.dataset;
  const told = meeting.length ? words.meeting.replace("{names}", meeting.join(", ")) : words.meetingNone;
  const count = words.shown.replace("{shown}", shown.toLocaleString()).replace("{all}", rows.length.toLocaleString());
  form.querySelector("output").textContent = `${count} ${least > 0 ? told : ""}`;
};

for (const form of document.querySelectorAll("form.chooser")) {
  const rows = [...document.getElementById(form.dataset.table).tBodies[0].rows];
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => choose(form, rows));
  choose(form, rows);
}

// A link to what is folded unfolds it.
const unfold = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
};
addEventListener("hashchange", unfold);
unfold();
