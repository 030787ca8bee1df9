import { h } from "../dom.js";

const ROWS = [
  ["Until you answer", "Nothing is stored on your device and nothing is sent. What you do waits in this tab's memory."],
  ["You accept analytics", "Pages, products and orders go to this shop's own collector, with a random number for your browser."],
  ["You refuse", "What waited is thrown away. The only thing kept is the answer itself, so that you are not asked again."],
  ["You change your mind", "Sending stops at once; what waited, the random number and the session are deleted."],
];

export const privacy = () => ({
  title: "What we count",
  content: h("div.page.narrow", {}, h("h1.page-title", {}, "What we count"),
    h("p.lede", {}, "This shop counts visits with Waymark. The rule stands in the engine, not in the page: no script of ours can get round it."),
    h("dl.facts", {}, ROWS.map(([when, what]) => h("div", {}, h("dt", {}, when), h("dd", {}, what)))),
    h("div.buttons", {}, h("button.button.quiet", { type: "button", "data-waymark-preferences": "" }, "Privacy choices"))),
});

export const missing = () => ({
  title: "Off the path",
  content: h("div.page", {}, h("h1.page-title", {}, "Off the path"),
    h("p.lede", {}, "There is nothing at this address, or the cart it belonged to is empty."),
    h("a.button", { href: "/" }, "Back to the start")),
});
