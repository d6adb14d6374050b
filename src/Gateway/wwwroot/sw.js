// The service worker: keeps the files of one version of the page, and opens the page with them, with or without a network.
//
// The server writes the line with PAGE before this. All requests but those of the page and its files are the browser's own business:
// answers of the API, streams, posts and downloads never pass through here. Without a version, the worker removes itself and all that
// it kept: that is how an operator turns it off.

const PREFIX = "page-";
const CACHE = PREFIX + PAGE.version;
const ASSETS = `/assets/${PAGE.version}/`;

addEventListener("install", (event) => event.waitUntil(PAGE.version ? install() : skipWaiting()));
addEventListener("activate", (event) => event.waitUntil(PAGE.version ? activate() : uninstall()));
addEventListener("message", ({ data }) => data === "start" && skipWaiting());
if (PAGE.version) addEventListener("fetch", onFetch);

async function install() {
  const cache = await caches.open(CACHE);
  await Promise.all([...PAGE.files, wordsOfUser()].map(async (name) => {
    const response = await read(ASSETS + name);
    if (!isOfVersion(response)) throw new Error(`Another version of ${name}`);
    await cache.put(ASSETS + name, response);
  }));
  // A page without a worker is of this version, or will be reloaded anyway.
  if (!registration.active) await skipWaiting();
}

async function activate() {
  await deleteCachesExcept(CACHE);
  await clients.claim();
}

async function uninstall() {
  await deleteCachesExcept(null);
  await registration.unregister();
}

async function deleteCachesExcept(current) {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== current) await caches.delete(name);
  }
}

function onFetch(event) {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === "/") event.respondWith(cacheFirst(`${ASSETS}index.html`, request));
  else if (pathname.startsWith(ASSETS)) event.respondWith(cacheFirst(pathname, request));
}

async function cacheFirst(name, request) {
  const cache = await caches.open(CACHE);
  const cached = await cache.match(name);
  if (cached) return cached;
  const response = await fetch(request);
  if (pathOf(response) === name && isOfVersion(response)) await cache.put(name, response.clone());
  return response;
}

const read = (path) => fetch(path, { credentials: "omit" });

const pathOf = (response) => new URL(response.url).pathname;

// While gateways are updated one after the other, one may answer with its own version. It says that nothing may keep that.
const isOfVersion = (response) => response.ok && /immutable/.test(response.headers.get("Cache-Control") ?? "");

// As the page chooses its language: see core/words.js.
function wordsOfUser() {
  const names = navigator.languages.map((tag) => `words/${tag.toLowerCase().split("-")[0]}.js`);
  return names.find((name) => PAGE.languages.includes(name)) ?? "words/en.js";
}
