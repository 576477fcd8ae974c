import { Chart } from "./chart.js";

const POLL_MILLIS = 1000, REJECTED_MILLIS = 5000, KEPT_MILLIS = 3_600_000, GAP_MILLIS = 5000;
const RANGES = [["5 min", 300_000], ["15 min", 900_000], ["1 hour", KEPT_MILLIS]];
const $ = id => document.getElementById(id);
const fixed = digits => v => v.toFixed(digits);
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
const count = v => (Math.abs(v) >= 100_000 ? compact : whole).format(v);

export function duration(ms) {
  if (ms == null || !isFinite(ms)) return "–";
  if (ms === 0) return "0";
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const min = Math.floor(ms / 60_000);
  return min < 60 ? `${min} min ${Math.floor(ms / 1000) % 60} s` : `${Math.floor(min / 60)} h ${min % 60} min`;
}

// Names in a sample; {m} is the model. The first line of a chart is the one the tile shows.
const CHARTS = [
  { title: "AUC as answered", unit: "last minute, against the truth", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "answered", name: "extra.truth.minute.auc" }, { label: "possible", name: "extra.truth.minute.ceiling" }] },
  { title: "Log loss as answered", unit: "last minute, against the truth, nats", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "answered", name: "extra.truth.minute.logloss" }, { label: "possible", name: "extra.truth.minute.floor" }] },
  { title: "Predicted / true", unit: "last minute, 1 is calibrated", format: fixed(3), smallest: 0.1, optional: true,
    lines: [{ label: "answered", name: "extra.truth.minute.calibration" }] },
  { title: "AUC by labels", unit: "as answered, windows over", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "all", name: "{m}.metric.served.auc" }, { label: "newest cohort", name: "{m}.metric.cohort.auc" }] },
  { title: "Log loss by labels", unit: "as answered, windows over, nats", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "all", name: "{m}.metric.served.logloss" }, { label: "newest cohort", name: "{m}.metric.cohort.logloss" }] },
  { title: "AUC of the learner", unit: "of impressions that were not served here, windows over", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "all", name: "{m}.metric.learner.auc" }, { label: "newest cohort", name: "{m}.metric.learner_cohort.auc" }] },
  { title: "Predicted / actual of the learner", unit: "of impressions that were not served here", format: fixed(3), smallest: 0.1, optional: true,
    lines: [{ label: "all", name: "{m}.metric.learner.calibration" }, { label: "newest cohort", name: "{m}.metric.learner_cohort.calibration" }] },
  { title: "Progressive AUC", unit: "labels known", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "all", name: "{m}.metric.total.auc" }, { label: "recent", name: "{m}.metric.segment.auc" }] },
  { title: "Progressive log loss", unit: "labels known, nats", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "all", name: "{m}.metric.total.logloss" }, { label: "recent", name: "{m}.metric.segment.logloss" }] },
  { title: "Freshness", unit: "click to served parameters", format: duration, floor: 0, smallest: 200,
    lines: [{ label: "p50", name: "{m}.freshness.p50Millis" }, { label: "p99", name: "{m}.freshness.p99Millis" }] },
  { title: "Normalized entropy", unit: "as answered, windows over; 1 is the base rate", format: fixed(3), smallest: 0.02, optional: true,
    lines: [{ label: "all", name: "{m}.metric.served.normalizedEntropy" }, { label: "newest cohort", name: "{m}.metric.cohort.normalizedEntropy" }] },
  { title: "Predicted / actual", unit: "as answered, windows over; 1 is calibrated", format: fixed(3), smallest: 0.1, optional: true,
    lines: [{ label: "all", name: "{m}.metric.served.calibration" }, { label: "newest cohort", name: "{m}.metric.cohort.calibration" }] },
  { title: "Calibration error", unit: "ECE, 15 bins of equal mass", format: fixed(4), floor: 0, smallest: 0.01, optional: true,
    lines: [{ label: "all", name: "{m}.metric.served.ece" }, { label: "newest cohort", name: "{m}.metric.cohort.ece" }] },
  { title: "Throughput", unit: "per second", format: count, floor: 0, smallest: 10,
    lines: [{ label: "events in", name: "ingestion.eventsPerSecond" }, { label: "examples learned", name: "{m}.examplesPerSecond" }] },
  { title: "Answers", unit: "time in the server", format: duration, floor: 0, smallest: 2,
    lines: [{ label: "rank p50", name: "rank.p50Millis" }, { label: "rank p99", name: "rank.p99Millis" }] },
  { title: "Requests", unit: "per second", format: count, floor: 0, smallest: 10,
    lines: [{ label: "rank", name: "rank.requestsPerSecond" }, { label: "predict", name: "predict.requestsPerSecond" }] },
];

const store = { time: [], series: new Map() };
let model = null, range = RANGES[0][1], status = null;

function append(time, values) {
  if (store.time.length && time <= store.time.at(-1)) return;
  store.time.push(time);
  for (const [name, value] of Object.entries(values)) {
    if (!store.series.has(name)) store.series.set(name, new Array(store.time.length - 1).fill(null));
    store.series.get(name).push(value);
  }
  for (const column of store.series.values()) if (column.length < store.time.length) column.push(null);
  const old = store.time.findIndex(t => t > time - KEPT_MILLIS);
  if (old > 60) {
    store.time.splice(0, old);
    for (const column of store.series.values()) column.splice(0, old);
  }
}

async function json(path) {
  const response = await fetch(path, { signal: AbortSignal.timeout(5000), cache: "no-store" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

async function catchUp() {
  const history = await json(`/v1/history?since=${store.time.at(-1) ?? 0}`);
  history.time.forEach((t, i) => append(t, Object.fromEntries(
    Object.entries(history.series).map(([name, column]) => [name, column[i]]))));
}

async function poll() {
  try {
    status = await json("/v1/status");
    const sample = status.sample;
    if (!store.time.length || sample.time - store.time.at(-1) > GAP_MILLIS) await catchUp();
    append(sample.time, sample.values);
    show();
    await lookAtRejected();
  } catch (e) {
    state("lost", "Disconnected");
    banner("The server does not answer; trying again every second.", "bad");
  } finally {
    setTimeout(poll, POLL_MILLIS);
  }
}

let rejectedAt = 0, rejectedReasons = new Set();
async function lookAtRejected() {
  if (Date.now() - rejectedAt < REJECTED_MILLIS) return;
  rejectedAt = Date.now();
  const { total, complete, reasons } = await json("/v1/rejected?limit=1");
  rejectedReasons = new Set(reasons.map(r => r.reason));
  $("rejected-card").hidden = total === 0;
  $("rejected-sub").textContent = `${whole.format(total)} are still in Kafka${complete ? "" : ", still counting"}; the newest events: /v1/rejected`;
  table($("rejected"), ["Reason, and what was said of the first", "Events"], reasons.map(r => [`${words(r.reason)}: ${r.first[0] ?? ""}`, whole.format(r.count)]));
}

function state(kind, text) {
  document.body.dataset.state = kind;
  $("state").dataset.state = kind;
  if ($("state-text").textContent !== text) $("state-text").textContent = text;
}

function banner(text, kind) {
  $("banner").hidden = !text;
  $("banner").dataset.kind = kind;
  if ($("banner").textContent !== text) $("banner").textContent = text;
}

const latest = name => store.series.get(name.replace("{m}", model))?.at(-1) ?? null;

function show() {
  if (!status.models.some(m => m.name === model)) model = status.models[0].name;
  state(status.ready ? "live" : "waiting", status.ready ? "Live" : "Not ready");
  const held = status.ingestion.waitsFor;
  const heldBack = status.models.filter(m => m.held).map(m => `Model ${m.name} answers by version ${whole.format(m.version)}: ${m.held}.`);
  const stale = status.models.filter(m => m.stale).map(m => `Model ${m.name} is stale: ${m.stale}.`);
  banner([...status.notReady, ...heldBack, ...stale, ...(held ? [held] : [])].join("\n"), heldBack.length || stale.length || status.parts.some(p => p.state === "failed" || p.state === "unreachable") ? "bad" : "wait");
  radios($("models"), status.models.length > 1 ? status.models.map(m => [m.name, m.name]) : [], model, v => { model = v; show(); });
  radios($("ranges"), RANGES, range, v => { range = v; show(); });
  showTiles();
  showCharts();
  showDetails(status.models.find(m => m.name === model));
}

function radios(group, options, chosen, choose) {
  if (group.childElementCount !== options.length) {
    group.replaceChildren(...options.map(([label, value]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.setAttribute("role", "radio");
      button.dataset.value = value;
      button.addEventListener("click", () => choose(value));
      button.addEventListener("keydown", e => {
        const next = { ArrowRight: button.nextElementSibling, ArrowLeft: button.previousElementSibling }[e.key];
        if (next) { next.focus(); next.click(); }
      });
      return button;
    }));
  }
  for (const button of group.children) {
    const on = button.dataset.value === String(chosen);
    button.setAttribute("aria-checked", on);
    button.tabIndex = on ? 0 : -1;
  }
}

// Where the truth is known, the last minute against it; else what labels say of cohorts whose windows are over;
// else, of a stream whose labels are known at once, progressive.
function figure(truth, byLabels) {
  const known = latest(`extra.truth.minute.${truth}`);
  if (known != null) return { value: known, source: "truth" };
  const served = latest(`{m}.metric.served.${byLabels}`);
  if (served != null) return { value: served, source: "labels" };
  const learner = latest(`{m}.metric.learner.${byLabels}`);
  if (learner != null) return { value: learner, source: "learner" };
  const progressive = latest(`{m}.metric.total.${byLabels}`);
  return { value: progressive, source: progressive == null ? "none" : "progressive" };
}

const clock = ms => new Date(ms).toISOString().slice(11, 19);

function note(source) {
  const until = latest("{m}.metric.cohort.counted_until");
  const next = latest("{m}.metric.cohort.next_at") ?? latest("{m}.metric.learner_cohort.next_at");
  if (source === "learner") return "of the learner, nothing was served";
  if (source === "labels") return until == null ? "by labels" : `labels complete until ${clock(until)}`;
  if (source === "none" && until != null) return `no final label is 1 until ${clock(until)}`;
  if (source === "none") return next == null ? "no label is final yet" : `first labels are final at ${clock(next)}`;
  return source === "progressive" ? "progressive" : "last minute";
}

function showTiles() {
  const auc = figure("auc", "auc"), loss = figure("logloss", "logloss"), ratio = figure("calibration", "calibration");
  const best = latest("extra.truth.minute.ceiling"), least = latest("extra.truth.minute.floor");
  const fresh = latest("{m}.freshness.p50Millis"), slow = latest("{m}.freshness.p99Millis");
  const learned = latest("{m}.examplesPerSecond");
  const close = Math.abs(ratio.value - 1) < 0.05 ? "calibrated" : ratio.value > 1 ? "predicts too many clicks" : "predicts too few clicks";
  tiles(TILE_WORDS, [
    ["AUC as answered", auc.value == null ? "–" : auc.value.toFixed(3), "", auc.source === "truth" ? `${best.toFixed(3)} is possible` : note(auc.source)],
    ["Log loss", loss.value == null ? "–" : loss.value.toFixed(3), "nats", loss.source === "truth" ? `${least.toFixed(3)} is possible` : note(loss.source)],
    [ratio.source === "truth" ? "Predicted / true" : "Predicted / actual", ratio.value == null ? "–" : ratio.value.toFixed(3), "", ratio.value == null ? note("none") : close],
    ["Freshness", ...split(duration(fresh)), slow == null ? "click to served parameters" : `p99 ${duration(slow)}`],
    ["Events", latest("ingestion.eventsPerSecond") == null ? "–" : count(latest("ingestion.eventsPerSecond")), "per second", learned == null ? "" : `${count(learned)} learned per second`],
  ]);
}

// What each tile means and how it was computed.
const TILE_WORDS = [
  "How often a shown item that was clicked had the higher probability than one that was not; 0.5 is chance. Of the probabilities as they were answered.",
  "Mean of -ln(probability of what happened), of the probabilities as they were answered; smaller is better.",
  "The sum of answered probabilities over what they should have been; 1 is calibrated.",
  "From the moment Kafka has a click to the moment a served version has learned it: median and 99th percentile since the server started.",
  "Impressions and outcomes that the label join reads, and examples that the learner learns, in the last seconds.",
];

const split = text => [text.split(" ")[0], text.split(" ").slice(1).join(" ")];

function tiles(meanings, rows) {
  const host = $("tiles");
  if (host.childElementCount !== rows.length) {
    host.replaceChildren(...rows.map(() => {
      const tile = document.createElement("article");
      tile.className = "tile";
      tile.innerHTML = '<h2></h2><p class="value"><span></span><small></small></p><p class="sub"></p>';
      return tile;
    }));
  }
  rows.forEach(([title, value, unit, sub], i) => {
    const [h, v, u, s] = host.children[i].querySelectorAll("h2, span, small, .sub");
    host.children[i].title = meanings[i];
    h.textContent = title; v.textContent = value; u.textContent = unit; s.textContent = sub;
  });
}

const charts = CHARTS.map(spec => new Chart(spec, text => { $("reading").textContent = text; }));
$("charts").append(...charts.map(c => c.card));

function showCharts() {
  // An axis begins where there are data, and shows a minute at least.
  const to = store.time.at(-1) ?? Date.now(), from = Math.max(to - range, Math.min(store.time[0] ?? to, to - 60_000));
  const first = Math.max(0, store.time.findIndex(t => t >= from));
  const time = store.time.slice(first);
  charts.forEach((chart, i) => { chart.card.hidden = CHARTS[i].optional && !CHARTS[i].lines.some(line => store.series.has(line.name.replace("{m}", model))); });
  charts.forEach((chart, i) => chart.update(time, CHARTS[i].lines.map(line => {
    const column = store.series.get(line.name.replace("{m}", model))?.slice(first);
    return column?.some(v => v != null) ? column : null;
  }), from, to));
}
addEventListener("resize", () => status && showCharts());

function facts(host, rows) {
  host.replaceChildren(...rows.flatMap(([name, value]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = name; dd.textContent = value;
    return [dt, dd];
  }));
}

const LEARNED = [["Examples learned", "learned"], ["Labels corrected", "corrections"], ["Duplicates dropped", "duplicates"], ["Examples rejected", "rejected"], ["Encoding mismatches", "encoding_mismatches"]];
const words = name => name.replace(/_/g, " ").replace(/^./, c => c.toUpperCase());

function showDetails(m) {
  facts($("model-facts"), m.version == null ? [["Model", m.name], ["Version", "none yet"]] : [
    ["Model", `${m.name} (${m.kind})`], ["Answers requests for", [...m.aliases, m.name].join(", ")],
    ...(m.shadow && !m.aliases.length ? [["Scored as a shadow", whole.format(m.shadow.scored)], ["Differs from the live model by", m.shadow.meanDifference?.toFixed(4) ?? "–"]] : []),
    ["Predicts", m.outcome], ["State", m.state ?? "learning"], ["Version", whole.format(m.version)], ["Age of parameters", duration(m.ageMillis)], ["Memory", `${(m.memoryBytes / 1048576).toFixed(1)} MiB`],
    ["Clicks measured for freshness", whole.format(m.freshness.count)],
    ...LEARNED.filter(([, key]) => m.metrics[key] != null).map(([label, key]) => [label, whole.format(m.metrics[key])]),
    ...Object.entries(status.extra).filter(([k]) => !k.startsWith("truth.")).map(([k, v]) => [k, typeof v === "number" ? whole.format(v) : v]),
  ]);
  const counts = Object.entries(status.ingestion.counts).filter(([k]) => !rejectedReasons.has(k));
  const far = status.ingestion;
  facts($("ingestion"), counts.length ? [...counts.map(([k, v]) => [words(k), whole.format(v)]),
    ...(far.lag == null ? [] : [["Waiting in Kafka", whole.format(far.lag)]]),
    ...(far.eventTime == null ? [] : [["Joined up to", new Date(far.eventTime).toISOString().replace("T", " ").slice(0, 19)]])] : [["Counts", "none yet"]]);
  table($("requests"), ["Endpoint", "Per second", "p50", "p99", "Errors"], Object.entries(status.endpoints).map(([name, e]) =>
    [name, e.requestsPerSecond.toFixed(1), duration(e.p50Millis || null), duration(e.p99Millis || null), whole.format(e.errors)]));
  facts($("impressions"), [["Impressions logged", whole.format(status.impressions.logged)], ["Not acknowledged in time", whole.format(status.impressions.unacknowledged)],
    ["Of those, given up", whole.format(status.impressions.dropped)], ["Waiting for Kafka", whole.format(status.impressions.waiting)]]);
  const r = status.latestRanking;
  if (!r) return;
  $("ranking-sub").textContent = `${r.candidates} candidates scored by ${r.model}, version ${whole.format(r.version)}; the first ${r.shown} answered`;
  const top = Math.max(...r.results.map(x => x.score), 1e-9);
  table($("ranking"), ["Item", "", "Score", "Probability"], r.results.map(x =>
    [x.id ?? `#${x.index}`, { meter: x.score / top }, x.score.toPrecision(4), `${(100 * x.probability).toFixed(2)} %`]));
}

function table(host, head, rows) {
  const node = document.createElement("table");
  const cell = (kind, value, i) => {
    const td = document.createElement(kind);
    if (value?.meter !== undefined) {
      td.className = "meter";
      td.append(Object.assign(document.createElement("span"), { style: `width:${(100 * value.meter).toFixed(1)}%` }));
    } else {
      td.textContent = value;
      td.className = i === 0 ? "" : value === "" ? "meter" : "n";
    }
    return td;
  };
  const line = (kind, values) => {
    const tr = document.createElement("tr");
    tr.append(...values.map((v, i) => cell(kind, v, i)));
    return tr;
  };
  const thead = document.createElement("thead"), tbody = document.createElement("tbody");
  thead.append(line("th", head));
  tbody.append(...rows.map(values => line("td", values)));
  node.append(thead, tbody);
  host.replaceChildren(node);
}

poll();
