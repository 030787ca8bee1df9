// What people are told: strings by name, with values put in.

export type Texts = Record<string, string>;
export type Say = (name: string, values?: Record<string, string | number>) => string;

/** Says the strings of `texts`; nothing where there is none. What is no value stays as it is. */
export const sayFrom =
  (texts: Texts): Say =>
  (name, values = {}) =>
    (texts[name] ?? "").replace(/\{(\w+)\}/g, (whole, value) => String(values[value] ?? whole));

/** What a purpose is called; an id that nobody has named is shown as it is. */
export const nameOf = (say: Say, id: string) => say(`purposes.${id}`) || id;
