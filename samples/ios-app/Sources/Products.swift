#if canImport(SwiftUI)
import SwiftUI
import Waymark

struct Item: Identifiable, Hashable {
  let id: String
  let name: String
  let price: Double

  static let all = [
    Item(id: "compass-01", name: "Compass", price: 49),
    Item(id: "map-01", name: "Map of the hills", price: 12.5),
  ]
}

struct ProductList: View {
  let waymark: Waymark

  var body: some View {
    List(Item.all) { item in
      NavigationLink(item.name, value: item)
    }
    .navigationTitle("Shop")
    .navigationDestination(for: Item.self) { ProductPage(item: $0, waymark: waymark) }
    .waymarkScreen("Products", with: waymark)
  }
}

struct ProductPage: View {
  let item: Item
  let waymark: Waymark

  var body: some View {
    VStack(spacing: 16) {
      Text(item.price, format: .currency(code: "EUR"))
      Button("Buy") {
        waymark.track(
          OrderCompleted(
            orderId: UUID().uuidString, currency: "EUR", total: item.price,
            products: [Product(productId: item.id, name: item.name, price: item.price)]))
      }
      .buttonStyle(.borderedProminent)
    }
    .navigationTitle(item.name)
    .onAppear {
      waymark.track(
        ProductViewed(productId: item.id, name: item.name, price: item.price, currency: "EUR"))
    }
  }
}
#endif
