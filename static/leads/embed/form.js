// The organisation's form on its own site, and the memory of how a visitor came.
//
//   <script src="https://leads.example.com/static/leads/embed/form.js" defer></script>
//   <div data-leadrouter-form="https://leads.example.com/forms/ID/"></div>
//
// An empty element gets the whole form; a <form> of the page's own keeps its looks and is sent
// to us, if its controls have our names. The script alone, on pages without a form, remembers the
// first and the last visit in the site's own storage. With data-storage="none" nothing is stored.
// No cookies, no third parties, nothing leaves the browser before the form is sent.
(() => {
  "use strict";

  const KEY = "leadrouter.touches";
  const LONGEST = 2048;
  const MARKS = /[?&](utm_\w+|gclid|gbraid|wbraid|gad_source|gad_campaignid|dclid|msclkid|fbclid|li_fat_id|ttclid|twclid|rdt_cid|sccid|epik|mc_eid|mc_cid|_hsenc|_hsmi|_kx|vero_id|yclid|srsltid|irclickid|awc|ctwa_clid)=/i;
  const script = document.currentScript;
  const may_store = !(script && script.dataset.storage === "none");
  // Over visits, and for this one; reading is refused as well where storage is switched off.
  const lasting = may_store ? find_storage("localStorage") : null;
  const passing = may_store ? find_storage("sessionStorage") : null;

  function find_storage(name) {
    try {
      window[name].getItem(KEY);
      return window[name];
    } catch {
      return null;
    }
  }

  function referrer_from_elsewhere() {
    try {
      return new URL(document.referrer).host === location.host ? "" : document.referrer;
    } catch {
      return "";
    }
  }

  function this_visit() {
    return {
      landing_url: location.href.split("#")[0].slice(0, LONGEST),
      referrer: referrer_from_elsewhere().slice(0, LONGEST),
    };
  }

  function is_touch(kept) {
    return Boolean(kept) && typeof kept.landing_url === "string" && typeof kept.referrer === "string";
  }

  function read(storage) {
    try {
      return JSON.parse(storage.getItem(KEY)) || {};
    } catch {
      return {};
    }
  }

  function write(storage, value) {
    try {
      if (storage) storage.setItem(KEY, JSON.stringify(value));
    } catch {
      // A full storage loses the memory, not the lead.
    }
  }

  // The next page of a visit has no marks of a campaign, and comes from nowhere else.
  function is_same_visit(last) {
    return is_touch(last) && !MARKS.test(location.search) && !referrer_from_elsewhere();
  }

  // First is written once and never again; last is how the visitor came this time.
  function remember() {
    const now = this_visit();
    const { first } = read(lasting);
    const { last } = read(passing);
    const touches = { first: is_touch(first) ? first : now, last: is_same_visit(last) ? last : now };
    write(lasting, { first: touches.first });
    write(passing, { last: touches.last });
    return touches;
  }

  const touches = remember();

  // --- The form -------------------------------------------------------------------------------

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== "" && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children);
    return element;
  }

  function make_control(field, id) {
    const common = { id, name: field.name, autocomplete: field.autocomplete, maxlength: field.limit };
    if (field.help) common["aria-describedby"] = `${id}-help`;
    if (field.kind === "textarea") return make("textarea", { ...common, rows: "4" });
    if (field.kind === "checkbox") return make("input", { id, name: field.name, type: "checkbox" });
    if (field.kind !== "select") return make("input", { ...common, type: field.kind });
    const options = field.choices.map(([value, label]) => {
      const option = make("option", {}, label);
      option.value = value;
      return option;
    });
    return make("select", { id, name: field.name, autocomplete: field.autocomplete }, ...options);
  }

  function make_row(field, prefix) {
    const id = `${prefix}-${field.name}`;
    const label = make("label", { for: id }, field.label);
    const control = make_control(field, id);
    const row = make("p", { class: `leadrouter-row leadrouter-${field.kind}` });
    row.append(...(field.kind === "checkbox" ? [control, " ", label] : [label, control]));
    if (field.help) row.append(make("small", { id: `${id}-help` }, field.help));
    return row;
  }

  // Programs fill it in; people neither see nor hear of it.
  function make_trap(name) {
    const input = make("input", { type: "text", name, tabindex: "-1", autocomplete: "off" });
    const trap = make("div", { "aria-hidden": "true", class: "leadrouter-trap" }, input);
    Object.assign(trap.style, { position: "absolute", left: "-10000px", height: "0", overflow: "hidden" });
    return trap;
  }

  let forms = 0;

  function build_form(place, said) {
    forms += 1;
    const form = make("form", { class: "leadrouter-form", novalidate: "novalidate" });
    form.append(make("h2", {}, said.title));
    if (said.intro) form.append(make("p", {}, said.intro));
    form.append(...said.fields.map((field) => make_row(field, `leadrouter-${forms}`)));
    form.append(make("button", { type: "submit" }, "Send"));
    place.append(form);
    return form;
  }

  function find_notice(form) {
    let notice = form.querySelector(".leadrouter-notice");
    if (!notice) {
      notice = make("div", { class: "leadrouter-notice", role: "alert", tabindex: "-1" });
      form.prepend(notice);
    }
    return notice;
  }

  function show(form, sentences) {
    const notice = find_notice(form);
    notice.replaceChildren(...sentences.map((sentence) => make("p", {}, sentence)));
    if (sentences.length) notice.focus();
  }

  function show_errors(form, errors) {
    for (const control of form.elements) control.removeAttribute("aria-invalid");
    const sentences = [];
    for (const [name, found] of Object.entries(errors)) {
      const control = form.elements.namedItem(name);
      if (control instanceof Element) control.setAttribute("aria-invalid", "true");
      const label = control && control.labels && control.labels[0] ? control.labels[0].textContent.trim() : "";
      for (const sentence of found) sentences.push(!label || sentence.startsWith(label) ? sentence : `${label}: ${sentence}`);
    }
    show(form, sentences);
  }

  // What else stands in the place belongs to the form: a CAPTCHA puts its answer into a control
  // of its own, and must not be moved once it is drawn.
  function list_values(place, form) {
    const beside = [...place.querySelectorAll("input[name], textarea[name]")];
    return [
      ...new FormData(form),
      ...beside.filter((control) => control.form !== form).map((control) => [control.name, control.value]),
    ];
  }

  function body_of(place, form, token_field, token) {
    const body = new URLSearchParams();
    for (const [name, value] of list_values(place, form)) {
      if (typeof value === "string") body.append(name, value);
    }
    body.set(token_field, token);
    body.set("landing_url", touches.last.landing_url);
    body.set("referrer", touches.last.referrer);
    body.set("first_landing_url", touches.first.landing_url);
    body.set("first_referrer", touches.first.referrer);
    return body;
  }

  // The same token and the same words are one delivery, however often they are sent.
  async function post(address, body, token_field) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const response = await fetch(address, { method: "POST", body, credentials: "omit" });
        const said = await response.json().catch(() => ({}));
        if (response.status === 409 && said.token && attempt < 3) {
          body.set(token_field, said.token);
          continue;
        }
        if (response.status < 500 || attempt === 3) return { status: response.status, said };
      } catch (error) {
        if (attempt === 3) throw error;
      }
      await new Promise((wake) => setTimeout(wake, 500 * attempt));
    }
  }

  function settle(place, form, status, said) {
    if (status === 201) {
      const thanks = make("p", { class: "leadrouter-thanks", role: "status", tabindex: "-1" }, said.thanks);
      form.replaceWith(thanks);
      thanks.focus();
      (place === form ? thanks : place).dispatchEvent(new CustomEvent("leadrouter:sent", { bubbles: true }));
    } else if (said.errors) {
      show_errors(form, said.errors);
    } else {
      show(form, [said.message || "That did not work. Nothing is lost: please try again."]);
    }
  }

  function send_on_submit(place, form, address, said) {
    form.append(make_trap(said.trap));
    let is_sending = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (is_sending) return;
      is_sending = true;
      try {
        const { status, said: answer } = await post(address, body_of(place, form, said.token_field, said.token), said.token_field);
        settle(place, form, status, answer);
      } catch {
        show(form, ["There is no connection. Nothing is lost: please try again."]);
      } finally {
        is_sending = false;
      }
    });
  }

  async function start(place) {
    const hosted = place.dataset.leadrouterForm;
    const address = `${hosted.replace(/\/$/, "")}/embed/`;
    try {
      const response = await fetch(address, { credentials: "omit", cache: "no-store" });
      const said = await response.json();
      if (!response.ok) throw new Error(said.message || String(response.status));
      const form = place instanceof HTMLFormElement ? place : build_form(place, said);
      send_on_submit(place, form, address, said);
    } catch {
      // Whoever cannot have the form here can still have it there.
      if (place instanceof HTMLFormElement) {
        place.method = "post";
        place.action = hosted;
      } else {
        place.append(make("a", { href: hosted, rel: "noopener" }, "Open the form"));
      }
    }
  }

  function start_all() {
    document.querySelectorAll("[data-leadrouter-form]").forEach(start);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start_all);
  else start_all();
})();
