import Foundation

/// What the consent screen shows, worked out from the config's policy and the engine's view: the
/// rules of the banner on pages (`sdk/docs/banner.md`), for the sheet of the app or for one of your
/// own. Pure, and decides nothing.
public struct ConsentScreens: Sendable {
  typealias Row = ConsentScreen.Row
  typealias Button = ConsentScreen.Button

  private let policy: ConsentPolicy
  private let view: Waymark.ConsentView
  private let words: ConsentWords
  private let list: VendorList?
  private let asked: [String]
  // Of what is on, all that a person may switch off.
  private let running: [ConsentPolicy.Purpose]

  /// Nil: the config says nothing of consent that can be read; the client's problems say why.
  ///
  /// - Parameter languages: the person's, the dearest first.
  public init?(
    config: String, view: Waymark.ConsentView, languages: [String] = Locale.preferredLanguages
  ) {
    guard let policy = ConsentPolicy(config: config) else { return nil }
    self.init(policy, view: view, languages: languages, list: nil)
  }

  init(
    _ policy: ConsentPolicy, view: Waymark.ConsentView, languages: [String], list: VendorList?
  ) {
    self.policy = policy
    self.view = view
    self.list = list
    words = ConsentWords(policy, languages: languages)
    let due = view.due ?? []
    asked = due + (view.conflicts ?? []).filter { !due.contains($0) }
    running = policy.purposes.filter { purpose in
      view.purposes[purpose.id].map { $0.state == "granted" && !$0.isImposed } ?? false
    }
  }

  /// BCP 47 tag of the words.
  public var language: String { words.language }

  /// A question is due: ``question`` shows it.
  public var isDue: Bool { !asked.isEmpty }

  /// Whether ``notice`` is to be shown: nobody is asked before (`opt_out`, `notice`), something is
  /// on that they may switch off, and nobody has read it or decided under this revision.
  ///
  /// - Parameter log: the decision log: `consent.records()`.
  public func isNoticeDue(log: String) -> Bool {
    // Whoever decides here has been to the settings, or has read it.
    let seen = DecisionLog(log).entries.contains { entry in
      entry.revision == policy.revision && ["person", "account"].contains(entry.by)
    }
    // A notice without words is none.
    let hasWords = !words("notice.ok").isEmpty
    return view.model != "opt_in" && !isDue && !seen && !running.isEmpty && hasWords
  }

  /// The words of the way back. Where nobody is asked they are all that says that one may.
  public var entryWords: String { words(view.model == "opt_in" ? "centre" : "title") }

  /// What confirms a decision.
  public var savedWords: String { words("saved") }

  /// What closes the settings.
  public var closeWords: String { words("close") }

  // MARK: First layers

  /// Asks what is due. To refuse takes one press, as to accept does.
  public var question: ConsentScreen {
    let count = ["count": String(policy.vendors?.count ?? 0)]
    let said = policy.isTcf ? ["tcf.text", "text"] : ["text"]
    var rows = said.map { Row.text(words($0, count)) }
    rows += reasons.map { .note(words($0)) }
    rows += asked.map { .item(words.name(of: $0)) }
    if policy.vendors?.isEmpty == false { rows.append(.more(words("partners", count))) }
    return screen(
      .question, "title", rows + policyLink,
      [
        button("reject", asked.answered { _ in .denied }),
        button("accept", asked.answered { _ in .granted }), settings,
      ])
  }

  /// Tells what is on. "OK" agrees to nothing: it is a decision that names no purpose.
  public var notice: ConsentScreen {
    let text = view.model == "opt_out" ? "notice.opt_out" : "notice.text"
    let rows = [.text(words(text))] + signal + running.map { Row.item(words.name(of: $0.id)) }
    let ok = Button(control: "ok", text: words("notice.ok"), choices: [:])
    return screen(.notice, "title", rows + policyLink, refusal + [ok, settings])
  }

  private var reasons: [String] {
    let why = (view.due ?? []).compactMap { view.purposes[$0]?.why }.filter(Self.isDueFor)
    let all = why + (view.conflicts?.isEmpty == false ? ["conflict"] : [])
    return all.enumerated().filter { all.firstIndex(of: $1) == $0 }.map(\.element)
  }

  private static func isDueFor(_ why: String) -> Bool { why == "expired" || why == "changed" }

  private var settings: Button {
    Button(control: "settings", text: words("settings"), choices: nil, isPrimary: false)
  }

  /// "Do not sell or share": what is on, and what the law lets people refuse by that name.
  private var refusal: [Button] {
    let sold = running.filter { view.model == "opt_out" && $0.isSold }.map(\.id)
    return sold.isEmpty ? [] : [button("reject", sold.answered { _ in .denied }, "notice.refuse")]
  }

  // MARK: The preference centre

  /// Every purpose, and every vendor of a collector, with its switch. Nothing is on that is not
  /// allowed, save what the person has moved: id of the switch to whether it is on.
  ///
  /// - Parameter log: the decision log, for the choices so far; nil: they are left out.
  public func centre(moved: [String: Bool] = [:], log: String? = nil) -> ConsentScreen {
    let switches = Switches(policy, view, moved: moved)
    var rows = [.text(words("centre.text"))] + signal
    rows += policy.purposes.map { .group(self.rows(of: $0, switches)) }
    if let rest = list?.rest(policy, words) { rows.append(.group(rest)) }
    if let log { rows.append(DecisionLog(log).row(words, view)) }
    let purposes = switches.open.filter { !$0.hasPrefix("vendor:") }
    return screen(
      .centre, "centre", rows + policyLink + contact,
      refusal + [
        // A vendor goes with its purposes: to refuse all is to leave it nothing.
        button("reject", purposes.answered { _ in .denied }),
        button("accept", switches.open.answered { _ in .granted }),
        button("save", switches.chosen),
      ])
  }

  /// What is moved once the person has moved one more: what needs another purpose goes off with it,
  /// and stays off when that comes back.
  public func move(_ moved: [String: Bool], _ id: String, on: Bool) -> [String: Bool] {
    Switches(policy, view, moved: moved.merging([id: on]) { $1 }).standing
  }

  private func rows(of purpose: ConsentPolicy.Purpose, _ switches: Switches) -> [Row] {
    let name = words.name(of: purpose.id)
    let head: Row =
      purpose.isOpen(view)
      ? switches.row(purpose.id, name) : .always(name: name, text: words("always"))
    var rows = [head] + notes(of: purpose).filter { !$0.isEmpty }.map { .note($0) }
    if let described = list?.purposes(purpose.tcf ?? [], words) { rows.append(described) }
    let vendors = (policy.vendors ?? []).filter { $0.purposes.contains(purpose.id) }
    let services = (policy.services ?? []).filter { $0.purposes.contains(purpose.id) }
    let count = ["count": String(vendors.count + services.count)]
    let partners =
      vendors.flatMap { self.rows(of: $0, below: purpose, switches) }
      + services.flatMap { [.item($0.name ?? $0.id)] + note("services.\($0.id).text") }
    return partners.isEmpty ? rows : rows + [.fold(words("partners", count), partners)]
  }

  private func notes(of purpose: ConsentPolicy.Purpose) -> [String] {
    let standing = view.purposes[purpose.id]
    let isOpen = purpose.isOpen(view)
    let needs = (purpose.requires ?? []).map(words.name(of:)).joined(separator: ", ")
    var notes = [words("purposes.\(purpose.id).text")]
    if isOpen && purpose.basis == "legitimate_interest" { notes.append(words("objection")) }
    if isOpen && !needs.isEmpty { notes.append(words("needs", ["names": needs])) }
    if isOpen && standing?.isImposed == true { notes.append(words("unavailable")) }
    if let why = standing?.why, Self.isDueFor(why) { notes.append(words(why)) }
    if view.conflicts?.contains(purpose.id) == true { notes.append(words("conflict")) }
    if view.contradictions?.contains(purpose.id) == true { notes.append(words("contradiction")) }
    return notes
  }

  // Only the vendor of a collector has a switch of its own; it stands at the first of its purposes.
  private func rows(
    of vendor: ConsentPolicy.Vendor, below purpose: ConsentPolicy.Purpose, _ switches: Switches
  ) -> [Row] {
    let name = vendor.name ?? vendor.id
    let isFirst = policy.purposes.first { vendor.purposes.contains($0.id) }?.id == purpose.id
    let hasSwitch = isFirst && view.purposes[vendor.switchId] != nil
    var rows = [hasSwitch ? switches.row(vendor.switchId, name) : .item(name)]
    rows += note("vendors.\(vendor.id).text")
    if let url = vendor.privacyUrl { rows.append(.link(words("policy"), url: url)) }
    if let id = vendor.tcfId, let list { rows += list.vendor(id, words) }
    return rows
  }

  private func note(_ name: String) -> [Row] {
    let text = words(name)
    return text.isEmpty ? [] : [.note(text)]
  }

  // MARK: What several layers have

  private func screen(
    _ layer: ConsentScreen.Layer, _ title: String, _ rows: [Row], _ buttons: [Button]
  ) -> ConsentScreen {
    // An empty text takes a sentence away.
    let said = rows.filter { $0 != .text("") && $0 != .note("") }
    return ConsentScreen(
      layer: layer, language: language, title: words(title), rows: said, buttons: buttons,
      revision: policy.revision)
  }

  private func button(
    _ control: String, _ choices: [String: Choice], _ name: String? = nil
  ) -> Button {
    Button(control: control, text: words(name ?? control), choices: choices)
  }

  private var signal: [Row] {
    view.purposes.values.contains { $0.why == "gpc" } ? [.note(words("gpc"))] : []
  }

  private var policyLink: [Row] {
    (policy.controller?.policyUrl).map { [.link(words("policy"), url: $0)] } ?? []
  }

  private var contact: [Row] {
    guard let contact = policy.controller?.contact else { return [] }
    return [contact.contains("@") ? .link(contact, url: "mailto:\(contact)") : .note(contact)]
  }
}
