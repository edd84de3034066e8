// The page: signs in, lists and finds packages, shows one. It holds no data of
// its own; everything is asked of the API.

import { MODE, STATUS, cost, event, expected, moment, money, whereabouts } from "/assets/words.js";

const by = (id) => document.getElementById(id);
const state = { lines: [], next: null, chosen: null, asked: 0 };

/** Makes an element; text is always text, never markup. */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((it) => it !== null && it !== undefined));
  return element;
}

/** Asks the API. A problem is thrown as it was answered. */
async function ask(path, method = "GET", body) {
  const options = { method, headers: { accept: "application/json" } };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw { title: "The server cannot be reached", detail: "Try again in a moment." };
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({ title: "The answer cannot be read" }));
  if (!response.ok) throw { ...answer, status: response.status };
  return answer;
}

function say(problem) {
  const box = by("message");
  box.hidden = !problem;
  if (!problem) return;
  const parts = (problem.errors ?? []).map((it) => it.detail);
  box.textContent = [problem.title, ...(parts.length ? parts : [problem.detail])]
    .filter(Boolean)
    .join(" – ");
}

async function attempt(work) {
  try {
    say(null);
    return await work();
  } catch (problem) {
    if (problem instanceof Error) throw problem;
    if (problem.status === 401 && !by("desk").hidden) {
      showEntrance();
      return say({ title: "Your session has ended", detail: "Please sign in again." });
    }
    say(problem);
    return undefined;
  }
}

// Signing in

/** Why signing in at the company did not work, by what the address says. */
const NOT_SIGNED_IN = {
  denied: "Your company's sign-in was cancelled.",
  expired: "It took too long, or began in another window. Please sign in again.",
  failed: "Your company's answer could not be used. Please sign in again.",
  not_admitted: "Your company knows you, but you may not use this. Ask an administrator.",
  unavailable: "Your company's sign-in does not answer. Try again in a moment.",
};

/** Shows the ways in that there are. */
async function showWaysIn() {
  const ways = await attempt(() => ask("/v1/session"));
  if (!ways || by("entrance").hidden) return;
  const setup = !by("setup").hidden;
  const link = by("company").querySelector("a");
  by("company").hidden = !ways.company || setup;
  link.textContent = `Sign in at ${ways.company}`;
  link.href = `/v1/session/oidc?return_to=${encodeURIComponent(`/${location.hash}`)}`;
  by("signin").hidden = !ways.passwords || setup;
  by("toggle").parentElement.hidden = !ways.passwords;
}

function showEntrance() {
  // Whoever sits down next sees nothing of the one before.
  Object.assign(state, { lines: [], next: null, chosen: null });
  by("packages").replaceChildren();
  by("detail").replaceChildren();
  const token = new URLSearchParams(location.hash.slice(1)).get("setup");
  const setup = location.hash.startsWith("#setup");
  by("desk").hidden = by("search").hidden = by("who").hidden = true;
  by("entrance").hidden = false;
  by("signin").hidden = setup;
  by("setup").hidden = !setup;
  by("toggle").textContent = setup ? "I have an account" : "This server is new: set it up";
  if (token) by("setup").elements.token.value = token;
  by(setup ? "setup" : "signin").querySelector("input").focus();
  const told = new URLSearchParams(location.search);
  showWaysIn().then(() => {
    if (told.get("link") === "expired") {
      say({ title: "This sign-in link was used or is too old", detail: "Ask for a new one." });
    } else if (told.has("sign_in")) {
      say({ title: "You are not signed in", detail: NOT_SIGNED_IN[told.get("sign_in")] });
    }
  });
}

function onForm(id, path) {
  by(id).addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    const button = by(id).querySelector("button");
    button.disabled = true;
    const body = Object.fromEntries(new FormData(by(id)));
    const me = await attempt(() => ask(path, "POST", body));
    button.disabled = false;
    if (me) {
      by(id).reset();
      history.replaceState(null, "", "/");
      showDesk(me);
    }
  });
}

function showDesk(me) {
  by("entrance").hidden = true;
  by("desk").hidden = by("search").hidden = by("who").hidden = false;
  by("name").textContent = me.name;
  route();
  list();
}

// The list

function wanted() {
  const query = new URLSearchParams();
  const fields = { ...Object.fromEntries(new FormData(by("filters"))), q: by("q").value };
  for (const [name, value] of Object.entries(fields)) {
    if (value.trim()) query.set(name, value.trim());
  }
  return query;
}

async function list(cursor) {
  const query = wanted();
  if (cursor) query.set("cursor", cursor);
  query.set("limit", "50");
  const asked = ++state.asked;
  let page = await attempt(() => ask(`/v1/packages?${query}`));
  // Filters may leave a page empty while there is more behind it.
  for (let turns = 0; page && !page.packages.length && page.next && turns < 20; turns += 1) {
    query.set("cursor", page.next);
    page = await attempt(() => ask(`/v1/packages?${query}`));
  }
  if (!page || asked !== state.asked) return;
  state.lines = cursor ? [...state.lines, ...page.packages] : page.packages;
  state.next = page.next;
  drawList();
}

function drawList() {
  by("packages").replaceChildren(...state.lines.map(line));
  by("more").hidden = !state.next;
  const none = by("none");
  none.hidden = state.lines.length > 0;
  none.textContent = wanted().size ? "No package is known by this." : "No package is registered yet.";
  mark();
}

function status(word) {
  const [text, tone] = STATUS[word] ?? [word, ""];
  return make("span", { class: `status ${tone}` }, text);
}

function line(it) {
  const under = [it.number, it.carrier].filter(Boolean).join(" · ");
  return make("li", {},
    make("a", { href: `#${it.id}`, "data-id": it.id },
      make("strong", {}, it.description ?? it.number ?? it.id),
      status(it.status),
      make("small", {}, under),
      make("time", { datetime: it.status_at }, moment(it.status_at))));
}

function mark() {
  for (const link of by("packages").querySelectorAll("a")) {
    if (link.dataset.id === state.chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// One package

function route() {
  const id = location.hash.slice(1);
  state.chosen = id.startsWith("pkg_") ? id : null;
  by("desk").classList.toggle("one", state.chosen !== null);
  mark();
  if (state.chosen) show(state.chosen);
}

async function show(id) {
  const path = `/v1/packages/${encodeURIComponent(id)}`;
  const found = await attempt(() => Promise.all([
    ask(path),
    ask(`${path}/whereabouts`).catch((problem) => {
      if (problem.status === 404) return null;
      throw problem;
    }),
    ask(`${path}/history?order=newest&limit=200`),
  ]));
  if (!found || state.chosen !== id) return;
  const [item, where, past] = found;
  const names = { ...item.names, ...past.names };
  by("detail").replaceChildren(...[
    back(), heading(item), numbers(item), place(where, item), facts(item, names),
    ...timeline(past, names), ...costs(item),
  ].filter(Boolean));
}

function back() {
  const button = make("button", { type: "button", class: "quiet back" }, "Back to the list");
  button.addEventListener("click", () => { location.hash = ""; });
  return button;
}

function heading(item) {
  const title = item.record.description ?? item.record.references?.[0]?.value ?? item.id;
  return make("div", {}, make("h1", {}, title), status(item.status), " ",
    make("span", { class: "faint" }, `since ${moment(item.status_at)}`));
}

function numbers(item) {
  const all = item.record.references ?? [];
  if (!all.length) return null;
  const one = (it) => make("li", { title: it.scheme }, it.value);
  return make("ul", { class: "numbers", "aria-label": "Numbers" }, ...all.map(one));
}

function place(where, item) {
  const box = make("div", { class: "where" });
  if (where) {
    const words = whereabouts(where);
    box.append(make("p", { class: "place" }, words.heading));
    box.append(...words.lines.map((it) => make("p", { class: "faint" }, it)));
    if (words.doubts.length) {
      box.append(make("ul", {}, ...words.doubts.map((it) => make("li", {}, it))));
    }
  } else {
    box.append(make("p", { class: "place" }, "Nobody has said yet where it is"));
  }
  if (item.expected) box.append(make("p", {}, expected(item.expected)));
  return box;
}

function facts(item, names) {
  const it = item.record;
  const name = (id) => (id ? names[id] ?? id : null);
  const promised = it.promised && `${moment(it.promised.first)} to ${moment(it.promised.last)}`;
  const size = it.dimensions_mm;
  const rows = [
    ["From", name(it.origin)],
    ["To", name(it.destination)],
    ["Whose goods", name(it.client)],
    ["Who gets it", it.recipient && Object.values(it.recipient).filter(Boolean).join("\n")],
    ["Carrier", [it.carrier, it.service, MODE[it.mode]].filter(Boolean).join(", ")],
    ["Carrier's promise", promised],
    ["Contains", (it.items ?? []).map((one) => `${one.quantity} × ${one.name}`).join("\n")],
    ["Pieces", it.pieces],
    ["Weight", it.weight_kg == null ? null : `${it.weight_kg.toLocaleString()} kg`],
    ["Size", size && `${size.length} × ${size.width} × ${size.height} mm`],
    ["Declared value", it.declared_value && money(it.declared_value)],
    ["Order", it.order],
    ["Cost centre", it.cost_centre],
    ["Taken by", item.received_by],
  ].filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false);
  if (!rows.length) return null;
  const parts = rows.flatMap(([key, value]) => [make("dt", {}, key), make("dd", {}, String(value))]);
  return make("div", {}, make("h2", {}, "What it is"), make("dl", { class: "facts" }, ...parts));
}

function timeline(past, names) {
  const one = (entry) => {
    const [text, under] = event(entry, names);
    const late = Date.parse(entry.recorded_at) - Date.parse(entry.happened_at) > 3_600_000;
    const when = `${moment(entry.happened_at)}${late ? ` · we learned ${moment(entry.recorded_at)}` : ""}`;
    return make("li", { class: entry.superseded_by ? "gone" : null },
      make("strong", {}, text), " ",
      make("time", { datetime: entry.happened_at, class: "faint" }, when),
      under ? make("span", { class: "faint note" }, under) : null);
  };
  return [
    make("h2", {}, "What happened"),
    make("ol", { class: "timeline" }, ...past.events.map(one)),
    past.next ? make("p", { class: "faint" }, "Only the 200 newest are shown.") : null,
  ];
}

function costs(item) {
  if (!item.costs || !item.costs.lines.length) return [];
  const row = ({ cost: line, credit }) => make("tr", {},
    make("td", {}, cost(line)), make("td", { class: "faint" }, line.source),
    make("td", { class: "money" }, `${credit ? "−" : ""}${money(line.amount)}`));
  const total = (it) => make("tr", {},
    make("td", { colspan: "2" }, "Together"), make("td", { class: "money" }, money(it)));
  return [
    make("h2", {}, "Shipping cost"),
    make("table", {},
      make("tbody", {}, ...item.costs.lines.map(row)),
      make("tfoot", {}, ...item.costs.totals.map(total))),
  ];
}

// Keys

function onKey(pressed) {
  if (by("desk").hidden || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(pressed.target.tagName);
  if (pressed.key === "/" && !typing) {
    pressed.preventDefault();
    by("q").focus();
    by("q").select();
  } else if (pressed.key === "Escape") {
    if (typing) pressed.target.blur();
    else location.hash = "";
  } else if (["ArrowDown", "ArrowUp"].includes(pressed.key) && pressed.target.tagName !== "SELECT") {
    const links = [...by("packages").querySelectorAll("a")];
    if (!links.length) return;
    pressed.preventDefault();
    const here = links.indexOf(document.activeElement);
    const step = pressed.key === "ArrowDown" ? 1 : -1;
    links[Math.min(Math.max(here + step, 0), links.length - 1)].focus();
  }
}

// What happens when

function debounced(work, milliseconds) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}

function start() {
  const { status: statuses, mode } = by("filters").elements;
  statuses.append(...Object.entries(STATUS).map(([word, [text]]) => make("option", { value: word }, text)));
  mode.append(...Object.entries(MODE).map(([word, text]) => make("option", { value: word }, text)));
  onForm("signin", "/v1/session");
  onForm("setup", "/v1/setup");
  by("toggle").addEventListener("click", () => {
    location.hash = location.hash.startsWith("#setup") ? "" : "setup";
  });
  by("out").addEventListener("click", async () => {
    const ended = await attempt(() => ask("/v1/session", "DELETE"));
    if (ended?.go_on_at) location.assign(ended.go_on_at);
    else showEntrance();
  });
  by("search").addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    await list();
    if (state.lines.length === 1) location.hash = state.lines[0].id;
  });
  by("q").addEventListener("input", debounced(() => list(), 250));
  by("filters").addEventListener("submit", (submitted) => submitted.preventDefault());
  by("filters").addEventListener("input", debounced(() => list(), 250));
  by("more").addEventListener("click", () => list(state.next));
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", () => (by("desk").hidden ? showEntrance() : route()));
  ask("/v1/me").then(showDesk, (problem) => {
    if (problem.status !== 401) say(problem);
    showEntrance();
  });
}

start();
