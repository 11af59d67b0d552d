// Has the site kept for times without a network, and says when there is a new version. All this begins when the page has
// loaded everything that it needs itself. What is kept, and for whom, is in service_worker.js.

// The build fills it in; `cargo xtask serve` empties it, unless it is asked not to.
const version = document.querySelector('meta[name="version"]')?.content;
const HOUR_MS = 3_600_000;

function isLoaded() {
  return !["loading", "failed"].includes(document.body.dataset.state);
}

function whenLoaded(f) {
  if (isLoaded()) return f();
  new MutationObserver((_, observer) => {
    if (!isLoaded()) return;
    observer.disconnect();
    f();
  }).observe(document.body, { attributeFilter: ["data-state"] });
}

function keepSite(container) {
  const greet = () => {
    const opened = performance.getEntriesByType("resource").map(entry => entry.name);
    container.controller?.postMessage({ version, opened });
  };
  container.addEventListener("controllerchange", greet);
  container.addEventListener("message", ({ data }) => {
    document.getElementById("new-version").hidden = data.newest === version;
  });
  document.getElementById("use-new-version").onclick = () => location.reload();
  greet();
  whenLoaded(async () => {
    try {
      greet(); // By now the pages that were left for this one are gone, and what was kept for them can go.
      const registration = await container.register(new URL("../service_worker.js", import.meta.url));
      // Browsers look for a new version half a minute after a page is opened, and a page can stay open for days.
      const look = () => registration.update().catch(() => {});
      if (registration.active) look();
      setInterval(look, HOUR_MS);
      document.addEventListener("visibilitychange", () => document.hidden || look());
    } catch {
      // The browser keeps nothing for this site, or the network went away. The page works as it did.
    }
  });
}

// Browsers have it in secure contexts only.
if (version && navigator.serviceWorker) keepSite(navigator.serviceWorker);
