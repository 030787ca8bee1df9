// Puts the shop together: routes and frame.

import { itemCount, onBasket, savedProducts } from "./basket.js";
import { DEPARTMENTS } from "./catalogue.js";
import { byId, h } from "./dom.js";
import { go, notFound, route, start } from "./router.js";
import { cart } from "./views/cart.js";
import { checkout, order } from "./views/checkout.js";
import { department, home, saved, search } from "./views/list.js";
import { missing, privacy } from "./views/privacy.js";
import { product } from "./views/product.js";

route("/", home);
route("/departments/:name", department);
route("/search", search);
route("/saved", saved);
route("/products/:slug", product);
route("/cart", cart);
route("/checkout/:step", checkout);
route("/order/:id", order);
route("/privacy", privacy);
notFound(missing);

// `seen` comes when the page has its title: Waymark's page view stands before what it reports.
function show(view) {
  const { title, content, seen } = view ?? missing();
  document.title = `${title} · Fingerpost`;
  byId("content").replaceChildren(content);
  scrollTo(0, 0);
  for (const link of document.querySelectorAll(".masthead a")) {
    link.toggleAttribute("aria-current", link.pathname === location.pathname);
  }
  seen?.();
}

function showCounts() {
  const count = itemCount();
  byId("cart-count").textContent = String(count);
  document.querySelector(".cart-link").dataset.count = String(count);
  byId("saved-count").textContent = savedProducts().length === 0 ? "" : String(savedProducts().length);
}

const ACTIONS = {
  skip: (_, event) => (event.preventDefault(), byId("content").focus()),
  // Waymark's own inspector: loaded when somebody asks for it, and gone when they ask again.
  inspect: () => import("../waymark-inspector.mjs").then(({ open }) => open(), () => {}),
};

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-action]");
  if (target) ACTIONS[target.dataset.action]?.(target, event);
});

document.querySelector('[data-form="search"]').addEventListener("submit", (event) => {
  event.preventDefault();
  const query = new FormData(event.target).get("q").trim();
  if (query) go(`/search?q=${encodeURIComponent(query)}`);
});

byId("departments").append(...DEPARTMENTS.map((name) => h("a", { href: `/departments/${name.toLowerCase()}` }, name)));
onBasket(showCounts);
showCounts();
start(show);
