// Served in the place of the service worker where nothing is to be kept. An earlier worker gives way to this one, which
// throws away what that has kept, and goes.
addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(`ticket-lab ${registration.scope} `)) await caches.delete(name);
  }
  const pages = await clients.matchAll({ type: "window" });
  await registration.unregister();
  for (const page of pages) page.postMessage({ newest: null });
})()));
