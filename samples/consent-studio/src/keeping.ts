// The policy in the browser's own storage: only when its writer says so, and gone when they say no.

const key = "waymark-studio/policy";

export class Keeping {
  /** Where the browser forbids storage, nothing is kept. */
  kept(): string | undefined {
    try {
      return localStorage.getItem(key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  get keeps(): boolean {
    return this.kept() !== undefined;
  }

  /** False: the browser does not take it. */
  keep(text: string): boolean {
    try {
      localStorage.setItem(key, text);
      return true;
    } catch {
      return false;
    }
  }

  forget(): void {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }

  /** Where it is kept already. */
  update(text: string): void {
    if (this.keeps) this.keep(text);
  }
}
