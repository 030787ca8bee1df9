// Elements, made without a line of HTML: pages that enforce Trusted Types take them.

export type Child = Node | string | false | null | undefined;
type Attribute = string | boolean | undefined | ((event: any) => void);

/** An element with attributes; a function listens to the event of its name. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value) element.setAttribute(name, value);
  }
  element.append(...(children.filter(Boolean) as Node[]));
  return element;
}

/** What the page may replace by an element of its own with this name as its `slot`. */
export const slot = (name: string, ...children: Child[]) => h("slot", { name }, ...children);

/** A link that opens beside the page; nothing for what is no address of the web. */
export function link(url: unknown, text: string): Child {
  const href = url as string;
  const shown = h("a", { href, target: "_blank", rel: "noopener", part: "link" }, text);
  // Nobody has judged the config when the banner is drawn: a `javascript:` in it must not run.
  return /^(https?|mailto):$/.test(shown.protocol) && shown;
}

/** Gives a shadow root its styles. */
export function dress(shadow: ShadowRoot, styles: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    // An older browser. Where the page forbids inline styles, too, it stays plain.
    shadow.append(h("style", {}, styles));
  }
}
