// Turns the JSON of a rule's condition into rows of [attribute] [operator] [value].
// The text box stays the truth: every change is written into it, and the server reads only it.
(() => {
  const el = (tag, attrs = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attrs)) {
      if (name === "on") Object.entries(value).forEach(([event, run]) => node.addEventListener(event, run));
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value != null) node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  };
  const icon = (name) => el("span", { class: "material-symbols-outlined", "aria-hidden": "true" }, name);
  const select = (label, pairs, value, change) => {
    const node = el("select", { class: "lr-input", "aria-label": label, on: { change: (e) => change(e.target.value) } });
    pairs.forEach(([key, text]) => node.append(el("option", { value: key, selected: key === value }, text)));
    node.value = value;
    return node;
  };

  // --- Between JSON and rows -----------------------------------------------------------------
  class TooDeep extends Error {}

  const readItem = (json, depth) => {
    if (json && json.not) {
      const item = readItem(json.not, depth);
      if (item.not) throw new TooDeep();
      return { ...item, not: true };
    }
    if (json && json.test) {
      const { attribute = "", operator = "", value } = json.test;
      return { type: "test", not: false, attribute, operator, value };
    }
    const kind = json && ["all", "any"].find((name) => Array.isArray(json[name]));
    if (!kind || depth > 1) throw new TooDeep();
    return { type: "group", not: false, kind, items: json[kind].map((part) => readItem(part, depth + 1)) };
  };
  const readRoot = (json) => {
    const item = readItem(json, 0);
    if (item.type === "group" && !item.not) return item;
    return { type: "group", not: false, kind: "all", items: [item] };
  };
  const writeItem = (item) => {
    const inner = item.type === "test" ? { test: writeTest(item) } : { [item.kind]: item.items.map(writeItem) };
    return item.not ? { not: inner } : inner;
  };
  const writeTest = ({ attribute, operator, value }) =>
    value === undefined || value === null ? { attribute, operator } : { attribute, operator, value };
  const writeRoot = (root) => (root.items.length ? writeItem(root) : { all: [] });

  // --- One editor ----------------------------------------------------------------------------
  class Editor {
    constructor(box) {
      this.box = box;
      this.data = JSON.parse(box.dataset.conditionEditor);
      this.attributes = Object.fromEntries(this.data.attributes.map((a) => [a.name, a]));
      this.errors = JSON.parse(box.dataset.errors || "[]");
      this.fresh = new Set();
      this.holder = el("div", { class: "lr-cond" });
      this.sentence = el("p", { class: "lr-cond-sentence", "aria-live": "polite" });
      this.rows = [];
      this.lists = {};
      const raw = el("details", { class: "lr-cond-raw" }, el("summary", {}, "As text (JSON)"));
      box.before(this.holder, this.sentence, raw);
      raw.append(box);
      this.raw = raw;
      box.addEventListener("change", () => this.load());
      this.load(true);
    }

    load(isFirst = false) {
      try {
        this.root = readRoot(JSON.parse(this.box.value));
      } catch (error) {
        this.root = null;
        const why = error instanceof TooDeep
          ? "This condition is nested more deeply than the rows can show. Edit it as text below."
          : "The text below is not valid JSON. Correct it there.";
        this.holder.replaceChildren(el("p", { class: "lr-alert lr-alert-warning" }, why));
        this.raw.open = true;
        this.describe();
        return;
      }
      this.draw();
      isFirst && this.errors.length ? this.mark(this.errors) : this.describe();
    }

    draw() {
      this.rows = [];
      this.holder.replaceChildren(this.group(this.root, null));
    }

    save() {
      this.box.value = JSON.stringify(writeRoot(this.root), null, 2);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.describe(), 350);
    }

    redraw(focus) {
      this.save();
      this.draw();
      if (focus) this.holder.querySelector(focus)?.focus();
    }

    group(group, parent) {
      const isRoot = parent === null;
      const words = [["all", "all of these hold"], ["any", "any of these holds"]];
      const legend = el("legend", { class: "lr-cond-legend" });
      if (!isRoot) {
        legend.append(select("Group holds or not", [["", "when"], ["not", "unless"]], group.not ? "not" : "", (value) => {
          group.not = value === "not";
          this.save();
        }));
      }
      legend.append(select(isRoot ? "How the tests are joined" : "How the tests of this group are joined", words, group.kind, (value) => {
        group.kind = value;
        this.save();
      }));
      const list = el("div", { class: "lr-cond-items" });
      group.items.forEach((item) => {
        list.append(item.type === "test" ? this.test(item, group) : this.group(item, group));
      });
      if (!group.items.length) {
        list.append(el("p", { class: "lr-muted" }, isRoot ? "No tests: the rule takes every lead." : "Add a test to this group."));
      }
      const tools = el("div", { class: "lr-cond-tools" },
        el("button", { type: "button", class: "lr-button lr-button-small", on: { click: () => this.addTest(group) } }, icon("add"), "Add test"));
      if (isRoot) {
        tools.append(el("button", { type: "button", class: "lr-button lr-button-small", on: { click: () => this.addGroup(group) } },
          icon("account_tree"), "Add group"));
      } else {
        tools.append(el("button", { type: "button", class: "lr-button lr-button-small", on: { click: () => this.remove(group, parent) } },
          icon("delete"), "Remove group"));
      }
      const set = el("fieldset", { class: isRoot ? "lr-cond-group" : "lr-cond-group lr-cond-nested" }, legend, list, tools,
        el("p", { class: "lr-error", role: "alert", hidden: true }));
      this.rows.push({ item: group, node: set });
      return set;
    }

    addTest(group) {
      const first = this.data.attributes[0];
      const test = { type: "test", not: false, attribute: first.name, operator: first.operators[0].name };
      group.items.push(test);
      this.begin(test);
    }

    addGroup(group) {
      const first = this.data.attributes[0];
      const test = { type: "test", not: false, attribute: first.name, operator: first.operators[0].name };
      group.items.push({ type: "group", not: false, kind: group.kind === "all" ? "any" : "all", items: [test] });
      this.begin(test);
    }

    begin(test) {
      this.fresh.add(test);
      this.redraw();
      this.rows.find(({ item }) => item === test)?.node.querySelector("select")?.focus();
    }

    remove(item, group) {
      group.items.splice(group.items.indexOf(item), 1);
      this.redraw(".lr-cond-tools button");
    }

    test(test, group) {
      const attribute = this.attributes[test.attribute];
      const operator = attribute?.operators.find((o) => o.name === test.operator);
      const row = el("div", { class: "lr-cond-row", role: "group", "aria-label": "Test" });
      row.append(this.attributeSelect(test));
      // An opposite that is an operator of its own is offered only where it is already stored.
      const pairs = (attribute ? attribute.operators : []).flatMap((o) => {
        const isStored = test.not && o.name === test.operator;
        return o.negated || isStored ? [[o.name, o.label], [`!${o.name}`, o.negated || `not: ${o.label}`]] : [[o.name, o.label]];
      });
      if (!operator) pairs.unshift([test.operator, test.operator || "–"]);
      row.append(select("Comparison", pairs, (test.not ? "!" : "") + test.operator, (value) => {
        const shape = operator?.shape;
        test.not = value.startsWith("!");
        test.operator = value.replace("!", "");
        const next = attribute?.operators.find((o) => o.name === test.operator)?.shape;
        if (next !== shape) test.value = this.convert(test.value, next);
        this.redraw();
        this.rows.find(({ item }) => item === test)?.node.querySelectorAll("select")[1]?.focus();
      }));
      row.append(el("div", { class: "lr-cond-value" }, ...this.value(test, attribute, operator)));
      row.append(el("button", { type: "button", class: "lr-icon-button", "aria-label": "Remove this test", title: "Remove this test",
        on: { click: () => this.remove(test, group) } }, icon("close")));
      row.append(el("p", { class: "lr-error", role: "alert", hidden: true }));
      row.addEventListener("focusout", (event) => {
        if (row.contains(event.relatedTarget) || !row.isConnected || !this.fresh.delete(test)) return;
        this.describe();
      });
      this.rows.push({ item: test, node: row });
      return row;
    }

    attributeSelect(test) {
      const node = el("select", { class: "lr-input", "aria-label": "What is asked", on: { change: (event) => {
        const next = this.attributes[event.target.value];
        Object.assign(test, { attribute: next.name, operator: next.operators[0].name, value: undefined, not: false });
        this.redraw();
        this.rows.find(({ item }) => item === test)?.node.querySelector("select")?.focus();
      } } });
      if (!this.attributes[test.attribute]) node.append(el("option", { value: test.attribute }, test.attribute || "–"));
      const groups = {};
      this.data.attributes.forEach((attribute) => {
        groups[attribute.group] ??= el("optgroup", { label: attribute.group });
        groups[attribute.group].append(el("option", { value: attribute.name }, attribute.label));
      });
      node.append(...Object.values(groups));
      node.value = test.attribute;
      return node;
    }

    // Keeps what was typed when the comparison changes: one value becomes a list and back.
    convert(value, shape) {
      const list = Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
      if (shape === "NOTHING") return undefined;
      if (shape === "TEXT_LIST" || shape === "TEXT_OR_LIST") return list.filter((v) => typeof v === "string");
      if (shape === "NUMBER_PAIR" || shape === "POSTAL_PAIR") return list.length === 2 ? list : undefined;
      return list.length ? list[0] : undefined;
    }

    value(test, attribute, operator) {
      if (!attribute || !operator) return [];
      const set = (value) => { test.value = value; this.save(); };
      const choices = attribute.list ? this.data.lists[attribute.list] : null;
      const named = `Value of ${attribute.label}`;
      const unit = attribute.unit ? [el("span", { class: "lr-muted" }, attribute.unit)] : [];
      switch (operator.shape) {
        case "NOTHING": return [];
        case "BOOLEAN": return [select(named, [["", "–"], ["true", "yes"], ["false", "no"]],
          typeof test.value === "boolean" ? String(test.value) : "", (v) => set(v === "" ? undefined : v === "true"))];
        case "NUMBER": return [this.number(named, test.value, set), ...unit];
        case "NUMBER_PAIR": return [...this.pair(test, set, (label, v, s) => this.number(`${named}, ${label}`, v, s)), ...unit];
        case "POSTAL_PAIR": return this.pair(test, set, (label, v, s) => this.text(`${named}, ${label}`, v, s));
        case "TEXT": {
          if (!choices) return [this.text(named, test.value, set, attribute.help)];
          const pairs = [["", "–"], ...choices];
          const stored = typeof test.value === "string" ? test.value : "";
          const known = pairs.find(([key]) => key.toLowerCase() === stored.toLowerCase());
          if (!known) pairs.push([stored, stored]);
          return [select(named, pairs, known ? known[0] : stored, (v) => set(v || undefined))];
        }
        default: return [this.tags(named, test, choices, attribute)];
      }
    }

    text(label, value, set, help) {
      return el("input", { class: "lr-input", type: "text", "aria-label": label, value: value ?? "", placeholder: help || "",
        title: help || null, on: { input: (e) => set(e.target.value || undefined) } });
    }

    number(label, value, set) {
      return el("input", { class: "lr-input lr-input-number", type: "number", step: "any", "aria-label": label, value: value ?? "",
        on: { input: (e) => set(e.target.value === "" ? undefined : Number(e.target.value)) } });
    }

    pair(test, set, make) {
      const values = Array.isArray(test.value) ? [...test.value] : [undefined, undefined];
      const at = (index) => (value) => { values[index] = value ?? null; set([...values]); };
      return [make("from", values[0], at(0)), el("span", {}, "and"), make("to", values[1], at(1))];
    }

    // A list of values: chips, and a box to add more by typing, choosing or pasting.
    tags(label, test, choices, attribute) {
      const values = Array.isArray(test.value) ? [...test.value] : test.value ? [test.value] : [];
      const names = new Map((choices || []).map(([key, text]) => [key.toLowerCase(), text]));
      const keys = new Map((choices || []).flatMap(([key, text]) => [[key.toLowerCase(), key], [text.toLowerCase(), key]]));
      const holder = el("div", { class: "lr-tags" });
      const chips = el("ul", { class: "lr-chips", "aria-label": label });
      const input = el("input", { class: "lr-input", type: "text", "aria-label": `Add to: ${label}`,
        placeholder: values.length ? "Add another" : choices ? "Type a name or code" : attribute.help || "Type a value",
        list: choices ? this.datalist(attribute.list) : null, autocomplete: "off" });
      const store = () => { test.value = values.length ? [...values] : undefined; this.save(); };
      const paint = () => {
        chips.replaceChildren(...values.map((value, index) => el("li", { class: "lr-chip" },
          names.get(String(value).toLowerCase()) || String(value),
          el("button", { type: "button", "aria-label": `Remove ${names.get(String(value).toLowerCase()) || value}`,
            on: { click: () => { values.splice(index, 1); store(); paint(); input.focus(); } } }, "×"))));
      };
      const add = (typed) => {
        typed.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean).forEach((part) => {
          const key = keys.get(part.toLowerCase()) || part;
          if (!values.includes(key)) values.push(key);
        });
        input.value = "";
        store();
        paint();
      };
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === ",") {
          event.preventDefault();
          if (input.value.trim()) add(input.value);
        } else if (event.key === "Backspace" && !input.value && values.length) {
          values.pop();
          store();
          paint();
        }
      });
      // A choice from the list arrives as an input event with the whole text at once.
      input.addEventListener("input", () => { if (choices && keys.has(input.value.toLowerCase()) && input.value.length > 2) add(input.value); });
      input.addEventListener("change", () => { if (input.value.trim()) add(input.value); });
      paint();
      holder.append(chips, input);
      return holder;
    }

    datalist(name) {
      if (!this.lists[name]) {
        const list = el("datalist", { id: `${this.box.id}-${name}` });
        this.data.lists[name].forEach(([, text]) => list.append(el("option", { value: text })));
        document.body.append(list);
        this.lists[name] = list.id;
      }
      return this.lists[name];
    }

    // --- What the server says ----------------------------------------------------------------
    async describe() {
      const url = document.querySelector("[data-describe-url]")?.dataset.describeUrl;
      if (!url) return;
      const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
      const sent = this.box.value;
      try {
        const answer = await fetch(url, { method: "POST", body: sent, headers: { "X-CSRFToken": token } });
        if (!answer.ok || sent !== this.box.value) return;
        const { sentence, errors, doubts = [] } = await answer.json();
        const doubt = doubts.length ? ` Careful: ${doubts.join(", ")}.` : "";
        this.sentence.textContent = sentence ? `In words: ${sentence}.${doubt}` : "";
        this.sentence.classList.toggle("lr-doubt", doubts.length > 0);
        this.mark(errors);
      } catch {
        // Offline: saving will say what is wrong.
      }
    }

    paths(item, path, found) {
      const prefix = path ? `${path}.` : "";
      const here = item.not ? `${prefix}not` : path;
      found.push([here, item], [path, item]);
      if (item.type === "group") {
        const base = here ? `${here}.${item.kind}` : item.kind;
        found.push([base, item]);
        item.items.forEach((part, index) => this.paths(part, `${base}[${index}]`, found));
      }
      return found;
    }

    mark(errors) {
      const messages = this.holder.querySelectorAll(".lr-error");
      messages.forEach((node) => { node.hidden = true; node.textContent = ""; });
      this.holder.querySelectorAll(".lr-bad").forEach((node) => node.classList.remove("lr-bad"));
      if (!this.root) {
        this.sentence.textContent = errors.map(([path, text]) => (path ? `${text} (${path})` : text)).join(" ");
        return;
      }
      // The longest path that begins an error's path belongs to the row the error is about.
      const known = this.paths(this.root, "", []).sort((a, b) => b[0].length - a[0].length);
      errors.forEach(([path, text]) => {
        const [, item] = known.find(([start]) => path.startsWith(start)) || [null, this.root];
        const node = this.rows.find((row) => row.item === item)?.node;
        const place = node && [...node.children].find((child) => child.classList.contains("lr-error"));
        // A row that was just added and is still being filled in is not scolded.
        if (!place || (this.fresh.has(item) && node.contains(document.activeElement))) return;
        node.classList.add("lr-bad");
        place.hidden = false;
        place.textContent = [place.textContent, text].filter(Boolean).join(" ");
      });
    }
  }

  const start = () => document.querySelectorAll("[data-condition-editor]").forEach((box) => new Editor(box));
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
