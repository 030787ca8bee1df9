// Problems as a list: where, what was found, what is allowed.
import { element } from "./dom.js";

export function problemList(problems) {
  const items = problems.map(({ where, found, allowed }) =>
    element("li", {}, element("code", {}, where), element("span", {}, `found ${found}`), element("span", {}, `allowed: ${allowed}`)));
  return element("ul", { className: "problems" }, ...items);
}
