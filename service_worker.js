// Keeps the site for times without a network. The build writes the site's version and its files before this text, as
//   const SITE = { version, needed: { path: [SHA-256, …] }, others: { path: [SHA-256, …] } };
// A file has a second hash if hosts may unpack it on the way.
//
// Each version has a cache of its own, which holds only files with the hashes of that version. A page, and the workers that
// it starts, get files of the version they began with as long as they live, whichever version this worker is of. So a
// new version can take over at once: for pages that are opened from then on.

const SCOPE = registration.scope;
const PREFIX = `ticket-lab ${SCOPE} `;
const OWN = PREFIX + SITE.version;
// Requests with a query are never answered from a cache, so these names are free.
const LIST = `${SCOPE}?files`;
const CLIENT = `${SCOPE}?client=`;
// A page that is being opened is not among the clients yet. Until then its version is not thrown away.
const OPENING_MS = 10_000;

// The cache of each page and worker, by its id. The caches hold the same, for when this worker has been stopped.
const cacheNames = new Map();

const address = path => new URL(path === "index.html" ? "./" : path, SCOPE).href;
const ownCaches = async () => (await caches.keys()).filter(name => name.startsWith(PREFIX));
const filesOf = async cache => (await cache.match(LIST))?.json();

async function hasHash(bytes, hashes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return hashes?.includes(Array.from(digest, byte => byte.toString(16).padStart(2, "0")).join("")) ?? false;
}

// A response to be kept. What the host says of the page's rights stays; how it was packed on the way does not.
function unpacked(response, bytes) {
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.set("content-length", bytes.byteLength);
  return new Response(bytes, { headers });
}

// Keeps a file in the cache of its version: from another version's cache if it is the same there, else fetched.
async function keep(cache, path, hashes) {
  if (await cache.match(address(path))) return;
  for (const name of await ownCaches()) {
    const kept = await (await caches.open(name)).match(address(path));
    if (kept && await hasHash(await kept.clone().arrayBuffer(), hashes)) return cache.put(address(path), kept);
  }
  for (const mode of ["no-cache", "reload"]) {
    const response = await fetch(address(path), { cache: mode });
    const bytes = response.ok && await response.arrayBuffer();
    if (bytes && await hasHash(bytes, hashes)) return cache.put(address(path), unpacked(response, bytes));
  }
  throw new Error(`${path} is not that of version ${SITE.version}`);
}

async function install() {
  const cache = await caches.open(OWN);
  const wanted = Object.entries(SITE.needed);
  for (const other of Object.entries(SITE.others)) {
    if (await isKept(other[0])) wanted.push(other);
  }
  await Promise.all(wanted.map(([path, hashes]) => keep(cache, path, hashes)));
  await cache.put(LIST, new Response(JSON.stringify({ ...SITE.needed, ...SITE.others })));
}

async function isKept(path) {
  for (const name of await ownCaches()) {
    if (await (await caches.open(name)).match(address(path))) return true;
  }
  return false;
}

// Keeps in mind which cache a page or a worker is served from; of a page that is being opened, since when.
async function note(id, name, openingSince = 0) {
  cacheNames.set(id, name);
  await (await caches.open(name)).put(CLIENT + id, new Response(openingSince));
}

// The cache of the version that a page or a worker began with. Nothing if it began without this worker.
async function cacheNameOf(id) {
  if (cacheNames.has(id)) return cacheNames.get(id);
  for (const name of await ownCaches()) {
    if (await (await caches.open(name)).match(CLIENT + id)) {
      cacheNames.set(id, name);
      return name;
    }
  }
  // Browsers that do not say which worker a page starts: it is of the version that all open pages have.
  if ((await clients.get(id))?.type === "window") return undefined;
  const pages = await clients.matchAll({ type: "window" });
  const names = new Set(await Promise.all(pages.map(page => cacheNameOf(page.id))));
  return names.size === 1 ? [...names][0] : undefined;
}

// Throws away the versions, other than this one, that no page or worker has begun with.
async function cleanUp() {
  // A version that is being installed has no pages yet.
  const isNewer = () => registration.installing || registration.waiting;
  const living = await clients.matchAll({ type: "all", includeUncontrolled: true });
  const ids = new Set(living.map(client => client.id));
  for (const name of await ownCaches()) {
    const cache = await caches.open(name);
    let isUsed = name === OWN;
    for (const entry of await cache.keys()) {
      if (!entry.url.startsWith(CLIENT)) continue;
      const id = entry.url.slice(CLIENT.length);
      const since = Number(await (await cache.match(entry))?.text());
      if (ids.has(id) || Date.now() - since < OPENING_MS) {
        isUsed = true;
      } else {
        cacheNames.delete(id);
        await cache.delete(entry);
      }
    }
    if (!isUsed && !isNewer()) await caches.delete(name);
  }
}

async function openPage(event) {
  const page = await (await caches.open(OWN)).match(address("index.html"));
  if (!page) return fetch(event.request);
  await note(event.resultingClientId, OWN, Date.now());
  return page;
}

async function serve(event, path) {
  const name = await cacheNameOf(event.clientId);
  if (!name) return fetch(event.request);
  if (event.resultingClientId) await note(event.resultingClientId, name);
  const cache = await caches.open(name);
  const kept = await cache.match(address(path));
  if (kept) return kept;
  const hashes = (await filesOf(cache))?.[path];
  if (!hashes) return fetch(event.request);
  const response = await fetch(address(path), { cache: "no-cache" });
  return response.ok ? checked(response, cache, path, hashes) : response;
}

// Passes a file on as it comes. It breaks off at the end if the file is of another version, and is kept if it is not.
function checked(response, cache, path, hashes) {
  const parts = [];
  const check = new TransformStream({
    transform(part, out) {
      parts.push(part.slice());
      out.enqueue(part);
    },
    async flush(out) {
      const bytes = await new Blob(parts).arrayBuffer();
      if (!await hasHash(bytes, hashes)) return out.error(new TypeError(`${path} is of another version`));
      // Where there is no room to keep it, it is fetched again the next time.
      await cache.put(address(path), unpacked(response, bytes)).catch(() => {});
    },
  });
  return new Response(response.body.pipeThrough(check), { headers: response.headers });
}

// A page says which version it is of and which files it has opened, and hears which version is the newest.
async function greet(page, { version, opened }) {
  const name = PREFIX + version;
  if (await caches.has(name)) {
    await note(page.id, name);
    const cache = await caches.open(name);
    const files = await filesOf(cache) ?? {};
    const paths = opened.filter(url => url.startsWith(SCOPE)).map(url => url.slice(SCOPE.length));
    await Promise.allSettled(paths.filter(path => path in files).map(path => keep(cache, path, files[path])));
  }
  await cleanUp();
  page.postMessage({ newest: SITE.version });
}

addEventListener("install", event => {
  skipWaiting();
  event.waitUntil(install());
});

addEventListener("activate", event => event.waitUntil(clients.claim().then(cleanUp)));

addEventListener("message", event => event.waitUntil(greet(event.source, event.data)));

addEventListener("fetch", event => {
  const { request } = event;
  const url = new URL(request.url);
  const file = url.origin + url.pathname;
  if (request.method !== "GET" || !file.startsWith(SCOPE) || url.searchParams.has("again")) return;
  const path = file.slice(SCOPE.length) || "index.html";
  if (request.mode === "navigate") {
    if (path === "index.html") event.respondWith(openPage(event));
  } else if (!url.search) {
    event.respondWith(serve(event, path));
  }
});
