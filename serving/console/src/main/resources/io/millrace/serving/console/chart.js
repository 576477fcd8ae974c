// A time chart in SVG: up to three lines, a grid, a cursor for mouse and arrow keys.
const NS = "http://www.w3.org/2000/svg";
const EDGE = { left: 52, right: 12, top: 10, bottom: 24 };

export function element(name, attributes = {}, ...children) {
  const node = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// Round steps of 1, 2 or 5 that cut [low, high] into about `count` parts.
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= rough * 0.999);
  const out = [];
  for (let i = Math.ceil(low / step - 1e-9) || 0; i * step <= high + step * 1e-9; i++) out.push(i * step);
  return out;
}

function span(values, floor, smallest) {
  let low = Infinity, high = -Infinity;
  for (const v of values) if (v != null) { low = Math.min(low, v); high = Math.max(high, v); }
  if (low > high) return null;
  const pad = Math.max((high - low) * 0.12, smallest / 2);
  low = floor === undefined ? low - pad : Math.min(floor, low);
  return [low, high + pad];
}

export class Chart {
  // spec: {title, unit, format(v), floor?, smallest (least height of the axis), lines: [{label}]}
  constructor(spec, announce) {
    this.spec = spec;
    this.announce = announce;
    this.cursor = null;
    this.card = document.createElement("article");
    this.card.className = "card chart";
    const header = document.createElement("header");
    const title = document.createElement("h2");
    title.textContent = spec.title;
    const unit = document.createElement("span");
    unit.className = "unit";
    unit.textContent = spec.unit;
    this.legend = document.createElement("ul");
    this.legend.className = "legend";
    header.append(title, unit, this.legend);
    this.svg = element("svg", { class: "plot", role: "img", tabindex: "0" });
    this.card.append(header, this.svg);
    this.svg.addEventListener("pointermove", e => this.point(e.clientX - this.svg.getBoundingClientRect().left));
    this.svg.addEventListener("pointerleave", () => this.move(null));
    this.svg.addEventListener("blur", () => this.move(null));
    this.svg.addEventListener("keydown", e => this.key(e));
  }

  // time: ms [n], columns: one array [n] (or null: no such series) per line, [from, to]: the window
  update(time, columns, from, to) {
    this.data = { time, columns, from, to };
    this.draw();
  }

  draw() {
    const { time, columns, from, to } = this.data;
    const width = this.svg.clientWidth || 480, height = this.svg.clientHeight || 190;
    const range = span(columns.flatMap(c => c ?? []), this.spec.floor, this.spec.smallest);
    this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const marks = [];
    const right = width - EDGE.right, bottom = height - EDGE.bottom;
    this.x = t => EDGE.left + (t - from) / (to - from) * (right - EDGE.left);
    for (let i = 0; i <= 4; i++) {
      const t = from + (to - from) * i / 4;
      const anchor = i === 0 ? "start" : i === 4 ? "end" : "middle";
      marks.push(element("text", { x: this.x(t), y: height - 6, "text-anchor": anchor }, clock(to - t)));
    }
    marks.push(element("line", { class: "axis", x1: EDGE.left, x2: right, y1: bottom, y2: bottom }));
    if (range) {
      const [low, high] = range;
      this.y = v => bottom - (v - low) / (high - low) * (bottom - EDGE.top);
      for (const v of ticks(low, high, 4)) {
        marks.push(element("line", { class: "grid", x1: EDGE.left, x2: right, y1: this.y(v), y2: this.y(v) }));
        marks.push(element("text", { x: EDGE.left - 8, y: this.y(v) + 4, "text-anchor": "end" }, this.spec.format(v)));
      }
      columns.forEach((column, i) => column && marks.push(...this.line(time, column, i, bottom)));
      marks.push(...this.cursorMarks(bottom));
    } else {
      marks.push(element("text", { class: "empty", x: (EDGE.left + right) / 2, y: bottom / 2 + 4, "text-anchor": "middle" }, "No data yet"));
    }
    this.svg.replaceChildren(...marks);
    this.describe();
  }

  line(time, column, index, bottom) {
    const stride = Math.max(1, Math.floor(time.length / 900));
    let path = "", start = null, last = null, area = "";
    for (let i = (time.length - 1) % stride; i < time.length; i += stride) {
      if (column[i] == null) { area += closed(start, last, bottom); start = last = null; continue; }
      const p = `${this.x(time[i]).toFixed(1)},${this.y(column[i]).toFixed(1)}`;
      path += (last === null ? "M" : "L") + p;
      area += (last === null ? "M" : "L") + p;
      start ??= this.x(time[i]).toFixed(1);
      last = this.x(time[i]).toFixed(1);
    }
    area += closed(start, last, bottom);
    const line = element("path", { class: `s${index}`, d: path });
    return index === 0 && this.spec.floor !== undefined ? [element("path", { class: "area", d: area }), line] : [line];
  }

  cursorMarks(bottom) {
    if (this.cursor === null || this.cursor >= this.data.time.length) return [];
    const x = this.x(this.data.time[this.cursor]);
    const dots = this.data.columns.flatMap((c, i) => c?.[this.cursor] == null ? []
      : [element("circle", { class: `s${i}`, cx: x, cy: this.y(c[this.cursor]), r: 4.5 })]);
    const right = this.x(this.data.to), anchor = x > (EDGE.left + right) / 2 ? "end" : "start";
    const when = ago(this.data.to - this.data.time[this.cursor]);
    return [element("line", { class: "cursor", x1: x, x2: x, y1: EDGE.top, y2: bottom }),
      element("text", { x: x + (anchor === "end" ? -6 : 6), y: EDGE.top + 10, "text-anchor": anchor }, when), ...dots];
  }

  // The legend shows the values under the cursor, else the newest.
  describe() {
    const at = this.cursor ?? this.data.time.length - 1;
    const parts = [];
    this.legend.replaceChildren(...this.data.columns.flatMap((column, i) => {
      if (!column) return [];
      const value = column[at] == null ? "–" : this.spec.format(column[at]);
      parts.push(`${this.spec.lines[i].label} ${value}`);
      const item = document.createElement("li");
      const bold = document.createElement("b");
      bold.textContent = value;
      const key = element("svg", { viewBox: "0 0 16 6", "aria-hidden": "true" },
        element("line", { class: `s${i}`, x1: 0, x2: 16, y1: 3, y2: 3, "stroke-width": 2 }));
      item.append(key, this.spec.lines[i].label, bold);
      return [item];
    }));
    const when = this.cursor === null ? "now" : ago(this.data.to - this.data.time[at]);
    const reading = `${this.spec.title}, ${when}: ${parts.join(", ") || "no data"}`;
    this.svg.setAttribute("aria-label", reading);
    return reading;
  }

  point(x) {
    let best = null;
    this.data?.time.forEach((t, i) => {
      if (best === null || Math.abs(this.x(t) - x) < Math.abs(this.x(this.data.time[best]) - x)) best = i;
    });
    this.move(best);
  }

  key(event) {
    const n = this.data?.time.length ?? 0;
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30 }[event.key];
    if (!n || (!step && event.key !== "Escape" && event.key !== "Home" && event.key !== "End")) return;
    event.preventDefault();
    if (event.key === "Escape") return this.move(null);
    const now = event.key === "Home" ? 0 : event.key === "End" ? n - 1 : (this.cursor ?? n - 1) + step;
    this.move(Math.min(n - 1, Math.max(0, now)));
    this.announce(this.describe());
  }

  move(index) {
    if (this.cursor === index || !this.data) return;
    this.cursor = index;
    this.draw();
  }
}

function closed(start, last, bottom) {
  return start === null ? "" : `L${last},${bottom}L${start},${bottom}Z`;
}

// A mark of the time axis: minutes and seconds before now.
function clock(millis) {
  const s = Math.round(millis / 1000);
  return s <= 0 ? "now" : `−${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

export function ago(millis) {
  const s = Math.round(millis / 1000);
  if (s <= 0) return "now";
  if (s < 60) return `${s} s ago`;
  return s % 60 === 0 || s >= 600 ? `${Math.round(s / 60)} min ago` : `${Math.floor(s / 60)} min ${s % 60} s ago`;
}
