// Shows of each choice only the field its kind needs; the server empties the others anyway.
(() => {
  const TARGETS = {
    POOL: ["pool", "required_skill"],
    REP: ["rep", "required_skill"],
    TERRITORY_OWNER: ["territory_role", "required_skill"],
    HOLDING_QUEUE: ["holding_queue"],
    NURTURE: ["nurture_track"],
    REJECT: ["reason"],
  };
  const ALL = ["pool", "rep", "territory_role", "holding_queue", "nurture_track", "reason", "required_skill"];
  const ORDINALS = ["First choice", "Second choice", "Third choice"];

  const show = (kind) => {
    const prefix = kind.name.slice(0, -"kind".length);
    const wanted = TARGETS[kind.value] || [];
    ALL.forEach((name) => {
      const input = document.getElementsByName(prefix + name)[0];
      const row = input?.closest(".form-row.field-row");
      if (row) row.hidden = !wanted.includes(name);
    });
  };
  const start = () => {
    document.querySelectorAll("select[name^=choices-][name$=-kind]").forEach((kind) => {
      const number = Number(kind.name.split("-")[1]);
      if (Number.isInteger(number)) {
        const title = kind.closest(".form-group")?.querySelector("h3 strong");
        if (title) title.textContent = ORDINALS[number] || `Choice ${number + 1}`;
        kind.setAttribute("aria-label", `${ORDINALS[number]}: send to`);
      }
      kind.addEventListener("change", () => show(kind));
      show(kind);
    });
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
