// The consent sheet. Not compiled on Linux; what stands on it and what its buttons answer is worked
// out in ConsentScreens.swift, what is decided goes to `consent.set`, and nothing is kept here.
#if canImport(SwiftUI) && os(iOS)
import CryptoKit
import SwiftUI

extension SwiftUI.View {
  /// Asks whenever a question is due, tells what is on where nobody is asked before, until somebody
  /// has read it, and shows the settings while `settings` is true.
  public func waymarkConsent(
    _ waymark: Waymark, settings: Binding<Bool> = .constant(false)
  ) -> some SwiftUI.View {
    modifier(ConsentModifier(waymark: waymark, settings: settings))
  }

  /// Tells that this screen was seen, each time it appears.
  public func waymarkScreen(
    _ name: String, _ properties: [String: PropertyValue] = [:], with waymark: Waymark
  ) -> some SwiftUI.View {
    onAppear { waymark.screen(name, properties) }
  }

  /// Tells of links that open the app; `open` gets them without what is ours in them.
  public func waymarkLinks(
    _ waymark: Waymark, open: @escaping (URL) -> Void = { _ in }
  ) -> some SwiftUI.View {
    onOpenURL { open(waymark.opened($0)) }
  }
}

/// The way back to each decision, for a place of the app that is always there. Where nobody is
/// asked before (`opt_out`, `notice`) the law wants one, and wants it to say so: its words are then
/// "Your privacy choices", else "Privacy settings", in the person's language.
public struct ConsentEntry: SwiftUI.View {
  private let waymark: Waymark
  @Binding private var settings: Bool
  @State private var words = ""

  /// - Parameter settings: the one of `waymarkConsent(_:settings:)`.
  public init(waymark: Waymark, settings: Binding<Bool>) {
    self.waymark = waymark
    _settings = settings
  }

  public var body: some SwiftUI.View {
    SwiftUI.Button(words) { settings = true }
      .task {
        for await _ in waymark.views { words = waymark.consentScreens()?.entryWords ?? words }
      }
  }
}

private struct ConsentModifier: ViewModifier {
  let waymark: Waymark
  @Binding var settings: Bool
  @State private var screens: ConsentScreens?
  @State private var log: String?
  @State private var generation = -1
  /// The notice was swept away: it comes again at the next start.
  @State private var isDismissed = false

  func body(content: Content) -> some SwiftUI.View {
    content
      .task { for await seen in waymark.views { await show(seen) } }
      .sheet(isPresented: isShown) {
        if let screens, let layer {
          ConsentSheet(
            waymark: waymark, screens: screens, layer: layer, log: log, settings: $settings)
        }
      }
  }

  private func show(_ seen: Waymark.View) async {
    // Whether the notice has been read stands in the decision log alone.
    if let now = seen.consent?.generation, now != generation {
      generation = now
      log = try? await waymark.consent.records()
    }
    screens = waymark.consentScreens()
  }

  private var layer: ConsentScreen.Layer? {
    guard let screens else { return nil }
    if settings { return .centre }
    if screens.isDue { return .question }
    return !isDismissed && log.map { screens.isNoticeDue(log: $0) } == true ? .notice : nil
  }

  private var isShown: Binding<Bool> {
    Binding(
      get: { layer != nil },
      set: { isPresented in
        if isPresented { return }
        if layer == .notice { isDismissed = true }
        settings = false
      })
  }
}

/// One layer of the consent screen; behind "Settings" every purpose and vendor with its switch.
public struct ConsentSheet: SwiftUI.View {
  private let waymark: Waymark
  private let screens: ConsentScreens
  private let first: ConsentScreen.Layer
  private let log: String?
  @Binding private var settings: Bool
  @State private var showsAll = false
  @State private var moved: [String: Bool] = [:]
  @Environment(\.dismiss) private var dismiss

  /// - Parameter log: the decision log, for the choices so far.
  public init(
    waymark: Waymark, screens: ConsentScreens, layer: ConsentScreen.Layer, log: String?,
    settings: Binding<Bool>
  ) {
    self.waymark = waymark
    self.screens = screens
    first = layer
    self.log = log
    _settings = settings
  }

  private var screen: ConsentScreen {
    switch showsAll ? .centre : first {
    case .question: screens.question
    case .notice: screens.notice
    case .centre: screens.centre(moved: moved, log: log)
    }
  }

  public var body: some SwiftUI.View {
    let screen = screen
    NavigationView {
      VStack(spacing: 0) {
        List { ForEach(Array(screen.rows.enumerated()), id: \.offset) { section($1) } }
        buttons(screen).padding()
      }
      .navigationTitle(screen.title)
      .navigationBarTitleDisplayMode(.inline)
      .toolbar {
        if screen.layer == .centre {
          ToolbarItem(placement: .cancellationAction) {
            SwiftUI.Button(screens.closeWords) { close() }
          }
        }
      }
    }
    .navigationViewStyle(.stack)
    // A question that is due goes by an answer alone.
    .interactiveDismissDisabled(first == .question)
    .environment(\.layoutDirection, isRightToLeft ? .rightToLeft : .leftToRight)
    .environment(\.locale, Locale(identifier: screen.language))
  }

  @ViewBuilder
  private func section(_ row: ConsentScreen.Row) -> some SwiftUI.View {
    if case .group(let rows) = row {
      Section { each(rows) }
    } else {
      self.row(row)
    }
  }

  private func each(_ rows: [ConsentScreen.Row]) -> some SwiftUI.View {
    ForEach(Array(rows.enumerated()), id: \.offset) { row($1) }
  }

  // Of any type, because what is folded holds rows in turn.
  private func row(_ row: ConsentScreen.Row) -> AnyView {
    switch row {
    case .text(let text): AnyView(Text(text))
    case .note(let text): AnyView(Text(text).font(.footnote).foregroundColor(.secondary))
    case .item(let text): AnyView(Text(text).font(.headline))
    case .toggle(let id, let name, let isOn, let isFree):
      AnyView(Toggle(isOn: moving(id, isOn)) { Text(name).font(.headline) }.disabled(!isFree))
    case .always(let name, let text): AnyView(always(name, text))
    case .link(let text, let url):
      AnyView(URL(string: url).map { Link(text, destination: $0) })
    case .more(let text): AnyView(SwiftUI.Button(text) { showsAll = true })
    case .action(let button): AnyView(SwiftUI.Button(button.text) { press(button) })
    case .fold(let title, let rows): AnyView(DisclosureGroup(title) { each(rows) })
    case .group(let rows): AnyView(each(rows))
    }
  }

  private func always(_ name: String, _ text: String) -> some SwiftUI.View {
    HStack {
      Text(name).font(.headline)
      Spacer()
      Text(text).foregroundColor(.secondary)
    }
    .accessibilityElement(children: .combine)
  }

  // To refuse takes one press, as to accept does, by a button of the same size and look.
  private func buttons(_ screen: ConsentScreen) -> some SwiftUI.View {
    VStack(spacing: 8) {
      ForEach(Array(screen.buttons.enumerated()), id: \.offset) { _, button in
        let label = Text(button.text).frame(maxWidth: .infinity)
        if button.isPrimary {
          SwiftUI.Button { press(button) } label: { label }
            .buttonStyle(.borderedProminent).controlSize(.large)
        } else {
          SwiftUI.Button { press(button) } label: { label }
            .buttonStyle(.bordered).controlSize(.large)
        }
      }
    }
  }

  private func moving(_ id: String, _ isOn: Bool) -> Binding<Bool> {
    Binding(get: { isOn }, set: { moved = screens.move(moved, id, on: $0) })
  }

  private func press(_ button: ConsentScreen.Button) {
    guard let choices = button.choices else {
      showsAll = true
      return
    }
    let screen = screen
    var shown = screen.shown(button)
    let text = SHA256.hash(data: Data(screen.words.utf8))
    shown["text_sha256"] = .text(text.map { String(format: "%02x", $0) }.joined())
    waymark.consent.set(choices, shown: shown)
    moved = [:]
    if button.control != "ok" {
      UIAccessibility.post(notification: .announcement, argument: screens.savedWords)
    }
    // Who takes back one thing may want to take back another.
    if button.control != "withdraw" { close() }
  }

  private func close() {
    settings = false
    showsAll = false
    if first == .notice { dismiss() }
  }

  private var isRightToLeft: Bool {
    Locale.characterDirection(forLanguage: screens.language) == .rightToLeft
  }
}
#endif
