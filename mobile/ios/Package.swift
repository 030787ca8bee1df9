// swift-tools-version: 6.0
import PackageDescription

// The engine and its host are C++ behind waymark/c.h. On Apple's systems they come as an XCFramework
// (`./make_xcframework` makes it), elsewhere as the installed library, which pkg-config finds.
#if os(Linux)
let native: Target = .systemLibrary(
  name: "CWaymark", path: "Sources/CWaymark", pkgConfig: "waymark")
#else
let native: Target = .binaryTarget(name: "CWaymark", path: "build/CWaymark.xcframework")
#endif

// The engine's own boundary, for the contract suite alone.
#if os(Linux)
let engine: [Target] = [.systemLibrary(name: "CWaymarkEngine", path: "Tests/CWaymarkEngine")]
#else
let engine: [Target] = []
#endif

let package = Package(
  name: "Waymark",
  platforms: [.iOS(.v15), .macOS(.v12), .tvOS(.v15)],
  products: [
    .library(name: "Waymark", targets: ["Waymark"]),
    .library(name: "WaymarkVocabulary", targets: ["WaymarkVocabulary"]),
  ],
  targets: [
    native,
    .target(name: "WaymarkVocabulary"),
    .target(
      name: "Waymark",
      dependencies: ["CWaymark", "WaymarkVocabulary"],
      resources: [.copy("PrivacyInfo.xcprivacy")],
      linkerSettings: [
        .linkedLibrary("c++", .when(platforms: [.iOS, .macOS, .tvOS])),
        .linkedLibrary("sqlite3", .when(platforms: [.iOS, .macOS, .tvOS])),
      ]),
    .testTarget(
      name: "WaymarkTests", dependencies: ["Waymark"] + engine.map { .init(stringLiteral: $0.name) }),
  ] + engine
)
