// WebKit's half of the bridge. Not compiled on Linux; what is said stands in WebViewBridge.swift.
#if canImport(WebKit)
import WebKit

/// Lets pages of your own in a web view use this app's client. Keep it as long as the web view.
///
///     let pages = WaymarkPages(waymark, hosts: ["www.shop.example"])
///     let web = WKWebView(frame: .zero, configuration: pages.configure(WKWebViewConfiguration()))
///     pages.attach(web)
@MainActor
public final class WaymarkPages: NSObject, WKScriptMessageHandler {
  private let waymark: Waymark
  private let hosts: Set<String>
  private weak var web: WKWebView?
  private var bridge: WebViewBridge?

  /// `hosts`: whose pages are believed. Only these, over https, in the main frame.
  public init(_ waymark: Waymark, hosts: Set<String>) {
    self.waymark = waymark
    self.hosts = hosts
  }

  public func configure(_ configuration: WKWebViewConfiguration) -> WKWebViewConfiguration {
    // On pages of others it says nothing: a script of ours runs there, too.
    let names = hosts.sorted().map(Json.quoted).joined(separator: ",")
    let script = "if ([\(names)].includes(location.hostname)) { \(WebViewBridge.startScript) }"
    configuration.userContentController.addUserScript(
      WKUserScript(source: script, injectionTime: .atDocumentStart, forMainFrameOnly: true))
    configuration.userContentController.add(Weak(self), name: "waymark")
    return configuration
  }

  public func attach(_ web: WKWebView) {
    self.web = web
    bridge = WebViewBridge(waymark) { [weak self] script in
      // By the queue, as tasks may overtake each other.
      DispatchQueue.main.async { [weak self] in MainActor.assumeIsolated { self?.run(script) } }
    }
  }

  public func userContentController(
    _ controller: WKUserContentController, didReceive message: WKScriptMessage
  ) {
    let origin = message.frameInfo.securityOrigin
    guard message.frameInfo.isMainFrame, origin.protocol == "https", hosts.contains(origin.host),
      let text = message.body as? String
    else { return }
    bridge?.receive(text)
  }

  private func run(_ script: String) {
    guard let web, web.url?.scheme == "https", let host = web.url?.host, hosts.contains(host) else {
      return
    }
    web.evaluateJavaScript(script)
  }
}

/// A content controller keeps its handlers alive, and the web view its controller.
@MainActor
private final class Weak: NSObject, WKScriptMessageHandler {
  private weak var pages: WaymarkPages?

  init(_ pages: WaymarkPages) { self.pages = pages }

  func userContentController(
    _ controller: WKUserContentController, didReceive message: WKScriptMessage
  ) {
    pages?.userContentController(controller, didReceive: message)
  }
}
#endif
