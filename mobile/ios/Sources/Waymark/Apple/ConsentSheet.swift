// The consent sheet. Not compiled on Linux; what is asked stands in ConsentQuestion.swift, what is
// decided goes to `consent.set`, and nothing is kept here.
#if canImport(SwiftUI) && os(iOS)
import CryptoKit
import SwiftUI

extension SwiftUI.View {
  /// Asks whenever a question is due, and shows the settings while `settings` is true.
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

private struct ConsentModifier: ViewModifier {
  let waymark: Waymark
  @Binding var settings: Bool
  @State private var view: Waymark.ConsentView?

  func body(content: Content) -> some SwiftUI.View {
    content
      .task { for await seen in waymark.views { view = seen.consent } }
      .sheet(isPresented: isShown) {
        if let question { ConsentSheet(waymark: waymark, question: question, settings: $settings) }
      }
  }

  private var question: ConsentQuestion? {
    view.flatMap { ConsentQuestion(config: waymark.options.config, view: $0) }
  }

  private var isShown: Binding<Bool> {
    Binding(
      get: { question != nil && (settings || question?.isDue == true) },
      set: { if !$0 { settings = false } })
  }
}

/// First what is asked, with two answers that weigh the same; behind it every purpose.
public struct ConsentSheet: SwiftUI.View {
  private let waymark: Waymark
  private let question: ConsentQuestion
  @Binding private var settings: Bool
  @State private var showsAll = false
  @State private var on: Set<String>

  public init(waymark: Waymark, question: ConsentQuestion, settings: Binding<Bool>) {
    self.waymark = waymark
    self.question = question
    _settings = settings
    _on = State(initialValue: Set(question.purposes.filter(\.isOn).map(\.id)))
  }

  private var isCentre: Bool { settings || showsAll }

  public var body: some SwiftUI.View {
    NavigationView {
      VStack(spacing: 0) {
        if isCentre { centre } else { first }
        buttons.padding()
      }
      .navigationTitle(question.text(isCentre ? "centre" : "title"))
      .navigationBarTitleDisplayMode(.inline)
      .toolbar {
        if isCentre {
          ToolbarItem(placement: .cancellationAction) {
            Button(question.text("close")) {
              settings = false
              showsAll = false
            }
          }
        }
      }
    }
    .navigationViewStyle(.stack)
    // A question that is due goes by an answer alone.
    .interactiveDismissDisabled(!settings)
    .environment(\.layoutDirection, isRightToLeft ? .rightToLeft : .leftToRight)
  }

  private var first: some SwiftUI.View {
    ScrollView {
      VStack(alignment: .leading, spacing: 12) {
        ForEach(question.reasons, id: \.self) { Text($0).font(.callout.bold()) }
        Text(question.text("text"))
        ForEach(question.purposes.filter { question.due.contains($0.id) }) { purpose in
          Label(purpose.name, systemImage: "circle.fill").labelStyle(.titleOnly)
        }
        policyLink
      }
      .frame(maxWidth: .infinity, alignment: .leading)
      .padding()
    }
  }

  private var centre: some SwiftUI.View {
    List {
      Section { Text(question.text("centre.text")) }
      ForEach(question.purposes) { purpose in
        Section {
          row(purpose)
          ForEach(purpose.notes, id: \.self) { note in
            Text(note).font(.footnote).foregroundColor(.secondary)
          }
        }
      }
      policyLink
    }
  }

  @ViewBuilder
  private func row(_ purpose: ConsentQuestion.Purpose) -> some SwiftUI.View {
    let words = VStack(alignment: .leading, spacing: 4) {
      Text(purpose.name).font(.headline)
      if !purpose.text.isEmpty { Text(purpose.text).font(.subheadline) }
    }
    if purpose.isOpen {
      Toggle(isOn: isOn(purpose.id)) { words }
        .disabled(purpose.isImposed || purpose.requires.contains { !isStanding($0) })
    } else {
      HStack {
        words
        Spacer()
        Text(question.text("always")).foregroundColor(.secondary)
      }
    }
  }

  @ViewBuilder private var policyLink: some SwiftUI.View {
    if let url = question.policyUrl { Link(question.text("policy"), destination: url) }
  }

  // To refuse takes one press, as to accept does, by a button of the same size and look.
  private var buttons: some SwiftUI.View {
    VStack(spacing: 8) {
      HStack(spacing: 8) {
        answerButton("reject") { decide(everything(.denied), "reject") }
        answerButton("accept") { decide(everything(.granted), "accept") }
      }
      if isCentre {
        answerButton("save") { decide(question.answer(on: on), "save") }
      } else {
        Button(question.text("settings")) { showsAll = true }
      }
    }
  }

  private func answerButton(_ name: String, _ action: @escaping () -> Void) -> some SwiftUI.View {
    Button(action: action) { Text(question.text(name)).frame(maxWidth: .infinity) }
      .buttonStyle(.borderedProminent)
      .controlSize(.large)
  }

  private func isOn(_ id: String) -> Binding<Bool> {
    Binding(
      get: { on.contains(id) && question.answer(on: on)[id] != .denied },
      set: { if $0 { on.insert(id) } else { on.remove(id) } })
  }

  private func isStanding(_ id: String) -> Bool {
    on.contains(id) || question.purposes.first { $0.id == id }?.isOpen == false
  }

  private func everything(_ choice: Choice) -> [String: Choice] {
    guard isCentre else { return question.answer(choice) }
    return question.answer(on: choice == .granted ? Set(question.purposes.map(\.id)) : [])
  }

  private func decide(_ choices: [String: Choice], _ control: String) {
    let layer = isCentre ? "centre" : "question"
    var shown = question.shown(layer: layer, control: control)
    let text = SHA256.hash(data: Data(question.words(layer: layer).utf8))
    shown["text_sha256"] = .text(text.map { String(format: "%02x", $0) }.joined())
    waymark.consent.set(choices, shown: shown)
    settings = false
    showsAll = false
  }

  private var isRightToLeft: Bool {
    Locale.characterDirection(forLanguage: question.language) == .rightToLeft
  }
}
#endif
