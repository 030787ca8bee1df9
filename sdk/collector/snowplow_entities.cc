#include "collector/snowplow_entities.h"

#include "base/utf8.h"

namespace waymark {
namespace {

constexpr const char* kNotSet = "(not set)";  // what reports show where a demanded text is missing
constexpr int64_t kMoneyMax = 999'999'900;    // 9,999,999 in hundredths: the schemas' bound
constexpr int64_t kCountMax = 9'999'999;
constexpr int kTextMax = 4096;
constexpr int kNameMax = 256;
constexpr int kShortTextMax = 128;
constexpr int kCodeMax = 99;
constexpr int kStepMax = 90;
constexpr int kProductsMax = 100;  // of one event; a collector takes 1 MB in all

// The first of up to three properties that is there.
JsonView First(JsonView object, const char* name, const char* second = nullptr,
               const char* third = nullptr) {
  for (const char* property : {name, second, third}) {
    if (!property) continue;
    const JsonView value = object[property];
    if (value && !value.is(JsonType::kNull)) return value;
  }
  return JsonView();
}

// Text, also of a number: shops give ids as either.
String Text(JsonView value, int bytes_max) {
  if (value.is(JsonType::kNumber)) return String(value.text());
  return String(Utf8Prefix(value.AsString(), static_cast<size_t>(bytes_max)));
}

// Hundredths, also from text such as "19.99"; -1 when there is no amount within the schemas'
// bounds.
int64_t Money(JsonView value) {
  const std::string_view digits = value.is(JsonType::kString) ? value.AsName() : value.text();
  const int64_t amount = FixedOr(digits, 2, -1);
  return amount <= kMoneyMax ? amount : -1;
}

// -1 when there is no whole number up to `most`.
int64_t Count(JsonView value, int64_t most) {
  const int64_t count = value.IntegerOr(-1);
  return count <= most ? count : -1;
}

void WriteMoney(JsonWriter* writer, const char* key, int64_t hundredths) {
  if (hundredths < 0) return;
  String digits;
  AppendFixed(&digits, hundredths, 2);
  writer->FieldRaw(key, digits);
}

void WriteMoney(JsonWriter* writer, const char* key, JsonView value) {
  WriteMoney(writer, key, Money(value));
}

void WriteCount(JsonWriter* writer, const char* key, JsonView value) {
  const int64_t count = Count(value, kCountMax);
  if (count >= 0) writer->Field(key, count);
}

void WriteText(JsonWriter* writer, const char* key, JsonView value, int bytes_max) {
  writer->Field(key, Text(value, bytes_max));
}

void BeginEntity(JsonWriter* writer, std::string_view name) {
  String schema = "iglu:com.snowplowanalytics.snowplow.ecommerce/";
  schema.append(name).append("/jsonschema/1-0-0");
  writer->Begin('{').Field("schema", schema).Key("data").Begin('{');
}

void EndEntity(JsonWriter* writer) { writer->End('}').End('}'); }

// An ISO 4217 code, or nothing.
std::string_view Currency(JsonView object) {
  const std::string_view code = object["currency"].AsName();
  return code.size() == 3 ? code : std::string_view();
}

void WriteProduct(JsonWriter* writer, JsonView product, std::string_view currency_of_all) {
  const String id = Text(First(product, "product_id", "sku", "id"), kTextMax);
  const int64_t price = Money(product["price"]);
  std::string_view currency = Currency(product);
  if (currency.empty()) currency = currency_of_all;
  if (id.empty() || price < 0 || currency.empty()) return;
  const String category = Text(product["category"], kTextMax);
  BeginEntity(writer, "product");
  writer->Field("id", id);
  writer->Field("category",
                category.empty() ? std::string_view(kNotSet) : std::string_view(category));
  WriteMoney(writer, "price", price);
  writer->Field("currency", currency);
  WriteText(writer, "name", product["name"], kTextMax);
  WriteMoney(writer, "list_price", product["list_price"]);
  WriteCount(writer, "quantity", product["quantity"]);
  WriteText(writer, "size", product["size"], kNameMax);
  WriteText(writer, "variant", product["variant"], kNameMax);
  WriteText(writer, "brand", product["brand"], kNameMax);
  WriteCount(writer, "position", product["position"]);
  EndEntity(writer);
}

void WriteProducts(JsonWriter* writer, JsonView properties) {
  const std::string_view currency = Currency(properties);
  for (JsonItems product(properties["products"]); product.Next();) {
    if (product.index() >= kProductsMax) return;
    WriteProduct(writer, product.value(), currency);
  }
}

int64_t TotalQuantity(JsonView properties) {
  int64_t total = Count(properties["total_quantity"], kCountMax);
  if (total >= 0) return total;
  total = 0;
  for (JsonItems product(properties["products"]); product.Next();) {
    const int64_t quantity = Count(product.value()["quantity"], kCountMax);
    total += quantity < 0 ? 1 : quantity;
  }
  return total < kCountMax ? total : kCountMax;
}

// Transaction and refund: an id, an amount and a currency, or nothing at all. True when the entity
// was begun.
bool BeginPayment(JsonWriter* writer, const char* entity, const char* amount_key, JsonView amount,
                  JsonView properties) {
  const String id = Text(First(properties, "order_id", "transaction_id"), kTextMax);
  const int64_t hundredths = Money(amount);
  const std::string_view currency = Currency(properties);
  if (id.empty() || hundredths < 0 || currency.empty()) return false;
  BeginEntity(writer, entity);
  writer->Field("transaction_id", id);
  WriteMoney(writer, amount_key, hundredths);
  writer->Field("currency", currency);
  return true;
}

void WriteTransaction(JsonWriter* writer, JsonView properties) {
  const JsonView revenue = First(properties, "total", "revenue", "value");
  if (!BeginPayment(writer, "transaction", "revenue", revenue, properties)) return;
  const String payment = Text(properties["payment_method"], kShortTextMax);
  writer->Field("payment_method",
                payment.empty() ? std::string_view(kNotSet) : std::string_view(payment));
  writer->Field("total_quantity", TotalQuantity(properties));
  WriteMoney(writer, "tax", properties["tax"]);
  WriteMoney(writer, "shipping", properties["shipping"]);
  WriteText(writer, "discount_code", First(properties, "coupon", "discount_code"), kCodeMax);
  WriteMoney(writer, "discount_amount", properties["discount"]);
  EndEntity(writer);
}

void WriteRefund(JsonWriter* writer, JsonView properties) {
  const JsonView amount = First(properties, "refund_amount", "total", "value");
  if (!BeginPayment(writer, "refund", "refund_amount", amount, properties)) return;
  WriteText(writer, "refund_reason", First(properties, "reason", "refund_reason"), kTextMax);
  EndEntity(writer);
}

void WriteCart(JsonWriter* writer, JsonView properties) {
  const int64_t value = Money(First(properties, "cart_value", "cart_total"));
  const std::string_view currency = Currency(properties);
  if (value < 0 || currency.empty()) return;
  BeginEntity(writer, "cart");
  WriteMoney(writer, "total_value", value);
  writer->Field("currency", currency);
  WriteText(writer, "cart_id", properties["cart_id"], kTextMax);
  EndEntity(writer);
}

void WriteCheckoutStep(JsonWriter* writer, JsonView properties) {
  const int64_t step = Count(properties["step"], kStepMax);
  if (step < 1) return;
  BeginEntity(writer, "checkout_step");
  writer->Field("step", step);
  WriteText(writer, "delivery_method", properties["shipping_method"], kShortTextMax);
  WriteText(writer, "payment_method", properties["payment_method"], kShortTextMax);
  WriteText(writer, "coupon_code", properties["coupon"], kShortTextMax);
  EndEntity(writer);
}

}  // namespace

void WriteEntities(JsonWriter* writer, Entities kind, JsonView properties) {
  switch (kind) {
    case Entities::kNone:
      return;
    case Entities::kProduct:
      return WriteProduct(writer, properties, {});
    case Entities::kProducts:
      return WriteProducts(writer, properties);
    case Entities::kCart:
      WriteProduct(writer, properties, {});
      return WriteCart(writer, properties);
    case Entities::kCheckoutStep:
      return WriteCheckoutStep(writer, properties);
    case Entities::kTransaction:
      WriteTransaction(writer, properties);
      return WriteProducts(writer, properties);
    case Entities::kRefund:
      WriteRefund(writer, properties);
      return WriteProducts(writer, properties);
  }
}

}  // namespace waymark
