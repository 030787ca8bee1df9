// `waymark/records`: what the owner's server makes of a decision log.

export { consentRecord, consentRecords } from "./consent_record.ts";
export type {
  ConsentEvent,
  ConsentRecord,
  Party,
  PurposeRecord,
  RecordOptions,
  Supplement,
} from "./consent_record.ts";
export type { Entry, EventState } from "./entry.ts";
export { receipt, receipt_languages } from "./receipt.ts";
export type { Receipt, ReceiptOptions } from "./receipt.ts";
