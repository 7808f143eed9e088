// A link brings back what is shown on the sample: ?demo=1&q=words&k=10&with=method&tab=gap. The theme that was chosen stays.
(() => {
  const THEME = "modgap-theme";
  const kept = () => {
    try {
      return localStorage.getItem(THEME);
    } catch {
      return null;  // a browser that forbids storage
    }
  };
  let chosen = false;  // on this page, by its button
  const asked = new URLSearchParams(location.search);
  const wanted = asked.get("__theme") ?? kept();
  if (!asked.get("__theme") && (wanted === "dark" || wanted === "light")) {
    // Gradio sets the system's theme once, when it mounts: before the header is there, or just after
    const apply = (tries) => {
      document.body?.classList.toggle("dark", wanted === "dark");
      if (tries && !chosen) setTimeout(() => apply(document.querySelector("#mg-theme") ? tries - 1 : tries), 100);
    };
    apply(20);
  }
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("#mg-theme")) return;
    chosen = true;
    try {
      localStorage.setItem(THEME, document.body.classList.contains("dark") ? "dark" : "light");
    } catch {
      // it stays for this page only
    }
  });

  const say = (words) => {
    const place = document.querySelector("#mg-link-said");
    if (place) place.textContent = words;
    setTimeout(() => place?.textContent === words && (place.textContent = ""), 6000);
  };
  const link = () => {
    const lists = document.querySelector(".mg-lists");
    const made = new URLSearchParams({ demo: "1" });
    if (lists?.dataset.words) made.set("q", lists.dataset.words);
    if (lists?.dataset.k) made.set("k", lists.dataset.k);
    if (lists?.dataset.with) made.set("with", lists.dataset.with);
    const tab = document.querySelector("#mg-tabs [role=tab][aria-selected=true]")?.id.match(/^mg-tab-(.+)-button$/)?.[1];
    if (tab && tab !== "search") made.set("tab", tab);
    return `${location.origin}${location.pathname}?${made}`;
  };
  document.addEventListener("click", async (event) => {
    if (!event.target.closest?.("#mg-link")) return;
    if (!document.querySelector("#mg-search [data-sample]")) {
      say("A link works on the sample only, since your files stay with you: pin searches, and save the story.");
      return;
    }
    try {
      await navigator.clipboard.writeText(link());
      say("The link is copied: it opens this search on the sample.");
    } catch {
      window.prompt("Copy this link:", link());
    }
  });

  const waitFor = (find, then, tries = 600) => {
    const found = find();
    if (found) then(found);
    else if (tries) setTimeout(() => waitFor(find, then, tries - 1), 100);
  };
  const tab = asked.get("tab");
  if (asked.get("demo") === "1" && /^[a-z_]+$/.test(tab ?? "")) {
    waitFor(
      () => document.querySelector(".mg-lists") && document.querySelector(`#mg-tab-${tab}-button`),
      (button) => button.click(),
      300,
    );
  }
})();
