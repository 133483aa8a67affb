// Dragging rules to another place; the buttons next to each rule do the same without dragging.
(() => {
  const start = () => {
    const form = document.querySelector("[data-rule-order]");
    if (!form) return;
    const list = form.querySelector("ol");
    let dragged = null;

    const send = () => {
      const field = form.querySelector("input[name=order]");
      field.disabled = false;
      field.value = order();
      form.submit();
    };

    const order = () => [...list.querySelectorAll("[data-rule]")].map((row) => row.dataset.rule).join(",");
    const original = order();
    // Only the handle starts a drag, so that text stays selectable. What follows is heard on the document:
    // a moved row leaves the page for a moment, and with it whatever it had captured.
    list.querySelectorAll("[data-handle]").forEach((handle) => {
      handle.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        dragged = handle.closest("[data-rule]");
        dragged.classList.add("lr-dragging");
      });
    });
    document.addEventListener("pointermove", (event) => {
      if (!dragged) return;
      const below = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-rule]");
      if (!below || below === dragged || !list.contains(below)) return;
      const box = below.getBoundingClientRect();
      const isAfter = event.clientY > box.top + box.height / 2;
      list.insertBefore(dragged, isAfter ? below.nextElementSibling : below);
    });
    const drop = () => {
      if (!dragged) return;
      dragged.classList.remove("lr-dragging");
      dragged = null;
      if (order() !== original) send();
    };
    document.addEventListener("pointerup", drop);
    document.addEventListener("pointercancel", drop);

    // After a move by button the page comes back: keep the keyboard where it was.
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLButtonElement) {
      target.closest("[data-rule]").classList.add("lr-moved");
      const button = target.disabled ? target.parentElement.querySelector("button[id]:not(:disabled)") : target;
      // Going to a fragment takes the focus away from whatever has it, so this waits until that is done.
      const focus = () => setTimeout(() => button?.focus(), 50);
      document.readyState === "complete" ? focus() : window.addEventListener("load", focus);
    }
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
