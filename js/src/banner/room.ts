// Keeps what has the focus on the page from being behind the question.

export interface Room {
  /** Makes sure that this can be seen. */
  uncover(focused: Element): void;
  /** The page has its own again. */
  end(): void;
}

export function makeRoom(question: HTMLElement): Room {
  const { style } = document.documentElement;
  const { scrollPaddingTop: top, scrollPaddingBottom: bottom } = style;
  // What gets the focus is scrolled clear of it by the browser.
  const settle = () => {
    const room = `${question.offsetHeight + 24}px`;
    const above = question.dataset.at === "top";
    style.scrollPaddingTop = above ? room : top;
    style.scrollPaddingBottom = above ? bottom : room;
  };
  const watch = new ResizeObserver(settle);
  watch.observe(question);
  return {
    // At the end of a page nothing scrolls clear of it: then the question goes to the other side.
    uncover(focused) {
      requestAnimationFrame(() => {
        if (!question.isConnected || !covers(question, focused)) return;
        const { dataset } = question;
        dataset.at = dataset.at === "top" ? "bottom" : "top";
        settle();
        focused.scrollIntoView({ block: "nearest" });
      });
    },
    end() {
      watch.disconnect();
      style.scrollPaddingTop = top;
      style.scrollPaddingBottom = bottom;
    },
  };
}

// What is higher than the question looks out behind it.
function covers(question: Element, focused: Element): boolean {
  const bar = question.getBoundingClientRect();
  const box = focused.getBoundingClientRect();
  const beside = box.right <= bar.left || box.left >= bar.right;
  return !beside && box.bottom > bar.top && box.top < bar.bottom && box.height <= bar.height;
}
