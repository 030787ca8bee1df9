// What comes when the policy can be read, edited and judged: in one file, which the page asks for
// only then.

export { assistance } from "./assist.ts";
export { Workbench } from "./workbench.ts";
