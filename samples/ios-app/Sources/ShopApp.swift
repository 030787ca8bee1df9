#if canImport(SwiftUI)
import SwiftUI
import Waymark

/// One client for the whole app: opened once, never waited for.
enum Measuring {
  static let waymark: Waymark = {
    let config = Bundle.main.url(forResource: "waymark", withExtension: "json")
      .flatMap { try? String(contentsOf: $0, encoding: .utf8) }
    // Without a config the client is off, and says so in `problems`; the shop goes on.
    return Waymark.open(Waymark.Options(config: config ?? ""))
  }()
}

@main
struct ShopApp: App {
  private let waymark = Measuring.waymark
  @State private var showsPrivacy = false

  init() {
    waymark.followApp()
  }

  var body: some Scene {
    WindowGroup {
      NavigationStack {
        ProductList(waymark: waymark)
          .toolbar { ConsentEntry(waymark: waymark, settings: $showsPrivacy) }
      }
      .waymarkConsent(waymark, settings: $showsPrivacy)
      .waymarkLinks(waymark)
      .task {
        for await problem in waymark.problems {
          print("waymark \(problem.code) \(problem.pointer): \(problem.found), allowed: \(problem.allowed)")
        }
      }
    }
  }
}
#endif
