(() => {
  // The presenter's page: no controls, larger type, and a story of searches told with the keyboard, a clicker or by touch.
  // The sample has a prepared story; another corpus tells the searches of this visit, the earliest first.
  const STORY = [
    ["tools with red handles", "Raw similarity fills the first page with passages. The photographs were there all along."],
    ["cup and saucer", "Raw shows no cup. Calibrated, a photographed cup comes right behind the first passage."],
    ["solar panels", "Four numbers, learnt from queries without labels, put both kinds on one scale."],
    ["komodo dragon", "Where passages fit well they stay first. Inside each kind the order never changes."],
    ["how do goldfish remember", "The passage that answers is still on top, and the photographed goldfish has come up beside it."],
  ];
  const asked = new URLSearchParams(window.location.search);
  let story = STORY;
  let step = 0;

  const start = () => document.querySelector("#mg-start");
  const shown = (element) => Boolean(element?.getClientRects().length);
  const sample = () => document.querySelector("#mg-examples .mg-chip");
  const lists = () => document.querySelector(".mg-lists");
  const chips = (of) => [...document.querySelectorAll(`${of} .mg-chip`)];
  const presenting = () => document.body.classList.contains("mg-presenting");
  const waitFor = (find, then, tries = 600) => {
    const found = find();
    if (found) then(found);
    else if (tries) setTimeout(() => waitFor(find, then, tries - 1), 100);
  };

  // A visitor's pins, each with what to say.
  const pins = () =>
    [...document.querySelectorAll("#mg-pins li")].map((pin) => {
      const chip = pin.querySelector("[data-ask]");
      return [chip.textContent, pin.dataset.caption, chip];
    });

  // What was searched on this page: what the lists answer now is the last of it.
  const ownStory = () => {
    const earlier = chips("#mg-history").map((chip) => chip.dataset.value).reverse();
    const now = lists()?.dataset.asked;
    return [...earlier, ...(now ? [now] : [])].map((query) => [query, ""]);
  };
  const shares = () => {
    const share = (list) => document.querySelector(`.mg-list-${list} .mg-share-text b`)?.textContent;
    return share("raw") && share("calibrated")
      ? `Raw: ${share("raw")} pictures on the first page. Calibrated: ${share("calibrated")}.`
      : "";
  };

  const button = (words, label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = words;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  };
  const bar = () => {
    let found = document.querySelector("#mg-story-bar");
    if (!found) {
      found = document.createElement("section");
      found.id = "mg-story-bar";
      found.setAttribute("aria-label", "Presentation");
      const said = document.createElement("p");
      said.setAttribute("role", "status");
      said.append(document.createElement("b"), document.createElement("span"));
      const keys = document.createElement("div");
      keys.append(
        button("‹", "Page before", () => go(step - 1)),
        document.createElement("small"),
        button("›", "Next page", () => go(step + 1)),
        button("×", "End the presentation", () => present(false)),
      );
      found.append(said, keys);
      document.body.append(found);
    }
    return found;
  };

  const go = (to) => {
    step = Math.max(0, Math.min(story.length - 1, to));
    const [query, words, pin] = story[step];
    const place = bar().querySelector("small");
    bar().querySelector("b").textContent = query ? `“${query}”` : "";
    bar().querySelector("span").textContent = words;
    place.textContent = `${step + 1} of ${story.length}`;
    if (lists()?.dataset.asked !== query) {
      const found = [...chips("#mg-examples"), ...chips("#mg-history")].find((chip) => chip.dataset.value === query);
      (pin ?? found)?.click();
    }
    if (!words) {
      waitFor(
        () => lists()?.dataset.asked === query,
        () => presenting() && story[step][0] === query && (bar().querySelector("span").textContent = shares()),
      );
    }
    window.scrollTo({ top: 0 });
  };

  const present = (on) => {
    if (!on) {
      document.body.classList.remove("mg-presenting");
      document.querySelector("#mg-story-bar")?.remove();
      document.querySelector("#mg-present")?.focus();
      return;
    }
    document.querySelector("#mg-tab-search-button[aria-selected=false]")?.click();
    if (!sample() && !lists() && shown(start())) {
      start().click();
      waitFor(() => sample() && lists(), () => present(true));
      return;
    }
    story = pins().length ? pins() : sample() ? STORY : ownStory();
    if (!story.length) story = [["", "Nothing was searched yet: end this with Escape, search, and come back."]];
    document.body.classList.add("mg-presenting");
    go(0);
  };

  // "l" moves the lever: one list, raw, then calibrated, and back at the next press.
  const lever = () => {
    document.querySelector(".mg-view [data-view=one][aria-pressed=false]")?.click();
    const calibrated = document.querySelector(".mg-switch [data-show=calibrated]");
    const back = calibrated?.getAttribute("aria-pressed") === "true";
    (back ? document.querySelector(".mg-switch [data-show=raw]") : calibrated)?.click();
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#mg-present")) present(true);
  });
  document.addEventListener("keydown", (event) => {
    if (!presenting()) return;
    const onButton = event.target.closest?.("#mg-story-bar button");
    const moves = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
    if (event.key === "Escape") present(false);
    else if (event.key.toLowerCase() === "l" && !event.ctrlKey && !event.metaKey) lever();
    else if (moves[event.key] && !(onButton && event.key === " ")) go(step + moves[event.key]);
    else return;
    event.preventDefault();
  });

  // ?demo=1 opens with the sample loaded and calibrated, ?present=1 with the story as well.
  const arrived = () => (shown(start()) ? start() : null);
  if (asked.get("present") === "1") waitFor(arrived, () => present(true));
  else if (asked.get("demo") === "1") waitFor(arrived, (found) => found.click());
})();
