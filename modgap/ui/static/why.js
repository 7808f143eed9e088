// "Why here?" of a card: the distributions of the calibration panel, with this result marked in both.
(() => {
  const NAMESPACE = "http://www.w3.org/2000/svg";

  const marked = (when, value, accent) => {
    const figure = document.querySelector(`#mg-calibration .mg-figure-${when}`)?.cloneNode(true);
    const svg = figure?.querySelector("svg");
    if (!svg || !Number.isFinite(value)) return null;
    const low = Number(svg.dataset.low), high = Number(svg.dataset.high), { width, height } = svg.viewBox.baseVal;
    const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    const mark = document.createElementNS(NAMESPACE, "path");
    const x = share * width, base = height - 20;
    mark.setAttribute("d", `M${x},${base} L${x - 6},${base + 10} L${x + 6},${base + 10} Z M${x - 1},6 h2 V${base} h-2 Z`);
    mark.setAttribute("class", `mg-mark-${accent}`);
    svg.append(mark);
    svg.setAttribute("aria-label", `${svg.getAttribute("aria-label")}; this result at ${value.toFixed(2)}`);
    return figure;
  };

  // What the query matches arrives beside the results, and moves into the card that asked for it.
  const place = () => {
    const found = document.querySelector("#mg-matched .mg-matched");
    if (!found || document.querySelector(".mg-lists")?.dataset.asked !== found.dataset.asked) return;
    document.querySelectorAll(`.mg-show-match[data-value="${CSS.escape(found.dataset.row)}"]`).forEach((button) => {
      if (!button.parentElement.open) return;
      const had = document.activeElement === button;
      const shown = found.cloneNode(true);
      shown.tabIndex = -1;
      button.replaceWith(shown);
      if (had) shown.focus();
    });
  };
  const watch = (tries) => {
    const answer = document.querySelector("#mg-matched");
    if (answer) new MutationObserver(place).observe(answer, { childList: true, subtree: true });
    else if (tries) setTimeout(() => watch(tries - 1), 200);
  };
  watch(300);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".mg-show-match");
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    setTimeout(place, 0);  // the same card again: the answer is here already
  });

  // a toggle does not bubble, so it is caught on its way down
  document.addEventListener("toggle", (event) => {
    const why = event.target;
    if (!why.matches?.(".mg-why[data-score]") || !why.open || why.querySelector("figure")) return;
    const { score, z, accent } = why.dataset;
    const figures = [marked("before", Number(score), accent), marked("after", Number(z), accent)];
    why.append(...figures.filter(Boolean));
  }, true);
})();
