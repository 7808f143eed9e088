(() => {
  // Arrows walk the hits: up and down inside a list, left and right between lists; Escape returns to the query box.
  const box = () => document.querySelector("#mg-query textarea, #mg-query input");
  const shown = (list) => list.getClientRects().length > 0;
  const hits = (list) => [...list.querySelectorAll(".mg-hit")];

  // A hit that is searched by with the keyboard is replaced: its list goes on to be walked from the top.
  document.addEventListener("click", (event) => {
    const hit = event.target.closest?.(".mg-hit");
    if (!hit || event.detail !== 0) return;
    const name = [...hit.closest(".mg-list").classList].find((each) => each.startsWith("mg-list-"));
    const answered = new MutationObserver(() => {
      if (hit.isConnected) return;
      answered.disconnect();
      if (document.activeElement === document.body) document.querySelector(`.${name} .mg-hit`)?.focus();
    });
    answered.observe(document.querySelector("#mg-results"), { childList: true, subtree: true });
    setTimeout(() => answered.disconnect(), 10_000);
  });

  const focus = (target) => {
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.body.classList.contains("mg-presenting")) return;
    const lists = [...document.querySelectorAll(".mg-list")].filter(shown);
    if (event.key === "ArrowDown" && event.target === box()) {
      const list = lists.find((each) => each.classList.contains("mg-list-calibrated")) ?? lists[0];
      if (list && hits(list).length) {
        event.preventDefault();
        focus(hits(list)[0]);
      }
      return;
    }
    if (!event.target.classList?.contains("mg-hit")) return;
    const list = event.target.closest(".mg-list");
    const place = hits(list).indexOf(event.target);
    const beside = lists[lists.indexOf(list) + (event.key === "ArrowRight" ? 1 : -1)];
    const moves = {
      ArrowDown: () => focus(hits(list)[place + 1]),
      ArrowUp: () => focus(place ? hits(list)[place - 1] : box()),
      ArrowRight: () => focus(beside && hits(beside)[Math.min(place, hits(beside).length - 1)]),
      ArrowLeft: () => focus(beside && hits(beside)[Math.min(place, hits(beside).length - 1)]),
      Escape: () => focus(box()),
    };
    if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]();
    }
  });
})();
