// Dragging rules to another place; the buttons next to each rule do the same without dragging.
(() => {
  const start = () => {
    const form = document.querySelector("[data-rule-order]");
    if (!form) return;
    const list = form.querySelector("ol");
    let dragged = null;

    const send = () => {
      const order = form.querySelector("input[name=order]");
      order.disabled = false;
      order.value = [...list.querySelectorAll("[data-rule]")].map((row) => row.dataset.rule).join(",");
      form.submit();
    };

    list.querySelectorAll("[data-handle]").forEach((handle) => {
      const row = handle.closest("[data-rule]");
      // Only the handle starts a drag, so that text stays selectable.
      handle.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        dragged = row;
        row.classList.add("lr-dragging");
        handle.setPointerCapture(event.pointerId);
      });
      handle.addEventListener("pointermove", (event) => {
        if (!dragged) return;
        const below = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-rule]");
        if (!below || below === dragged || !list.contains(below)) return;
        const box = below.getBoundingClientRect();
        const isAfter = event.clientY > box.top + box.height / 2;
        list.insertBefore(dragged, isAfter ? below.nextElementSibling : below);
      });
      const before = () => [...list.children].map((child) => child.dataset.rule).join(",");
      const original = before();
      handle.addEventListener("pointerup", () => {
        if (!dragged) return;
        dragged.classList.remove("lr-dragging");
        dragged = null;
        if (before() !== original) send();
      });
    });

    // After a move by button the page comes back: keep the keyboard where it was.
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target instanceof HTMLButtonElement) {
      (target.disabled ? target.parentElement.querySelector("button:not(:disabled)") : target)?.focus();
      target.closest("[data-rule]").classList.add("lr-moved");
    }
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
