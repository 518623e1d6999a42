// Draws the page of a fleet from the document in it. The part of the address after # says what is shown.
"use strict";

// ---- The document, and what follows from it

const fleet = JSON.parse(document.getElementById("data").textContent);
const clusters = fleet.clusters ?? [];
const findings = fleet.findings ?? [];
const waivers = fleet.waivers ?? [];
const changes = fleet.plan?.changes ?? [];
const states = fleet.live?.states ?? [];

const SIZES = ["ephemeral-storage", "storage"];
const isGpu = name => !SIZES.includes(name) && !name.startsWith("hugepages-");

const index = (list, key) => Map.groupBy(list, each => each[key]);

const findingsOf = index(findings, "file");
const waiversOf = index(waivers, "file");
const changeOf = index(changes.filter(change => change.scope === "cluster"), "name");
const stateOf = index(states, "name");

for (const cluster of clusters) {
  cluster.gpus = Object.entries(cluster.others ?? {}).reduce((sum, [name, n]) => sum + (isGpu(name) ? n : 0), 0);
  cluster.addresses ??= [];
  cluster.findings = findingsOf.get(cluster.file) ?? [];
  cluster.waivers = waiversOf.get(cluster.file) ?? [];
  cluster.change = changeOf.get(cluster.name)?.[0];
  cluster.state = stateOf.get(cluster.name)?.find(state => state.namespace === cluster.namespace);
  cluster.text = [
    cluster.name, cluster.namespace, cluster.team, cluster.group, cluster.place, cluster.platform, cluster.engine,
    cluster.profile, cluster.kind, cluster.image, cluster.file, cluster.dask && `dask ${cluster.dask}`,
    ...Object.entries(cluster.labels ?? {}).map(pair => pair.join("=")), ...cluster.addresses.map(each => each.url),
    ...cluster.findings.map(each => each.code), ...cluster.waivers.map(each => each.code),
  ].join(" ").toLowerCase();
}
const named = new Map(clusters.map(cluster => [cluster.name, cluster]));
const inFile = new Map(clusters.map(cluster => [cluster.file, cluster]));

// ---- Words and numbers

const collator = new Intl.Collator("en", { numeric: true });
const plain = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const count = (number, noun) => `${plain.format(number)} ${noun}${number === 1 ? "" : "s"}`;
const bytes = size => (size >= 2 ** 41 ? `${plain.format(size / 2 ** 40)} Ti` : `${plain.format(size / 2 ** 30)} Gi`);
const money = amount => `${whole.format(amount)} ${fleet.currency}`;
const cut = (text, most) => (text.length > most ? `${text.slice(0, Math.max(most - 1, 1))}…` : text);
const sum = (list, key) => list.reduce((total, each) => total + (each[key] ?? 0), 0);

const MEASURES = {
  ...(fleet.currency && { cost: { title: "cost a month", show: money } }),
  cores: { title: "cores", show: number => count(number, "core") },
  memory: { title: "memory", show: bytes },
  ...(clusters.some(each => each.gpus) && { gpus: { title: "GPUs", show: number => count(number, "GPU") } }),
  workers: { title: "workers", show: number => count(number, "worker") },
};

const GROUPINGS = Object.fromEntries(
  Object.entries({
    team: fleet.teamLabel === "team" ? "team" : `team (${fleet.teamLabel})`, group: "group of delivery", place: "place",
    namespace: "namespace", platform: "platform", engine: "engine", profile: "profile", dask: "version of dask",
  }).filter(([key]) => clusters.some(cluster => cluster[key])),
);

const ONLY = {
  exposed: { title: "exposed", test: cluster => cluster.addresses.length },
  findings: { title: "with findings", test: cluster => cluster.findings.length },
  waivers: { title: "with waivers", test: cluster => cluster.waivers.length },
  changed: { title: "changed", test: cluster => cluster.change },
  unwell: { title: "not as specified", test: cluster => cluster.state && !cluster.state.well },
};

// ---- What is shown: the part of the address after #

const DEFAULTS = {
  q: "", view: "clusters", sort: "", page: "1", only: "", in: "", cluster: "",
  by: Object.keys(GROUPINGS)[0] ?? "", size: Object.keys(MEASURES)[0],
};
let shown = DEFAULTS;

function read() {
  const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const next = { ...DEFAULTS, ...given };
  if (!GROUPINGS[next.by]) next.by = DEFAULTS.by;
  if (!MEASURES[next.size]) next.size = DEFAULTS.size;
  if (!VIEWS[next.view]) next.view = DEFAULTS.view;
  return next;
}

function to(changed) {
  const next = Object.entries({ ...shown, page: "1", cluster: "", ...changed });
  return `#${new URLSearchParams(next.filter(([key, value]) => value !== DEFAULTS[key]))}`;
}

// ---- Elements

function make(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false && value !== "") element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(child => child !== undefined && child !== false && child !== ""));
  return element;
}
const html = (tag, attributes = {}, ...children) => make(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  make(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
const byId = id => document.getElementById(id);

const linkTo = cluster => html("a", { href: to({ cluster: cluster.name }) }, cluster.name);
const badge = (text, kind = "") => html("span", { class: `badge ${kind}` }, text);

// Only addresses of the web become links, and only those whose host the spec knows.
const isLink = url => /^https?:\/\//.test(url) && !/\/\/(NODE|LOAD-BALANCER)\b/.test(url);
const showUrl = url => (isLink(url) ? html("a", { href: url, rel: "noreferrer" }, url) : html("code", {}, url));

function badgesOf(cluster) {
  const errors = cluster.findings.length;
  return [
    errors ? badge(count(errors, "finding"), "warning") : "",
    errors && cluster.waivers.length ? " " : "",
    cluster.waivers.length ? badge(count(cluster.waivers.length, "waiver")) : "",
  ];
}

const badgeOfChange = change => (change ? badge(change.kind, change.rank < 9 ? "warning" : "") : "");
const badgeOfState = state => (state ? badge(state.well ? "as specified" : "not as specified", state.well ? "good" : "bad") : "");

// ---- Lists: each has rows, and columns that show and sort them

const column = (title, value, more = {}) => ({ title, value, cell: row => value(row) ?? "", ...more });
const number = (title, value, show = plain.format) => column(title, value, { number: true, cell: row => (value(row) ? show(value(row)) : "–") });
const ofCluster = column("Cluster", row => row.cluster?.name ?? "", { cell: row => (row.cluster ? linkTo(row.cluster) : "the fleet") });

const VIEWS = {
  clusters: {
    title: "Clusters",
    rows: chosen => chosen,
    columns: [
      column("Cluster", row => row.name, { cell: linkTo }),
      ...["team", "namespace", "place"].filter(key => GROUPINGS[key]).map(key =>
        column(key[0].toUpperCase() + key.slice(1), row => row[key], { cell: row => (row[key] ?? "").replace("https://", "") })),
      number("Workers", row => row.workers), number("Cores", row => row.cores), number("Memory", row => row.memory, bytes),
      ...(MEASURES.gpus ? [number("GPUs", row => row.gpus)] : []),
      ...(fleet.currency ? [number(`${fleet.currency} a month`, row => row.cost, whole.format)] : []),
      column("Dask", row => row.dask),
      column("Outside", row => row.addresses.length, { cell: row => [...new Set(row.addresses.map(each => each.kind || each.part))].join(", ") }),
      column("Findings", row => row.findings.length * 1000 + row.waivers.length, { cell: badgesOf }),
      ...(fleet.plan ? [column("Merge", row => (row.change ? 99 - row.change.rank : 0), { cell: row => badgeOfChange(row.change) })] : []),
      ...(fleet.live ? [column("Runs", row => (row.state ? (row.state.well ? 1 : 2) : 0), { cell: row => badgeOfState(row.state) })] : []),
    ],
  },
  addresses: {
    title: "Addresses",
    rows: chosen => chosen.flatMap(cluster => cluster.addresses.map(each => ({ ...each, cluster }))),
    columns: [
      column("Address", row => row.url, { cell: row => showUrl(row.url) }), ofCluster, column("Leads to", row => row.part),
      column("Way", row => row.kind),
      column("Login", row => row.login, { cell: row => (row.login === "none" ? badge("none", "warning") : row.login ?? "") }),
    ],
  },
  versions: {
    title: "Versions",
    rows: chosen => [...index(chosen.map(cluster => ({ cluster, key: `${cluster.dask ?? ""} ${cluster.python ?? ""} ${cluster.image}` })), "key").values()]
      .map(same => describeVersion(same.map(each => each.cluster))),
    columns: [
      column("Dask", row => row.dask, { cell: row => row.dask || "not known" }), column("Python", row => row.python),
      column("Image", row => row.image, { cell: row => html("code", {}, row.image) }),
      number("Clusters", row => row.clusters.length), column("Which", row => row.clusters[0].name, { cell: nameClusters }),
      column("Known vulnerabilities", row => row.holes.length, { cell: row => row.holes.map(text => html("p", {}, badge("known", "bad"), ` ${text}`)) }),
    ],
  },
  findings: {
    title: "Findings",
    all: () => findings,
    rows: () => findings.map(each => ({ ...each, cluster: inFile.get(each.file) })),
    columns: [
      column("Finding", row => row.code, { cell: row => badge(row.code, row.severity === "error" ? "bad" : "warning") }), ofCluster,
      column("What", row => row.message, { cell: row => [row.message, row.hint ? html("p", { class: "quiet" }, row.hint) : ""] }),
      column("Where", row => `${row.file} ${String(row.line).padStart(6)}`, { cell: row => html("code", {}, `${row.file}:${row.line}`) }),
    ],
  },
  waivers: {
    title: "Waivers",
    rows: () => waivers.map(each => ({ ...each, cluster: inFile.get(each.file) })),
    columns: [
      column("Rule", row => row.code, { cell: row => [badge(row.code), html("p", { class: "quiet" }, row.title)] }), ofCluster,
      column("Reason", row => row.reason), column("What is waived", row => row.message),
      column("Where", row => `${row.file} ${String(row.line).padStart(6)}`, { cell: row => html("code", {}, `${row.file}:${row.line}`) }),
    ],
  },
  ...(fleet.plan && {
    changes: {
      title: "Merge",
      rows: () => changes.map(each => ({ ...each, cluster: each.scope === "cluster" ? named.get(each.name) : undefined })),
      columns: [
        column("Cluster", row => row.name, { cell: row => (row.cluster ? linkTo(row.cluster) : row.name) }),
        column("Gravest", row => row.rank, { cell: badgeOfChange }),
        column("Edit", row => (row.values ?? []).join(), { cell: row => (row.values ?? []).map(text => html("p", {}, html("code", {}, text))) }),
        column("What happens", row => row.effects.length, { cell: row => row.effects.map(each => html("p", {}, sayEffect(each))) }),
        column("Requests", row => row.requests),
      ],
    },
  }),
  ...(fleet.live && {
    running: {
      title: "Running",
      rows: () => states.map(each => ({ ...each, cluster: named.get(each.name) })),
      columns: [
        column("Cluster", row => row.name, { cell: row => (row.cluster ? linkTo(row.cluster) : row.name) }),
        column("State", row => (row.well ? 1 : 0), { cell: badgeOfState }), column("Scheduler", row => row.scheduler),
        column("Workers ready", row => row.workers), column("Restarts", row => Number(row.restarts) || 0, { cell: row => row.restarts }),
        column("Drift", row => row.drift), column("Certificates last until", row => row.certified),
        column("What is wrong", row => (row.troubles ?? []).length, { cell: row => (row.troubles ?? []).map(text => html("p", {}, text)) }),
      ],
    },
  }),
};

const sayEffect = effect => [`${effect.kind}: ${effect.what}`, effect.cost].filter(Boolean).join("; ");

function describeVersion(same) {
  const told = same.flatMap(cluster => [...cluster.findings, ...cluster.waivers]).filter(each => fleet.holes.includes(each.code));
  const [{ dask = "", python = "", image = "" }] = same;
  return { dask, python, image, clusters: same, holes: [...new Set(told.map(each => each.message))] };
}

function nameClusters(row) {
  const some = row.clusters.slice(0, 5).flatMap(cluster => [linkTo(cluster), ", "]);
  const more = row.clusters.length - 5;
  some.pop();
  return more > 0 ? [...some, " and ", html("a", { href: to({ view: "clusters", q: row.image }) }, `${plain.format(more)} more`)] : some;
}

// ---- The fleet

function matches(text) {
  const words = shown.q.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every(word => text.includes(word));
}

function chooseClusters() {
  const only = ONLY[shown.only]?.test ?? (() => true);
  return clusters.filter(cluster => matches(cluster.text) && only(cluster));
}

const groupOf = cluster => cluster[shown.by] || `no ${GROUPINGS[shown.by] ?? "group"}`;
const isInGroup = cluster => !shown.in || groupOf(cluster) === shown.in;

function gather(chosen) {
  const groups = [...Map.groupBy(chosen, groupOf)].map(([name, members]) => ({ name, members, value: sum(members, shown.size) }));
  return groups.sort((one, other) => other.value - one.value || collator.compare(one.name, other.name));
}

// Elements are made anew: the one that had the focus is found by its key.
function keepFocus(drawAll) {
  const key = document.activeElement?.dataset.key;
  drawAll();
  if (key) document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}

function drawFleet() {
  const chosen = chooseClusters();
  const inside = chosen.filter(isInGroup);
  drawTiles(inside);
  drawGroups(gather(chosen));
  drawMap(gather(inside));
  drawScope(inside);
  drawViews(inside);
  drawTable(inside);
}

function drawTiles(chosen) {
  const tile = (value, title, only) => html("div", { class: "tile" },
    html("b", {}, value), only ? html("a", { href: to({ only: shown.only === only ? "" : only, view: "clusters" }), "data-key": `only ${only}` }, title) : html("span", {}, title));
  const tiles = [
    tile(plain.format(chosen.length), chosen.length === 1 ? "cluster" : "clusters"),
    tile(plain.format(sum(chosen, "workers")), "workers at most"), tile(plain.format(sum(chosen, "cores")), "cores"),
    tile(bytes(sum(chosen, "memory")), "memory"),
    ...(MEASURES.gpus ? [tile(plain.format(sum(chosen, "gpus")), "GPUs")] : []),
    ...(fleet.currency ? [tile(whole.format(sum(chosen, "cost")), `${fleet.currency} a month`)] : []),
  ];
  for (const [only, { title, test }] of Object.entries(ONLY)) {
    const number = chosen.filter(test).length;
    if (number || shown.only === only) tiles.push(tile(plain.format(number), title, only));
  }
  byId("tiles").replaceChildren(...tiles);
}

function drawScope(inside) {
  const told = [shown.q && `“${shown.q}”`, shown.in && `${GROUPINGS[shown.by]} ${shown.in}`, ONLY[shown.only]?.title].filter(Boolean);
  const all = html("a", { href: to({ q: "", in: "", only: "" }) }, "show all");
  byId("scope").replaceChildren(...(told.length ? [`${count(inside.length, "cluster")}: ${told.join(", ")} – `, all] : []));
}

const SHOWN_GROUPS = 200;

function drawGroups(groups) {
  const { show } = MEASURES[shown.size];
  const most = Math.max(...groups.map(group => group.value), 1e-9);
  const items = groups.slice(0, SHOWN_GROUPS).map(group => {
    const bar = html("i");
    bar.style.width = `${(100 * group.value) / most}%`;
    const isCurrent = shown.in === group.name;
    const link = html("a", { href: to({ in: isCurrent ? "" : group.name }), "data-key": `in ${group.name}`, "aria-current": isCurrent && "true" },
      html("span", { class: "name" }, group.name), html("span", { class: "amount" }, show(group.value)),
      html("span", { class: "meter", "aria-hidden": "true" }, bar));
    return html("li", {}, link);
  });
  const more = groups.length - items.length;
  byId("groups").replaceChildren(...items, more > 0 ? html("li", { class: "quiet" }, `and ${plain.format(more)} smaller ones`) : "");
}

// ---- The map: areas are sizes

const MOST_TILES = 400;

function drawMap(groups) {
  const place = byId("map"), { clientWidth: width, clientHeight: height } = place;
  if (!width) return;
  const root = d3.hierarchy({ children: limit(groups) }).sum(each => each.size ?? 0).sort((one, other) => other.value - one.value);
  d3.treemap().size([width, height]).paddingInner(2).paddingTop(node => (node.depth === 1 && node.children ? 20 : 0)).round(true)(root);
  const frames = root.children?.filter(node => node.children) ?? [];
  // The lists beside it and below say the same to who does not see it, and to who uses no mouse.
  place.replaceChildren(svg("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    ...frames.map(node => drawTile(node, "frame")), ...root.leaves().filter(node => node.data.title).map(node => drawTile(node, node.data.kind))));
}

// A map of single clusters where they are few, else of groups.
function limit(groups) {
  const members = groups.reduce((total, group) => total + group.members.length, 0);
  if (members <= MOST_TILES || groups.length === 1) {
    return groups.map(group => ({ title: group.name, href: to({ in: shown.in ? "" : group.name }), children: limitMembers(group.members) }));
  }
  const tiles = groups.slice(0, MOST_TILES).map(group => ({ title: group.name, size: group.value, href: to({ in: group.name }), kind: "" }));
  return [...tiles, ...rest(groups.slice(MOST_TILES), "value")];
}

function limitMembers(members) {
  const sorted = members.toSorted((one, other) => (other[shown.size] ?? 0) - (one[shown.size] ?? 0));
  const kindOf = cluster => (cluster.state && !cluster.state.well ? "unwell" : cluster.findings.length ? "warning" : "");
  const tiles = sorted.slice(0, MOST_TILES).map(cluster =>
    ({ title: cluster.name, size: cluster[shown.size] ?? 0, href: to({ cluster: cluster.name }), kind: kindOf(cluster) }));
  return [...tiles, ...rest(sorted.slice(MOST_TILES), shown.size)];
}

const rest = (others, key) => (others.length ? [{ title: `${plain.format(others.length)} smaller ones`, size: sum(others, key), kind: "" }] : []);

function drawTile({ x0, y0, x1, y1, value, data }, kind) {
  const width = x1 - x0, height = y1 - y0;
  if (width < 1 || height < 1) return "";
  const { show } = MEASURES[shown.size];
  const text = `${data.title}: ${show(value)}`;
  const parts = [svg("title", {}, text), svg("rect", { x: x0, y: y0, width, height, rx: 3 })];
  const letters = Math.floor((width - 10) / 7.3);
  if (letters > 3 && height > 15) {
    const title = kind === "frame" ? text : data.title;
    parts.push(svg("text", { x: x0 + 5, y: y0 + 14 }, cut(title, letters)));
    if (kind !== "frame" && height > 32) parts.push(svg("text", { x: x0 + 5, y: y0 + 29, class: "small" }, cut(show(value), letters)));
  }
  return data.href ? svg("a", { href: data.href, class: kind, tabindex: "-1" }, ...parts) : svg("g", { class: kind }, ...parts);
}

// ---- The lists below it

function drawViews(inside) {
  const links = Object.entries(VIEWS).map(([name, view]) => {
    const number = chooseRows(view, inside).length;
    return html("a", { href: to({ view: name, sort: "" }), "data-key": `view ${name}`, "aria-current": name === shown.view && "page" }, `${view.title} ${plain.format(number)}`);
  });
  byId("views").replaceChildren(...links);
}

// Rows of the chosen clusters; those of no cluster are shown with the whole fleet.
function chooseRows(view, inside) {
  const chosen = new Set(inside);
  const isWhole = inside.length === clusters.length;
  return view.rows(inside).filter(row => !("cluster" in row) || (row.cluster ? chosen.has(row.cluster) : isWhole));
}

const ROWS = 100;

function order(rows, view) {
  const [, sign, title] = /^(-?)(.*)$/s.exec(shown.sort);
  const by = view.columns.find(each => each.title === title);
  const compare = (one, other) => {
    const [a, b] = [by.value(one) ?? "", by.value(other) ?? ""];
    return typeof a === "number" || typeof b === "number" ? a - b : collator.compare(a, b);
  };
  if (by) return rows.toSorted(sign ? (one, other) => compare(other, one) : compare);
  return shown.q && shown.view === "clusters" ? rows.toSorted((one, other) => rank(one) - rank(other)) : rows;
}

// A cluster whose name is what was searched for comes first.
function rank(cluster) {
  const word = shown.q.trim().toLowerCase();
  return cluster.name === word ? 0 : cluster.name.startsWith(word) ? 1 : cluster.name.includes(word) ? 2 : 3;
}

function drawTable(inside, isWhole = false) {
  const view = VIEWS[shown.view];
  const rows = order(chooseRows(view, inside), view);
  const pages = Math.max(Math.ceil(rows.length / ROWS), 1);
  const page = Math.min(Math.max(Number(shown.page) || 1, 1), pages);
  const part = isWhole ? rows : rows.slice((page - 1) * ROWS, page * ROWS);
  const body = part.map(row => html("tr", {}, ...view.columns.map((each, place) => html(place ? "td" : "th", { scope: !place && "row", class: each.number && "number" }, each.cell(row)))));
  const caption = `${view.title}: ${rows.length > part.length ? `${plain.format((page - 1) * ROWS + 1)} to ${plain.format((page - 1) * ROWS + part.length)} of ` : ""}${plain.format(rows.length)}`;
  const table = html("table", {}, html("caption", {}, caption), html("thead", {}, html("tr", {}, ...view.columns.map(drawHead))), html("tbody", {}, ...body));
  const notes = shown.view === "changes" ? [`against ${fleet.plan.base}: ${fleet.plan.requests}`, ...(fleet.plan.approval ?? [])]
    : shown.view === "running" ? [fleet.live.where, ...fleet.live.delivery] : [];
  byId("table").replaceChildren(...notes.map(text => html("p", { class: "note" }, text)), html("div", { class: "scroll" }, table), pages > 1 && !isWhole ? drawPages(page, pages) : "");
}

function drawHead(each) {
  const isUp = shown.sort === each.title, isDown = shown.sort === `-${each.title}`;
  // Numbers are most wanted from the largest.
  const next = each.number ? (isDown ? each.title : `-${each.title}`) : isUp ? `-${each.title}` : each.title;
  const sorted = isUp ? "ascending" : isDown ? "descending" : undefined;
  return html("th", { scope: "col", class: each.number && "number", "aria-sort": sorted },
    html("button", { type: "button", "data-key": `sort ${each.title}`, onclick: () => { location.hash = to({ sort: next }); } }, each.title));
}

function drawPages(page, pages) {
  const turn = (title, number) => html("button", { type: "button", "data-key": title, disabled: (number < 1 || number > pages) && "disabled", onclick: () => { location.hash = to({ page: String(number) }); byId("views").scrollIntoView(); } }, title);
  return html("div", { class: "pages" }, turn("Previous", page - 1), `page ${page} of ${plain.format(pages)}`, turn("Next", page + 1));
}

// ---- One cluster

function drawCluster(cluster) {
  const heading = html("h2", { class: "name", tabindex: "-1" }, cluster?.name ?? shown.cluster);
  const back = html("p", {}, html("a", { href: to({}) }, "← all clusters"));
  const parts = cluster
    ? [drawFacts(cluster), drawWays(cluster), drawPools(cluster), drawAddresses(cluster), drawFindings(cluster), drawState(cluster.state), drawChange(cluster.change)]
    : [html("p", {}, "The fleet has no cluster of this name.")];
  const badges = cluster ? [badgeOfState(cluster.state), badgeOfChange(cluster.change), ...badgesOf(cluster)] : [];
  byId("cluster").replaceChildren(back, html("header", {}, heading, html("div", {}, ...badges.flatMap(each => [each, " "]))), ...parts.filter(Boolean));
  heading.focus({ preventScroll: true });
}

function list(pairs) {
  const told = pairs.filter(([, value]) => value !== undefined && value !== "" && value !== false);
  return html("dl", {}, ...told.flatMap(([title, value]) => [html("dt", {}, title), html("dd", {}, value)]));
}

function drawFacts(cluster) {
  const others = Object.entries(cluster.others ?? {}).map(([name, amount]) => [name, isGpu(name) ? plain.format(amount) : bytes(amount)]);
  const labels = Object.entries(cluster.labels ?? {}).map(pair => pair.join("="));
  return html("div", { class: "facts" },
    list([
      ["namespace", cluster.namespace], ["team", cluster.team], ["group", cluster.group], ["place", cluster.place],
      ["kind", cluster.kind], ["engine", cluster.engine], ["platform", cluster.platform], ["profile", cluster.profile],
      ["labels", labels.join(", ")], ["file", html("code", {}, cluster.file)],
    ]),
    list([
      ...(cluster.cost === undefined ? [] : [["cost", `${money(cluster.cost)} a month at most`]]),
      ["workers", plain.format(cluster.workers ?? 0)], ["cores", plain.format(cluster.cores ?? 0)], ["memory", bytes(cluster.memory ?? 0)],
      ...others, ["image", html("code", {}, cluster.image ?? "")],
      ["dask", cluster.dask], ["Python", cluster.python], ["TLS", cluster.tls ? "between scheduler, workers and clients" : "none"],
      ["scheduler", cluster.inside ? html("code", {}, cluster.inside) : ""], ["connect", html("code", {}, `daskgen connect ${cluster.name}`)],
    ]));
}

function table(titles, rows) {
  return html("div", { class: "scroll" }, html("table", {}, html("thead", {}, html("tr", {}, ...titles.map(title => html("th", { scope: "col" }, title)))),
    html("tbody", {}, ...rows.map(row => html("tr", {}, ...row.map(cell => html("td", {}, cell)))))));
}

function drawPools({ pools = [] }) {
  const rows = pools.map(pool => [
    pool.name, pool.least === pool.most ? plain.format(pool.most) : `${pool.least} to ${pool.most}`, plain.format((pool.cores ?? 0) / 1000), bytes(pool.memory ?? 0),
    Object.entries(pool.others ?? {}).map(([name, amount]) => `${name} ${isGpu(name) ? amount : bytes(amount)}`).join(", "),
  ]);
  return rows.length && html("section", {}, html("h2", {}, "Workers"), table(["Group", "Workers", "Cores each", "Memory each", "Besides"], rows));
}

function drawAddresses({ addresses }) {
  const rows = addresses.map(each => [each.part, showUrl(each.url), each.kind ?? "", each.login === "none" ? badge("no login", "warning") : each.login ?? ""]);
  return rows.length && html("section", {}, html("h2", {}, "Addresses"), table(["Leads to", "Address", "Way", "Login"], rows));
}

function drawFindings(cluster) {
  const items = [
    ...cluster.findings.map(each => [badge(each.code, each.severity === "error" ? "bad" : "warning"), each, each.hint]),
    ...cluster.waivers.map(each => [badge(`${each.code} waived`), each, `reason: ${each.reason}`]),
  ].map(([mark, each, more]) => html("li", {}, html("p", {}, mark, " ", each.message), html("p", { class: "quiet" }, more, " ", html("code", {}, `${each.file}:${each.line}`))));
  return items.length && html("section", {}, html("h2", {}, "Findings and waivers"), html("ul", { class: "findings" }, ...items));
}

function drawState(state) {
  return state && html("section", {}, html("h2", {}, "Running"), html("p", { class: "note" }, fleet.live.where),
    list([["scheduler", state.scheduler], ["workers ready", state.workers], ["restarts", state.restarts], ["drift", state.drift], ["job", state.job], ["certificates last until", state.certified]]),
    ...(state.troubles ?? []).map(text => html("p", {}, badge("wrong", "bad"), " ", text)));
}

function drawChange(change) {
  return change && html("section", {}, html("h2", {}, `What the merge does, against ${fleet.plan.base}`),
    ...(change.values ?? []).map(text => html("p", {}, html("code", {}, text))),
    html("ul", { class: "findings" }, ...change.effects.map(effect => html("li", {}, sayEffect(effect), effect.command ? html("pre", {}, html("code", {}, effect.command)) : ""))),
    list([["requests", change.requests], ["reached", (change.reached ?? []).join("; ")]]));
}

// ---- Who reaches whom: callers on the left, the cluster in the middle, and what it calls on the right

const ORDER = ["login", "scheduler", "worker", "job"];
const LEFT = { x: 12, width: 300 }, MIDDLE = { x: 450, width: 130 }, RIGHT = { x: 718, width: 270 };
const isOpen = title => title === "everyone in Kubernetes" || title === "everywhere";

function drawWays(cluster) {
  const { parts = [] } = cluster;
  const urls = new Map(cluster.addresses.map(each => [each.field, each.url]));
  const ways = fleet.ways[cluster.ways].map(way => (way.direction === "in" ? { ...way, source: urls.get(way.source) ?? way.source } : way));
  if (!parts.length) return;
  const place = title => (ORDER.includes(title) ? ORDER.indexOf(title) : -1);
  const middle = parts.toSorted((one, other) => place(one) - place(other)).map(title => ({ title, name: title, lines: [], kind: "part" }));
  const left = gatherEnds(ways.filter(way => way.direction === "in"), "source");
  const right = gatherEnds(ways.filter(way => way.direction === "out"), "target");
  const find = (nodes, title) => nodes.find(node => node.title === title);
  const arrows = ways.map(way => ({
    way, from: find(way.direction === "in" ? left : middle, way.source), to: find(way.direction === "out" ? right : middle, way.target),
  })).filter(arrow => arrow.from && arrow.to);
  for (const node of [...left, ...middle, ...right]) measure(node, arrows);
  const first = node => Math.min(...node.leaving.map(arrow => middle.indexOf(arrow.to)));
  left.sort((one, other) => first(one) - first(other));
  const height = stack([[left, LEFT, 14], [middle, MIDDLE, 54], [right, RIGHT, 14]]);
  const drawing = svg("svg", { viewBox: `0 0 1000 ${height}`, role: "img", "aria-label": `Who reaches ${cluster.name}, and what it reaches; the list below holds the same` },
    svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" }, svg("path", { d: "M0 0 L8 4 L0 8 Z" }))),
    ...[["may connect", LEFT], [cluster.name, MIDDLE], ["may be connected to", RIGHT]].map(([title, { x }]) => svg("text", { class: "heading", x, y: 22 }, cut(title, 28))),
    ...arrows.map(arrow => drawArrow(arrow, middle)), ...[...left, ...middle, ...right].map(drawNode));
  const rows = ways.map(way => [way.source, way.target, way.ports || "all", (way.notes ?? []).map(note => html("div", {}, note))]);
  return html("section", {}, html("h2", {}, "Who reaches whom"), html("div", { class: "picture" }, drawing),
    html("details", {}, html("summary", {}, "As a list"), table(["From", "To", "Ports", "Pods or addresses"], rows)));
}

function gatherEnds(ways, end) {
  return [...Map.groupBy(ways, way => way[end])].map(([title, same]) => {
    const notes = [...new Set(same.flatMap(way => way.notes ?? []))];
    const [name, ...others] = wrap(title, 32);
    const lines = [...others, ...notes.flatMap(note => wrap(note, 46))];
    return { title, name, lines: lines.length > 5 ? [...lines.slice(0, 4), `and ${lines.length - 4} more lines`] : lines, kind: isOpen(title) ? "node open" : "node" };
  });
}

function wrap(text, most) {
  const lines = [""];
  for (const word of text.split(/(?<=[ ,=/|])/)) {
    if (lines.at(-1).length + word.length > most && lines.at(-1)) lines.push("");
    lines[lines.length - 1] += word;
  }
  return lines.map(line => cut(line, most + 4));
}

// Each arrow has a place of its own at the side of a node, so that the texts at their ends do not meet.
function measure(node, arrows) {
  node.arriving = arrows.filter(arrow => arrow.to === node && arrow.from !== node && arrow.way.direction !== "within");
  node.leaving = arrows.filter(arrow => arrow.from === node && arrow.to !== node && arrow.way.direction !== "within");
  node.height = Math.max(34 + 14 * node.lines.length, 20 * node.arriving.length + 8, 20 * node.leaving.length + 8);
}

function stack(columns) {
  const tall = columns.map(([nodes, , gap]) => nodes.reduce((total, node) => total + node.height + gap, -gap));
  const height = Math.max(...tall, 40);
  columns.forEach(([nodes, { x, width }, gap], index) => {
    let y = 38 + (height - tall[index]) / 2;
    for (const node of nodes) {
      Object.assign(node, { x, y, width });
      y += node.height + gap;
    }
  });
  for (const [nodes] of columns) {
    for (const node of nodes) {
      node.arriving.sort((one, other) => one.from.y - other.from.y);
      node.leaving.sort((one, other) => one.to.y - other.to.y);
    }
  }
  return height + 38 + 44;
}

const slot = (node, arrows, arrow) => node.y + (node.height * (arrows.indexOf(arrow) + 1)) / (arrows.length + 1);

function drawArrow(arrow, middle) {
  const { from, to: end, way } = arrow;
  if (way.direction === "within") return drawWithin(from, end, way, middle);
  const [x0, x1] = [from.x + from.width, end.x - 2];
  const [y0, y1] = [slot(from, from.leaving, arrow), slot(end, end.arriving, arrow)];
  const bend = (x1 - x0) / 2;
  const text = way.direction === "in" ? { x: x1 - 12, y: y1 + 4, "text-anchor": "end" } : { x: x0 + 8, y: y0 + 4 };
  return svg("g", {}, svg("path", { d: `M${x0} ${y0} C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`, "marker-end": "url(#arrow)" }),
    svg("text", { class: "port", ...text }, cut(way.ports || "all ports", 18)));
}

function drawWithin(from, end, way, middle) {
  const center = from.x + from.width / 2, steps = middle.indexOf(end) - middle.indexOf(from);
  const ports = cut(way.ports || "all ports", 20);
  if (!steps) {
    const y = from.y + from.height;
    return svg("g", {}, svg("path", { d: `M${center - 22} ${y} C${center - 30} ${y + 30} ${center + 30} ${y + 30} ${center + 22} ${y + 2}`, "marker-end": "url(#arrow)" }),
      svg("text", { class: "port", x: center, y: y + 36, "text-anchor": "middle" }, ports));
  }
  const down = steps > 0;
  const [y0, y1] = down ? [from.y + from.height, end.y - 2] : [from.y, end.y + end.height + 2];
  const side = down ? 1 : -1;
  if (Math.abs(steps) === 1) {
    const x = center + side * 18;
    return svg("g", {}, svg("path", { d: `M${x} ${y0} L${x} ${y1}`, "marker-end": "url(#arrow)" }),
      svg("text", { class: "port", x: x + side * 7, y: (y0 + y1) / 2 + 4, "text-anchor": down ? "start" : "end" }, ports));
  }
  const edge = down ? from.x + from.width : from.x, out = edge + side * (24 + 14 * Math.abs(steps));
  const [a, b] = [from.y + from.height / 2, end.y + (down ? 10 : end.height - 10)];
  return svg("g", {}, svg("path", { d: `M${edge} ${a} C${out} ${a} ${out} ${b} ${edge + side * 2} ${b}`, "marker-end": "url(#arrow)" }));
}

function drawNode({ x, y, width, height, title, name, lines, kind }) {
  const top = y + Math.max((height - 14 * lines.length - 14) / 2, 8) + 11;
  return svg("g", { class: kind }, svg("title", {}, title), svg("rect", { x, y, width, height, rx: 6 }),
    svg("text", { x: x + 12, y: top }, cut(name, Math.floor(width / 7.4))),
    ...lines.map((line, index) => svg("text", { class: "small", x: x + 12, y: top + 15 + 14 * index }, line)));
}

// ---- Start, and events

let left = 0;

function draw() {
  const was = shown;
  shown = read();
  const isCluster = Boolean(shown.cluster);
  if (isCluster && !was.cluster) left = scrollY;
  byId("fleet").hidden = isCluster;
  byId("cluster").hidden = !isCluster;
  byId("home").textContent = fleet.title;
  document.title = isCluster ? `${shown.cluster} – ${fleet.title}` : fleet.title;
  if (document.activeElement !== byId("search")) byId("search").value = shown.q;
  if (isCluster) {
    drawCluster(named.get(shown.cluster));
    scrollTo(0, 0);
    return;
  }
  byId("by").value = shown.by;
  byId("size").value = shown.size;
  keepFocus(drawFleet);
  if (was.cluster) scrollTo(0, left);
}

function start() {
  const told = [`Kubernetes ${fleet.kubernetes}`, `daskgen ${fleet.daskgen}`, fleet.plan && `compared with ${fleet.plan.base}`, fleet.live?.where, fleet.operator && `operator ${fleet.operator}`];
  byId("source").textContent = told.filter(Boolean).join(" · ");
  byId("by").append(...Object.entries(GROUPINGS).map(([value, title]) => html("option", { value }, title)));
  byId("size").append(...Object.entries(MEASURES).map(([value, { title }]) => html("option", { value }, title)));
  byId("overview").hidden = !clusters.length;
  byId("by").addEventListener("change", event => { location.hash = to({ by: event.target.value, in: "" }); });
  byId("size").addEventListener("change", event => { location.hash = to({ size: event.target.value }); });
  byId("search").addEventListener("input", event => { history.replaceState(null, "", to({ q: event.target.value }) || "#"); draw(); });
  byId("search").addEventListener("keydown", event => {
    const [first] = order(chooseRows(VIEWS.clusters, chooseClusters().filter(isInGroup)), VIEWS.clusters);
    if (event.key === "Enter" && first) location.hash = to({ cluster: first.name });
  });
  addEventListener("keydown", event => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    byId("search").focus();
    byId("search").select();
  });
  addEventListener("hashchange", draw);
  addEventListener("resize", () => { if (!shown.cluster) drawMap(gather(chooseClusters().filter(isInGroup))); });
  addEventListener("beforeprint", () => { if (!shown.cluster) drawTable(chooseClusters().filter(isInGroup), true); document.querySelectorAll("details").forEach(each => { each.open = true; }); });
  addEventListener("afterprint", () => { if (!shown.cluster) drawTable(chooseClusters().filter(isInGroup)); });
  draw();
}

start();
requestAnimationFrame(() => setTimeout(() => performance.mark("drawn")));
