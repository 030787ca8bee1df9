// What `waymark --help` prints.

declare const WAYMARK_VERSION: string;

export const version = WAYMARK_VERSION;

export const help = `waymark ${version}

Usage
  waymark lint <file…>          say what is wrong with config documents
  waymark lint -                the same for a document on standard input
  waymark lint --json <file…>   as JSON: [{"file", "problems": […], "findings": […]}]

  waymark table <config>        who gets what: a row for each region, signal, age and answer that
                                makes a difference, as Markdown
    --collector <id>            only of this one
    --json                      the rows as one JSON document

  waymark prove <config> --collector <id> --without <purpose>
                                whether that collector can ever get an event without that purpose
    --field <pointer>           an event with this field as it is: /user/id, /properties/email
    --json                      {"holds", "cases", "counterexample"}

  waymark explain <config> --event <file>
                                what becomes of an event {"type", "name"}, and why
    --region <code>             where the person is: DE, US-CA
    --age <years>
    --signal gpc|dnt|att        is on; more than once for several
    --choice <purpose>=granted|denied   what the person answered; more than once for several
    --json                      as one JSON document

  waymark records verify <log>  whether a decision log is whole: {"entries", "anchor"}, as
                                consent.records() gives it
  waymark records show <log>    what happened in it
  waymark records export <log>  what others read; a log that is not whole is not exported
    --anchor <hash>             the last hash, as it was noted elsewhere; of all three
    --json                      as one JSON document; of all three
    --config <file>             the config; once for each revision in the log
    --form iso27560|receipt     records of ISO/IEC TS 27560, or receipts for the person
    --language en|de            of receipts
    --supplement <file>         what no config says: withdrawal_method, pii_information, …

  waymark iab decode <string…>    print TC, GPP, US Privacy (1YNN) and Additional Consent (2~…)
                                  strings as JSON, one document a line, with what they violate
  waymark iab validate <string…>  say only whether each is valid, and what it violates
  waymark iab encode <document…>  make strings of documents as decode prints them
  waymark iab keys <string…>      the IABTCF_… or IABGPP_… keys that an app keeps of a string
    Without arguments: one string or document a line of standard input.
    --kind=tc|gpp|usp|ac          what the strings are, if not what they look like

  waymark --help | --version

Exit code: 0 nothing found, 1 findings (of prove: a counterexample), 2 wrong use or unusable file.
`;
