// The state in the address is asked for once the sample is there.
const asked = new URLSearchParams(window.location.search);
if (asked.get("demo") === "1" && (asked.has("q") || asked.has("k") || asked.has("with"))) {
  const restore = (tries) => {
    if (document.querySelector("#mg-search [data-sample]") && document.querySelector(".mg-lists")) {
      trigger("click", { q: asked.get("q"), k: asked.get("k"), with: asked.get("with") });
    } else if (tries) setTimeout(() => restore(tries - 1), 100);
  };
  restore(600);
}
