"use strict";
// Draws the cases from the embedded JSON, a page at a time; a case's inside is drawn when it is opened.
// Every text goes in through textContent: what users, documents and models wrote is never markup.
(() => {
  const PAGE = 60;
  const data = JSON.parse(document.getElementById("data").textContent);
  const { cases, metrics } = data;
  const byId = (id) => document.getElementById(id);
  const list = byId("list"), more = byId("more"), told = byId("told");
  const fields = { show: byId("show"), section: byId("section"), metric: byId("metric"), search: byId("search") };

  function el(tag, name, ...children) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    for (const child of children) if (child !== null && child !== undefined) made.append(child);
    return made;
  }

  function number(value) {
    if (value === undefined || value === null) return "–";
    const text = Number.isInteger(value) ? value.toLocaleString("en-US")
      : Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toFixed(3)));
    return text.replace("-", "−");
  }

  // Which cases

  const scores = (one) => (one.now || one.was || { scores: {} }).scores;
  const whys = (one) => {
    if (one.change) return [one.change];
    const told = [...(one.gate || []).map((found) => found.why), ...Object.values((one.now || {}).why || {})];
    return [...new Set(told.filter(Boolean))];
  };
  const opening = (one) => {
    const said = ((one.now || one.was || {}).said || []).find(([who]) => who === "user");
    return said ? said[1].slice(0, 160) : "";
  };
  const short = (one) => Object.keys((one.now || {}).why || {}).length > 0;

  const KINDS = [
    ["all", "all", () => true],
    ["gate", "named by the gate", (one) => Boolean(one.gate)],
    ["failing", "could be better", short],
    ["changed", "changed", (one) => Boolean(one.how)],
    ...Object.entries(data.said).map(([how, said]) => [how, said, (one) => one.how === how]),
  ];
  const chosenKind = () => (KINDS.find(([name]) => name === fields.show.value) || KINDS[0])[2];

  function haystack(one) {
    if (one.text === undefined) {
      const parts = [one.section, one.id, ...whys(one)];
      for (const side of [one.now, one.was]) {
        if (!side) continue;
        for (const [, text] of side.said || []) parts.push(text);
        for (const value of [side.expected, side.got, side.record]) if (value !== undefined) words(value, parts);
      }
      one.text = parts.join("\n").toLowerCase();
    }
    return one.text;
  }

  function words(value, into) {
    if (value === null) return;
    if (Array.isArray(value)) for (const one of value) words(one, into);
    else if (typeof value === "object") for (const [key, one] of Object.entries(value)) { into.push(key); words(one, into); }
    else into.push(String(value));
  }

  function matching() {
    const kind = chosenKind(), section = fields.section.value, metric = fields.metric.value;
    const wanted = fields.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = cases.filter((one) => kind(one)
      && (!section || one.section === section)
      && (!metric || Object.hasOwn(scores(one), metric))
      && wanted.every((word) => haystack(one).includes(word)));
    if (metric) {
      const sign = (metrics[metric] || {}).lower ? -1 : 1;
      found.sort((one, other) => sign * (scores(one)[metric] - scores(other)[metric]));
    }
    return found;
  }

  // One case

  const MARKS = { worse: "▼", mixed: "▼", better: "▲", other: "≠", appeared: "+", vanished: "−" };

  function mark(one) {
    if (one.how) return [MARKS[one.how], one.how, data.said[one.how]];
    if (one.gate) return ["✗", "worse", "named by the gate"];
    return short(one) ? ["·", "short", "could be better"] : ["", "", ""];
  }

  function drawn(one) {
    const metric = fields.metric.value, [sign, style, said] = mark(one);
    const signed = el("span", `mark ${style}`, sign);
    if (said) { signed.title = said; signed.setAttribute("role", "img"); signed.setAttribute("aria-label", said); }
    const row = el("summary", "", signed, el("span", "section", one.section), el("span", "id", one.id),
      whys(one).length ? el("span", "why", whys(one).join("; ")) : el("span", "opening", opening(one)),
      metric ? el("span", "n", number(scores(one)[metric])) : null);
    const details = el("details", "", row);
    details.addEventListener("toggle", () => {
      if (details.open && details.children.length === 1) details.append(inside(one));
    });
    const item = el("li", "", details);
    item.dataset.key = `${one.section}/${one.id}`;
    return item;
  }

  function inside(one) {
    const now = one.now, was = one.was, both = Boolean(now && was);
    const body = el("div", "inside");
    for (const found of one.gate || []) {
      body.append(el("p", "blame", el("span", "kind", found.kind), ` ${found.metric ? found.metric + ": " : ""}${found.why}`));
    }
    const table = scoreTable(one);
    if (table) body.append(table);
    const first = now || was;
    if (!first) return body;
    if (both) {
      if (first.expected !== undefined) body.append(sides(["Expected", first.expected]));
      for (const [name, key] of [["What came", "got"], ["Recorded outcome", "record"]]) {
        if (now[key] === undefined && was[key] === undefined) continue;
        body.append(sides([`${name} before`, was[key], now[key]], [`${name} now`, now[key], was[key]]));
      }
      body.append(transcripts(was.said || [], now.said || []));
    } else {
      const shown = [];
      if (first.expected !== undefined) shown.push(["Expected", first.expected]);
      if (first.got !== undefined) shown.push(["What came", first.got]);
      if (shown.length) body.append(sides(...shown));
      if (first.record !== undefined) body.append(el("details", "fold", el("summary", "", "Recorded outcome"), outline(first.record)));
      if (first.said) body.append(transcript(first.said));
    }
    return body;
  }

  function scoreTable(one) {
    const now = one.now || {}, was = one.was || {}, names = Object.keys({ ...now.scores, ...was.scores });
    if (!names.length) return null;
    const before = {};
    for (const found of one.gate || []) if (found.metric && found.was !== null) before[found.metric] = found.was;
    const old = (name) => (was.scores || before)[name];
    const comparing = Boolean(one.was) || Object.keys(before).length > 0;
    const head = el("tr", "", el("th", "", "Score"), ...(comparing ? [el("th", "n", "before")] : []),
      el("th", "n", comparing ? "now" : ""), el("th", "", ""));
    const body = el("tbody");
    for (const name of names) {
      const value = (now.scores || {})[name], moved = comparing && old(name) !== undefined && old(name) !== value;
      const fell = moved && ((metrics[name] || {}).lower ? value > old(name) : value < old(name));
      body.append(el("tr", moved ? (fell || value === undefined ? "fell" : "rose") : "",
        el("th", "", name), ...(comparing ? [el("td", "n", number(old(name)))] : []),
        el("td", "n", number(value)), el("td", "why", (now.why || {})[name] || (value === undefined && (was.why || {})[name]) || "")));
    }
    for (const cell of head.children) cell.scope = "col";
    for (const row of body.children) row.firstChild.scope = "row";
    return el("table", "scores", el("thead", "", head), body);
  }

  function sides(...pairs) {
    return el("div", pairs.length > 1 ? "sides" : "sides one", ...pairs.map(([name, value, ...other]) => {
      const shown = value === undefined ? el("p", "none", "nothing") : outline(value, ...other);
      return el("section", "", el("h4", "", name), shown);
    }));
  }

  // A value as an indented outline. With `other`, leaves that are not the same there are marked.
  function outline(value, ...other) {
    const box = el("div", "outline");
    box.tabIndex = 0;
    branch(box, "", value, other.length > 0, other[0]);
    return box;
  }

  const isBranch = (value) => value !== null && typeof value === "object" && Object.keys(value).length > 0;
  const leaf = (value) => value === null ? "none" : typeof value === "object" ? "none"
    : typeof value === "number" ? String(value) : typeof value === "boolean" ? (value ? "yes" : "no") : value;

  function branch(into, key, value, compared, other) {
    const named = key === "" ? null : el("span", "key", `${key} `);
    if (!isBranch(value)) {
      const differs = compared && JSON.stringify(value) !== JSON.stringify(other);
      into.append(el("div", "", named, el("span", differs ? "value differs" : "value", leaf(value))));
      return;
    }
    const plain = Array.isArray(value) && value.every((one) => !isBranch(one)) && value.join(", ").length <= 72;
    if (plain) {
      const differs = compared && JSON.stringify(value) !== JSON.stringify(other);
      into.append(el("div", "", named, el("span", differs ? "value differs" : "value", value.map(leaf).join(", "))));
      return;
    }
    const inner = el("div", key === "" ? "" : "deeper");
    if (named) into.append(el("div", "", named));
    for (const [name, one] of Object.entries(value)) {
      const label = Array.isArray(value) ? `${Number(name) + 1}.` : name;
      branch(inner, label, one, compared, isBranch(other) ? other[name] : undefined);
    }
    into.append(inner);
  }

  const message = ([who, text]) => el("div", `said ${who}`, el("span", "who", who), el("div", "text", text));

  function transcript(said) {
    return el("section", "transcript", el("h4", "", "Transcript"), ...said.map(message));
  }

  function transcripts(was, now) {
    if (!was.length && !now.length) return "";
    if (JSON.stringify(was) === JSON.stringify(now)) return transcript(now);
    const grid = el("div", "both", el("h4", "", "Transcript before"), el("h4", "", "Transcript now"));
    for (let place = 0; place < Math.max(was.length, now.length); place++) {
      const same = JSON.stringify(was[place]) === JSON.stringify(now[place]);
      for (const side of [was, now]) {
        const cell = side[place] ? message(side[place]) : el("div", "said absent");
        if (!same) cell.classList.add("differs");
        grid.append(cell);
      }
    }
    return el("section", "transcript", grid);
  }

  // The list

  let found = [], shown = 0;

  function grow() {
    const next = found.slice(shown, shown + PAGE);
    list.append(...next.map(drawn));
    shown += next.length;
    const left = found.length - shown;
    more.hidden = left === 0;
    more.textContent = `Show ${Math.min(PAGE, left)} more of ${left.toLocaleString("en-US")}`;
  }

  function draw() {
    found = matching();
    shown = 0;
    list.replaceChildren();
    grow();
    const of = cases.length.toLocaleString("en-US");
    told.textContent = found.length === cases.length ? `All ${of} cases`
      : `${found.length.toLocaleString("en-US")} of ${of} cases`;
    if (fields.metric.value) told.textContent += ", the worst first";
  }

  // What is chosen is kept in the address, so that it can be passed on.
  function choose(wanted) {
    for (const [name, field] of Object.entries(fields)) field.value = wanted.get(name) || (name === "show" ? "all" : "");
    if (!fields.show.value) fields.show.value = "all";
  }

  function keep() {
    const kept = new URLSearchParams();
    for (const [name, field] of Object.entries(fields)) if (field.value && !(name === "show" && field.value === "all")) kept.set(name, field.value);
    history.replaceState(null, "", `#${kept}`);
  }

  function follow() {
    const wanted = new URLSearchParams(location.hash.slice(1));
    const named = [...wanted.keys()].some((name) => Object.hasOwn(fields, name) || name === "case");
    if (!named) return false;
    choose(wanted);
    draw();
    const key = wanted.get("case");
    if (key !== null) {
      const place = found.findIndex((one) => `${one.section}/${one.id}` === key);
      while (place >= shown && shown < found.length) grow();
      const item = list.children[place];
      if (item) {
        item.firstChild.open = true;
        item.scrollIntoView({ block: "start" });
        item.querySelector("summary").focus({ preventScroll: true });
      }
    } else byId("cases").scrollIntoView();
    return true;
  }

  function options(select, names) {
    for (const [value, text] of names) {
      const option = el("option", "", text);
      option.value = value;
      select.append(option);
    }
  }

  const kinds = KINDS.map(([name, said, test]) => [name, said, cases.filter(test).length]);
  options(fields.show, kinds.filter(([name, , many]) => many || name === "all")
    .map(([name, said, many]) => [name, `${said} (${many.toLocaleString("en-US")})`]));
  options(fields.section, [...new Set(cases.map((one) => one.section))].map((name) => [name, name]));
  options(fields.metric, [...new Set(cases.flatMap((one) => Object.keys(scores(one))))].map((name) => [name, name]));
  if (data.compared && cases.some((one) => one.how)) fields.show.value = "changed";

  let waiting = 0;
  const changed = () => { keep(); draw(); };
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").addEventListener("reset", (event) => {
    event.preventDefault();
    choose(new URLSearchParams());
    changed();
  });
  for (const field of [fields.show, fields.section, fields.metric]) field.addEventListener("change", changed);
  fields.search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(changed, 120); });
  more.addEventListener("click", () => {
    const place = shown;
    grow();
    if (list.children[place]) list.children[place].querySelector("summary").focus();
  });
  addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    fields.search.focus();
  });
  if (!follow()) draw();
})();
