// The choices of a rule: shows of each only the fields its kind needs (the server empties the
// others anyway), and moves, adds and removes choices by buttons that the keyboard reaches too.
(() => {
  const TARGETS = {
    POOL: ["pool", "required_skill", "required_level"],
    REP: ["rep", "required_skill", "required_level"],
    TERRITORY_OWNER: ["territory_role", "required_skill", "required_level"],
    PREVIOUS_OWNER: ["max_age_days", "required_skill", "required_level"],
    LEAD_FIELD: ["lead_field", "required_skill", "required_level"],
    HOLDING_QUEUE: ["holding_queue"],
    NURTURE: ["nurture_track"],
    REJECT: ["reason"],
  };
  const ALL = [
    "pool", "rep", "territory_role", "max_age_days", "lead_field", "holding_queue", "nurture_track", "reason",
    "required_skill", "required_level",
  ];
  const ORDINALS = ["First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"];
  const KINDS = "select[name^=choices-][name$=-kind]";

  const field = (group, name) => group.querySelector(`[name^=choices-][name$=-${name}]`);
  // What is only shown, as on a published rule, has no fields.
  const groups = () =>
    [...document.querySelectorAll("#choices-data > .form-group:not(.empty-form)")].filter((group) => field(group, "kind"));
  const row = (input) => input?.closest(".form-row.field-row");

  const show = (group) => {
    const wanted = TARGETS[field(group, "kind").value] || [];
    ALL.forEach((name) => {
      const line = row(field(group, name));
      if (line) line.hidden = !wanted.includes(name);
    });
  };

  // Titles, numbers and names of the buttons follow where a choice stands.
  const number = () => {
    const all = groups();
    all.forEach((group, index) => {
      const title = `${ORDINALS[index] || `${index + 1}th`} choice`;
      const strong = group.querySelector("h3 strong");
      if (strong) strong.textContent = title;
      field(group, "kind").setAttribute("aria-label", `${title}: send to`);
      const order = field(group, "order");
      if (order) order.value = index + 1;
      group.querySelectorAll("[data-choice]").forEach((button) => {
        const words = { up: "Move up", down: "Move down", remove: "Remove" }[button.dataset.choice];
        button.setAttribute("aria-label", `${words}: ${title.toLowerCase()}`);
        button.title = words;
        button.disabled =
          (button.dataset.choice === "up" && index === 0) || (button.dataset.choice === "down" && index === all.length - 1);
      });
    });
  };

  const move = (group, step, button) => {
    const all = groups();
    const other = all[all.indexOf(group) + step];
    if (!other) return;
    step < 0 ? other.before(group) : other.after(group);
    number();
    // At an end the button is off: its twin goes on.
    const next = button.disabled ? group.querySelector("[data-choice]:not(:disabled)") : button;
    next.focus();
  };

  const remove = (group) => {
    const box = field(group, "DELETE");
    if (box) {
      box.click();
      return;
    }
    const kind = field(group, "kind");
    kind.value = "";
    ALL.forEach((name) => {
      const input = field(group, name);
      if (input) input.value = "";
    });
    show(group);
    kind.focus();
  };

  const button = (group, kind, icon) => {
    const node = document.createElement("button");
    node.type = "button";
    node.className = "lr-icon-button";
    node.dataset.choice = kind;
    const image = document.createElement("span");
    image.className = "material-symbols-outlined";
    image.setAttribute("aria-hidden", "true");
    image.textContent = icon;
    node.append(image);
    node.addEventListener("click", () => (kind === "remove" ? remove(group) : move(group, kind === "up" ? -1 : 1, node)));
    return node;
  };

  const prepare = (group) => {
    const heading = group.querySelector("h3");
    const kind = field(group, "kind");
    if (!heading || !kind || heading.querySelector("[data-choice]")) return;
    // The theme's own bin is for the mouse only.
    const bin = heading.lastElementChild;
    if (bin && bin !== heading.firstElementChild) bin.hidden = true;
    heading.append(
      button(group, "up", "arrow_upward"), button(group, "down", "arrow_downward"), button(group, "remove", "delete"),
    );
    const order = row(field(group, "order"));
    if (order) order.hidden = true;
    kind.addEventListener("change", () => show(group));
    show(group);
  };

  const start = () => {
    if (!document.querySelector(KINDS)) return;
    groups().forEach(prepare);
    number();
    document.addEventListener("formset:added", () => {
      groups().forEach(prepare);
      number();
    });
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
