// Says what the sliders' places mean, and shows of a pool only what its way of sharing uses.
(() => {
  const ONLY_FOR = {
    value_weight: ["BEST_MATCH"],
    floor_share: ["BEST_MATCH"],
    catch_up_turns: ["ROTATION", "WEIGHTED", "BEST_MATCH"],
  };

  const say = (slider, output) => {
    const { value } = slider;
    const words = value === slider.min ? slider.dataset.low : value === slider.max ? slider.dataset.high : "";
    output.textContent = words ? `${value} %: ${words}` : `${value} %`;
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  const show = (strategy) => {
    Object.entries(ONLY_FOR).forEach(([name, wanted]) => {
      const row = document.getElementById(`id_${name}`)?.closest(".field-line, .form-row");
      if (row) row.hidden = !wanted.includes(strategy.value);
    });
    document.querySelectorAll(".column-tier, .field-tier").forEach((cell) => {
      cell.hidden = strategy.value !== "TIERS";
    });
  };
  const start = () => {
    document.querySelectorAll("input.lr-slider").forEach((slider) => {
      const output = document.createElement("output");
      output.className = "lr-slider-value";
      output.htmlFor = slider.id;
      slider.after(output);
      slider.addEventListener("input", () => say(slider, output));
      say(slider, output);
    });
    const strategy = document.getElementById("id_strategy");
    if (!strategy) return;
    strategy.addEventListener("change", () => show(strategy));
    show(strategy);
  };
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
})();
