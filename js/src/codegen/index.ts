// Types of events for the languages of the faces, made of a vocabulary or a tracking plan.

import { writeKotlin } from "./kotlin.ts";
import { modelOf, type Table } from "./model.ts";
import { writeSwift } from "./swift.ts";
import { writeTypeScript } from "./typescript.ts";

export { merge, Unwritable, type Table } from "./model.ts";

export const languages = ["ts", "kotlin", "swift"] as const;
export type Language = (typeof languages)[number];

export interface Wish {
  /** The first line. */
  made: string;
  /** TypeScript: without what calls a client. */
  inside?: boolean;
  /** Kotlin's. */
  package?: string;
}

/** Throws Unwritable. */
export function writeTypes(language: Language, table: Table, wish: Wish): string {
  const model = modelOf(table);
  const name = wish.package ?? "io.waymark.vocabulary";
  if (language === "kotlin") return writeKotlin(model, wish.made, name);
  if (language === "swift") return writeSwift(model, wish.made);
  return writeTypeScript(model, wish.made, !!wish.inside);
}
