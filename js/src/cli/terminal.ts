// What a command is given to speak with.

import type { Texts } from "../core/say.ts";

export interface Terminal {
  /** All of standard input. */
  in(): string;
  /** Words in a language that there is: of receipts, of the banner, of privacy notices. */
  words(of: "receipts" | "banner" | "disclosure", language: string): Texts;
  out(text: string): void;
  err(text: string): void;
  /** Asks whoever sits there; absent: nobody does. */
  ask?: ((question: string) => Promise<string>) | undefined;
  /** Shows an address in a browser. */
  open?: (address: string) => void;
  /** Fulfilled when what runs until it is stopped is to end. */
  stopped?: () => Promise<unknown>;
  /** What is printed may have colours. */
  colours?: boolean;
  /** Somebody sees `err` as it is written. */
  progress?: boolean;
}

/** Exit code: nothing found, findings, wrong use or unusable file. */
export type ExitCode = 0 | 1 | 2;
