// What a question on the page tells the parts beside it: by events that bubble to the document.
//
// Promise: whoever asks people (the banner, or a page's own question over `client.consent.set`)
// dispatches these, and need not know who listens.

/** People see something: the question, or the preference centre. */
export const shown_events = ["waymark:shown", "waymark:opened"] as const;

/** And do not see it any more, whether they have decided or not. */
export const hidden_events = ["waymark:hidden", "waymark:closed"] as const;

/** Whoever listens says so when it begins: who shows something already says that once more. */
export const listening_event = "waymark:listening";

// The banner's own, for one that was there first.
const banner_tag = "waymark-consent";

/**
 * Calls `tell` when something is first seen and when nothing is any more; gives what ends that. On
 * a page that is only prerendered nobody sees anything: it is told when the page is shown.
 */
export function watchQuestions(tell: (visible: boolean) => void): () => void {
  const seen = new Set<string>();
  let told = false;
  const settle = () => {
    const visible = seen.size > 0 && !(document as any).prerendering;
    if (visible !== told) tell((told = visible));
  };
  const see = (name: string) => {
    const gone = (hidden_events as readonly string[]).indexOf(name);
    if (gone < 0) seen.add(name);
    else seen.delete(shown_events[gone]!);
    settle();
  };
  const hear = ({ type }: Event) => see(type);
  const all = [...shown_events, ...hidden_events];
  for (const name of all) document.addEventListener(name, hear);
  document.addEventListener("prerenderingchange", settle);
  const drawn = document.querySelector(banner_tag)?.shadowRoot;
  if (drawn?.querySelector("[part~=question]")) see("waymark:shown");
  if (drawn?.querySelector("[part~=centre]")) see("waymark:opened");
  document.dispatchEvent(new CustomEvent(listening_event));
  return () => {
    all.forEach((name) => document.removeEventListener(name, hear));
    document.removeEventListener("prerenderingchange", settle);
  };
}
