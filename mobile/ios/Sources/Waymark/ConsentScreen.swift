/// One layer of the consent screen as plain data: what stands on it, from top to bottom, and what
/// each button tells the engine. ``ConsentScreens`` makes it; the sheet draws it, or you do.
public struct ConsentScreen: Sendable, Equatable {
  public enum Layer: String, Sendable {
    /// What is due is asked.
    case question
    /// Where nobody is asked before: what runs, and how to say no to it.
    case notice
    /// Every purpose and vendor with its switch: the way back to each decision.
    case centre
  }

  public indirect enum Row: Sendable, Equatable {
    /// A sentence.
    case text(String)
    /// A sentence of less weight.
    case note(String)
    /// A name in a list.
    case item(String)
    /// A purpose or the vendor of a collector (`vendor:` and its id). `isFree`: the person may move
    /// it now.
    case toggle(id: String, name: String, isOn: Bool, isFree: Bool)
    /// A purpose that is not the person's to decide; `text` says that it is always on.
    case always(name: String, text: String)
    case link(String, url: String)
    /// Leads to ``Layer/centre``.
    case more(String)
    /// Folded at first.
    case fold(String, [Row])
    /// A button in its place among the rows.
    case action(Button)
    /// What belongs together, such as all that there is of one purpose.
    case group([Row])
  }

  public struct Button: Sendable, Equatable {
    /// For the decision log: `accept`, `reject`, `save`, `ok`, `withdraw`; `settings`.
    public let control: String
    public let text: String
    /// For `consent.set`; nil: it decides nothing, and leads to ``Layer/centre``.
    public let choices: [String: Choice]?
    /// All that are so are to be of the same size and look.
    public var isPrimary = true
  }

  public let layer: Layer
  /// BCP 47 tag of its words.
  public let language: String
  public let title: String
  public let rows: [Row]
  public let buttons: [Button]
  let revision: String

  /// All words of this layer, in their order: of these is `text_sha256` in the decision log made.
  public var words: String {
    ([title] + rows.flatMap(\.words) + buttons.map(\.text)).joined(separator: "\n")
  }

  /// What goes into the decision log with a decision by this button, besides `text_sha256`.
  public func shown(_ button: Button) -> [String: PropertyValue] {
    [
      "version": .text(revision), "language": .text(language), "layer": .text(layer.rawValue),
      "control": .text(button.control),
    ]
  }
}

extension ConsentScreen.Row {
  var words: [String] {
    switch self {
    case .text(let text), .note(let text), .item(let text), .link(let text, _), .more(let text):
      [text]
    case .toggle(_, let name, _, _): [name]
    case .always(let name, let text): [name, text]
    case .fold(let title, let rows): [title] + rows.flatMap(\.words)
    case .action(let button): [button.text]
    case .group(let rows): rows.flatMap(\.words)
    }
  }
}
