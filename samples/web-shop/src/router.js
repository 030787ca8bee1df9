// Real addresses by the History API: Waymark sees the page views by itself.

const routes = [];
let missing = () => document.createElement("p");
let outlet = () => {};

/** path: "/products/:slug"; view: (parameters) => {title, content, seen?}. */
export const route = (path, view) => {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
  const pattern = new RegExp(`^${path.replace(/:\w+/g, "([^/]+)")}/?$`);
  routes.push({ pattern, names, view });
};

export const notFound = (view) => (missing = view);

function match(pathname) {
  for (const { pattern, names, view } of routes) {
    const found = pattern.exec(pathname);
    if (!found) continue;
    const parameters = Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1])]));
    return () => view(parameters);
  }
  return missing;
}

export function render() {
  outlet(match(location.pathname)());
}

export function go(path) {
  history.pushState(null, "", path);
  render();
}

/** Takes clicks on the shop's own links; modified clicks stay the browser's. */
export function start(show) {
  outlet = show;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain || link.target || link.origin !== location.origin || link.hash) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
  addEventListener("popstate", render);
  render();
}
