// One list that moves: where one ranking is shown at a time, its cards slide from their places in the other (FLIP: first,
// last, invert, play), pictures among them rise, and the bar of their share fills. A reader who wants no motion gets none.
(() => {
  const DURATION = 400;  // milliseconds
  const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const search = () => document.querySelector("#mg-search");
  const seen = (list) => list && list.offsetParent !== null;
  const lists = () => [...document.querySelectorAll("#mg-results .mg-list")];
  const shown = () => lists().filter(seen);

  const places = (list) => {
    const found = new Map();
    list?.querySelectorAll(".mg-card[data-item]").forEach((card) => found.set(card.dataset.item, card.getBoundingClientRect()));
    return found;
  };
  const share = (list) => list?.querySelector(".mg-share-bar span")?.getBoundingClientRect().width ?? 0;

  const slide = (list, before, width) => {
    list.querySelectorAll(".mg-card[data-item]").forEach((card) => {
      const from = before.get(card.dataset.item);
      const to = card.getBoundingClientRect();
      const frames = from
        ? [{ transform: `translateY(${from.top - to.top}px)` }, { transform: "none" }]
        : [{ transform: "translateY(48px)", opacity: 0 }, { transform: "none", opacity: 1 }];
      card.animate(frames, { duration: DURATION, easing: "cubic-bezier(.2,.7,.2,1)" });
    });
    const bar = list.querySelector(".mg-share-bar span");
    bar?.animate([{ width: `${width}px` }, { width: `${bar.getBoundingClientRect().width}px` }], { duration: DURATION });
  };

  const show = (which) => {
    const [old] = shown();
    const before = places(old), width = share(old);
    search().dataset.show = which;
    document
      .querySelectorAll(".mg-switch button")
      .forEach((each) => each.setAttribute("aria-pressed", String(each.dataset.show === which)));
    const [now, ...more] = shown();
    if (now && now !== old && !more.length && before.size && !still()) slide(now, before, width);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".mg-switch button");
    if (button) show(button.dataset.show);
    const view = event.target.closest?.(".mg-view button");
    if (!view) return;
    search().dataset.view = view.dataset.view;
    view.parentElement
      .querySelectorAll("button")
      .forEach((each) => each.setAttribute("aria-pressed", String(each === view)));
    if (view.dataset.view === "one") document.querySelector(".mg-switch [aria-pressed=true]")?.focus();
  });

  // The arrow keys move the lever while it has the focus.
  document.addEventListener("keydown", (event) => {
    const button = event.target.closest?.(".mg-switch button");
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!button || !step) return;
    const buttons = [...button.parentElement.querySelectorAll("button")].filter((each) => each.offsetParent !== null);
    const next = buttons[buttons.indexOf(button) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
    show(next.dataset.show);
  });
})();
