// What a command is given to speak with.

export interface Terminal {
  /** All of standard input. */
  in(): string;
  out(text: string): void;
  err(text: string): void;
}

/** Exit code: nothing found, findings, wrong use or unusable file. */
export type ExitCode = 0 | 1 | 2;
