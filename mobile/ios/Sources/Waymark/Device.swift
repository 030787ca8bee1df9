import Foundation

/// What app and device say of themselves, by the names of the Segment specification.
enum Device {
  /// No name that the person gave to the device, and no id of it.
  static func context(bundle: Bundle = .main) -> [String: PropertyValue] {
    let system = ProcessInfo.processInfo.operatingSystemVersion
    var context: [String: PropertyValue] = [
      "os": [
        "name": .text(systemName),
        "version": "\(system.majorVersion).\(system.minorVersion).\(system.patchVersion)",
      ],
      "device": ["manufacturer": "Apple", "model": .text(model)],
      "timezone": .text(TimeZone.current.identifier),
      "locale": .text(Locale.current.identifier.replacingOccurrences(of: "_", with: "-")),
    ]
    let app = AppVersion(bundle: bundle)
    var about: [String: PropertyValue] = [
      "version": .text(app.version), "build": .text(app.build),
    ]
    if let name = bundle.object(forInfoDictionaryKey: "CFBundleName") as? String {
      about["name"] = .text(name)
    }
    if let id = bundle.bundleIdentifier { about["namespace"] = .text(id) }
    context["app"] = .object(about)
    return context
  }

  private static var systemName: String {
    #if os(iOS)
    "iOS"
    #elseif os(tvOS)
    "tvOS"
    #elseif os(macOS)
    "macOS"
    #else
    "Linux"
    #endif
  }

  // "iPhone16,2": of which kind, not which one.
  private static var model: String {
    var about = utsname()
    guard uname(&about) == 0 else { return "unknown" }
    return withUnsafeBytes(of: about.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

/// The version that people see, and the build.
public struct AppVersion: Sendable, Equatable {
  public let version: String
  public let build: String

  public init(version: String, build: String) {
    self.version = version
    self.build = build
  }

  public init(bundle: Bundle = .main) {
    let member = { bundle.object(forInfoDictionaryKey: $0) as? String }
    self.init(
      version: member("CFBundleShortVersionString") ?? "", build: member("CFBundleVersion") ?? "")
  }
}
