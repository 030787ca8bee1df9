// The words of receipts, by language.

export const receipt_languages = ["en", "de"] as const;
export type ReceiptLanguage = (typeof receipt_languages)[number];

interface Words {
  title: string;
  when: string;
  with: string;
  version: string;
  withdraw: string;
  number: string;
  write_to(contact: string): string;
  /** The first sentence, by who decided. */
  by: Record<string, string>;
  state: Record<string, string>;
  /** What is worth saying beside a state. */
  why: Record<string, string>;
  deleted(purposes: string): string;
  events: string;
  may_have_left: string;
  ids: string;
  store_cleared: string;
}

const en: Words = {
  title: "Receipt for your privacy choices",
  when: "When",
  with: "With",
  version: "Version of the privacy policy",
  withdraw: "How to change or withdraw your choice",
  number: "Number of this record",
  write_to: (contact) => `at any time; write to ${contact}`,
  by: {
    person: "This is what you decided:",
    account: "This is what you decided on another device, and it was taken over here:",
    gpc: "Your browser asked not to sell or share your data (Global Privacy Control):",
    dnt: "Your browser asked not to track you (Do Not Track):",
    att: "Your device's settings changed what is allowed:",
    age: "What is known about your age changed what is allowed:",
    region: "Where you are changed which rules apply:",
    expiry: "An earlier answer of yours has run out:",
    policy: "The policy has changed. This is what applies now:",
  },
  state: {
    granted: "allowed",
    denied: "not allowed",
    unknown: "not answered",
    exempt: "needs no consent",
  },
  why: {
    gpc: "Global Privacy Control",
    dnt: "Do Not Track",
    att: "your device's settings",
    age: "because of your age",
    region: "because of where you are",
    default: "you have not answered",
    expired: "your answer has run out",
    changed: "the question has changed",
  },
  deleted: (purposes) => `This was deleted on your device after a withdrawal (${purposes}):`,
  events: "Events that were waiting",
  may_have_left: "Events that may already have been sent",
  ids: "Identifiers that are never used again",
  store_cleared: "All identifiers and events that were stored",
};

const de: Words = {
  title: "Beleg über Ihre Datenschutz-Auswahl",
  when: "Wann",
  with: "Bei",
  version: "Fassung der Datenschutzerklärung",
  withdraw: "So ändern oder widerrufen Sie Ihre Auswahl",
  number: "Nummer dieses Eintrags",
  write_to: (contact) => `jederzeit; schreiben Sie an ${contact}`,
  by: {
    person: "So haben Sie entschieden:",
    account: "So haben Sie auf einem anderen Gerät entschieden; es wurde hier übernommen:",
    gpc:
      "Ihr Browser hat verlangt, Ihre Daten nicht zu verkaufen oder zu teilen " +
      "(Global Privacy Control):",
    dnt: "Ihr Browser hat verlangt, Sie nicht zu verfolgen (Do Not Track):",
    att: "Die Einstellungen Ihres Geräts haben geändert, was erlaubt ist:",
    age: "Was über Ihr Alter bekannt ist, hat geändert, was erlaubt ist:",
    region: "Ihr Aufenthaltsort hat geändert, welche Regeln gelten:",
    expiry: "Eine frühere Antwort von Ihnen ist abgelaufen:",
    policy: "Die Datenschutzerklärung hat sich geändert. Jetzt gilt:",
  },
  state: {
    granted: "erlaubt",
    denied: "nicht erlaubt",
    unknown: "nicht beantwortet",
    exempt: "braucht keine Einwilligung",
  },
  why: {
    gpc: "Global Privacy Control",
    dnt: "Do Not Track",
    att: "Einstellungen Ihres Geräts",
    age: "wegen Ihres Alters",
    region: "wegen Ihres Aufenthaltsorts",
    default: "Sie haben nicht geantwortet",
    expired: "Ihre Antwort ist abgelaufen",
    changed: "die Frage hat sich geändert",
  },
  deleted: (purposes) => `Nach einem Widerruf (${purposes}) wurde auf Ihrem Gerät gelöscht:`,
  events: "Ereignisse, die noch warteten",
  may_have_left: "Ereignisse, die womöglich schon gesendet waren",
  ids: "Kennungen, die nie wieder verwendet werden",
  store_cleared: "Alle gespeicherten Kennungen und Ereignisse",
};

export const texts: Record<ReceiptLanguage, Words> = { en, de };
