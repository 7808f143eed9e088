(() => {
  const linked = "mg-linked";

  // "/" focuses the query box, unless something is being typed.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.querySelector("#mg-query textarea, #mg-query input");
    if (!box || box.disabled) return;
    event.preventDefault();
    document.querySelector("#mg-tab-search-button[aria-selected=false]")?.click();  // from another tab
    requestAnimationFrame(() => {
      box.focus();
      box.select();
    });
  });

  // Light or dark by choice; Gradio follows the system until then.
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#mg-theme")) document.body.classList.toggle("dark");
  });

  // Tab leaves a dropdown for the next control. Gradio takes the key for one that opens the list, and the browser goes
  // into the list, which then stays open over the page.
  const leave = (event) => {
    if (event.key !== "Tab" || event.target.getAttribute?.("role") !== "combobox") return;
    document.querySelectorAll(".option-list").forEach((list) => (list.tabIndex = -1));
    event.stopPropagation();
  };
  document.addEventListener("keydown", leave, true);

  // On a phone the row of tabs is longer than the page: the one that is opened scrolls into view.
  document.addEventListener("click", (event) => {
    event.target.closest?.("[role=tab]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });

  // A heading sorts its table, and turns the order round when it is pressed again.
  document.addEventListener("click", (event) => {
    const heading = event.target.closest?.(".mg-sort")?.closest("th");
    if (!heading) return;
    const falling = heading.getAttribute("aria-sort") === "ascending";
    heading.parentElement.querySelectorAll("th").forEach((each) => each.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
    const body = heading.closest("table").tBodies[0];
    const text = (row) => row.cells[heading.cellIndex].textContent;
    const rows = [...body.rows].sort((a, b) => text(a).localeCompare(text(b), undefined, { numeric: true }));
    body.append(...(falling ? rows.reverse() : rows));
  });

  // The same item in the other list lights up with the one that is pointed at or focused.
  const link = (event) => {
    document.querySelectorAll("." + linked).forEach((card) => card.classList.remove(linked));
    const card = event.type === "mouseout" ? null : event.target.closest?.(".mg-card[data-item]");
    if (!card) return;
    document
      .querySelectorAll(`.mg-card[data-item="${card.dataset.item}"]`)
      .forEach((same) => same.classList.add(linked));
  };
  ["mouseover", "mouseout", "focusin", "focusout"].forEach((name) => document.addEventListener(name, link));
})();
