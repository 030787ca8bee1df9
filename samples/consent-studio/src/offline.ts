// The studio without a network: what was loaded once is there again. What the host has counts
// first, so that a new version is never held back by an old one.

const cache_name = "waymark-studio";
const scope = self as unknown as {
  skipWaiting(): void;
  clients: { claim(): Promise<void> };
  addEventListener(type: string, listener: (event: any) => void): void;
};

declare const WAYMARK_STUDIO_FILES: string[];

async function fill(): Promise<void> {
  const cache = await caches.open(cache_name);
  await cache.addAll(WAYMARK_STUDIO_FILES);
  // An older version had files under other names.
  const ours = new Set(WAYMARK_STUDIO_FILES.map((name) => new URL(name, location.href).href));
  const texts = new URL("waymark-texts/", location.href).href;
  for (const { url } of await cache.keys()) {
    if (!ours.has(url) && !url.startsWith(texts)) await cache.delete(url);
  }
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(cache_name);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch {
    return (await cache.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

scope.addEventListener("install", (event) => {
  scope.skipWaiting();
  event.waitUntil(fill());
});
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  const { method, url } = event.request as Request;
  if (method === "GET" && new URL(url).origin === location.origin) {
    event.respondWith(answer(event.request));
  }
});

export {};
