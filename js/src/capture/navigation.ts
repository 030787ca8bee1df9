// Navigations inside a page, over the Navigation API or, where there is none, a wrapped history.

/**
 * Tells each change of the page's URL; gives what ends that. `before`: without the API, of each
 * that the page is about to make, and where it leads.
 */
export function watchNavigation(
  changed: (replaced: boolean) => void,
  before?: (to: any, replaced: boolean) => void,
): () => void {
  const { navigation } = window as any;
  if (navigation) {
    const listener = (event: any) => changed(event.navigationType === "replace");
    navigation.addEventListener("currententrychange", listener);
    return () => navigation.removeEventListener("currententrychange", listener);
  }
  const popped = () => changed(false);
  const wrap = (name: "pushState" | "replaceState", replaced: boolean) => {
    const original = history[name];
    history[name] = function (...entry) {
      before?.(entry[2], replaced);
      original.apply(this, entry);
      changed(replaced);
    };
    return () => void (history[name] = original);
  };
  const unwrap = [wrap("pushState", false), wrap("replaceState", true)];
  addEventListener("popstate", popped);
  return () => {
    unwrap.forEach((run) => run());
    removeEventListener("popstate", popped);
  };
}
