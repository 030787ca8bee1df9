#include "collector/snowplow_entities.h"

#include <initializer_list>

#include "base/utf8.h"

namespace waymark {
namespace {

constexpr std::string_view kNotSet = "(not set)";  // what reports show where a demanded text is missing
constexpr int64_t kMoneyMax = 999'999'900;         // 9,999,999 in hundredths: the schemas' bound
constexpr int64_t kCountMax = 9'999'999;
constexpr size_t kTextMax = 4096;
constexpr size_t kShortTextMax = 128;
constexpr size_t kLabelMax = 256;
constexpr size_t kCodeMax = 99;
constexpr int64_t kStepMax = 90;
constexpr int kProductsMax = 100;  // of one event; a collector takes 1 MB in all

using Names = std::initializer_list<std::string_view>;

// The first property of these names.
JsonView First(const JsonView& object, Names names) {
  for (const std::string_view name : names) {
    const JsonView value = object[name];
    if (value && !value.is(JsonType::kNull)) return value;
  }
  return JsonView();
}

// Text, also of a number: shops give ids as either.
std::string Text(const JsonView& object, Names names, size_t bytes_max) {
  const JsonView value = First(object, names);
  if (value.is(JsonType::kNumber)) return std::string(value.text());
  return std::string(Utf8Prefix(value.AsString(), bytes_max));
}

// Hundredths, also from text such as "19.99"; -1 when there is no amount within the schemas' bounds.
int64_t Money(const JsonView& object, Names names) {
  const JsonView value = First(object, names);
  const std::string digits =
      value.is(JsonType::kString) ? value.AsString() : std::string(value.text());
  const int64_t amount = ParseFixed(digits, 2).value_or(-1);
  return amount <= kMoneyMax ? amount : -1;
}

int64_t Count(const JsonView& object, Names names, int64_t most) {
  const int64_t count = First(object, names).AsInteger().value_or(-1);
  return count <= most ? count : -1;
}

void WriteMoney(JsonWriter* writer, std::string_view key, int64_t hundredths) {
  if (hundredths < 0) return;
  std::string digits;
  AppendFixed(&digits, hundredths, 2);
  writer->FieldRaw(key, digits);
}

void WriteCount(JsonWriter* writer, std::string_view key, int64_t count) {
  if (count >= 0) writer->Field(key, count);
}

void BeginEntity(JsonWriter* writer, std::string_view name) {
  std::string schema = "iglu:com.snowplowanalytics.snowplow.ecommerce/";
  schema += name;
  schema += "/jsonschema/1-0-0";
  writer->Begin('{').Field("schema", schema).Key("data").Begin('{');
}

void EndEntity(JsonWriter* writer) { writer->End('}').End('}'); }

bool IsCurrency(const std::string& text) { return text.size() == 3; }

std::string Currency(const JsonView& object) { return Text(object, {"currency"}, kTextMax); }

void WriteProduct(JsonWriter* writer, const JsonView& product, const std::string& currency_of_all) {
  const std::string id = Text(product, {"product_id", "sku", "id"}, kTextMax);
  const int64_t price = Money(product, {"price"});
  std::string currency = Currency(product);
  if (!IsCurrency(currency)) currency = currency_of_all;
  if (id.empty() || price < 0 || !IsCurrency(currency)) return;
  const std::string category = Text(product, {"category"}, kTextMax);
  BeginEntity(writer, "product");
  writer->Field("id", id);
  writer->Field("name", Text(product, {"name"}, kTextMax));
  writer->Field("category", category.empty() ? kNotSet : category);
  WriteMoney(writer, "price", price);
  WriteMoney(writer, "list_price", Money(product, {"list_price"}));
  WriteCount(writer, "quantity", Count(product, {"quantity"}, kCountMax));
  writer->Field("size", Text(product, {"size"}, kLabelMax));
  writer->Field("variant", Text(product, {"variant"}, kLabelMax));
  writer->Field("brand", Text(product, {"brand"}, kLabelMax));
  WriteCount(writer, "position", Count(product, {"position"}, kCountMax));
  writer->Field("currency", currency);
  EndEntity(writer);
}

void WriteProducts(JsonWriter* writer, const JsonView& properties) {
  const std::string currency = Currency(properties);
  for (JsonItems product(properties["products"]); product.Next();) {
    if (product.index() >= kProductsMax) return;
    WriteProduct(writer, product.value(), currency);
  }
}

int64_t TotalQuantity(const JsonView& properties) {
  const int64_t given = Count(properties, {"total_quantity"}, kCountMax);
  if (given >= 0) return given;
  int64_t total = 0;
  for (JsonItems product(properties["products"]); product.Next();) {
    const int64_t quantity = Count(product.value(), {"quantity"}, kCountMax);
    total += quantity < 0 ? 1 : quantity;
  }
  return total < kCountMax ? total : kCountMax;
}

void WriteTransaction(JsonWriter* writer, const JsonView& properties) {
  const std::string id = Text(properties, {"order_id", "transaction_id"}, kTextMax);
  const int64_t revenue = Money(properties, {"total", "revenue", "value"});
  const std::string currency = Currency(properties);
  if (id.empty() || revenue < 0 || !IsCurrency(currency)) return;
  const std::string payment = Text(properties, {"payment_method"}, kShortTextMax);
  BeginEntity(writer, "transaction");
  writer->Field("transaction_id", id);
  WriteMoney(writer, "revenue", revenue);
  writer->Field("currency", currency);
  writer->Field("payment_method", payment.empty() ? kNotSet : payment);
  WriteCount(writer, "total_quantity", TotalQuantity(properties));
  WriteMoney(writer, "tax", Money(properties, {"tax"}));
  WriteMoney(writer, "shipping", Money(properties, {"shipping"}));
  writer->Field("discount_code", Text(properties, {"coupon", "discount_code"}, kCodeMax));
  WriteMoney(writer, "discount_amount", Money(properties, {"discount"}));
  EndEntity(writer);
}

void WriteCart(JsonWriter* writer, const JsonView& properties) {
  const int64_t value = Money(properties, {"cart_value", "cart_total"});
  const std::string currency = Currency(properties);
  if (value < 0 || !IsCurrency(currency)) return;
  BeginEntity(writer, "cart");
  writer->Field("cart_id", Text(properties, {"cart_id"}, kTextMax));
  WriteMoney(writer, "total_value", value);
  writer->Field("currency", currency);
  EndEntity(writer);
}

void WriteCheckoutStep(JsonWriter* writer, const JsonView& properties) {
  const int64_t step = Count(properties, {"step"}, kStepMax);
  if (step < 1) return;
  BeginEntity(writer, "checkout_step");
  writer->Field("step", step);
  writer->Field("delivery_method", Text(properties, {"shipping_method"}, kShortTextMax));
  writer->Field("payment_method", Text(properties, {"payment_method"}, kShortTextMax));
  writer->Field("coupon_code", Text(properties, {"coupon"}, kShortTextMax));
  EndEntity(writer);
}

void WriteRefund(JsonWriter* writer, const JsonView& properties) {
  const std::string id = Text(properties, {"order_id", "transaction_id"}, kTextMax);
  const int64_t amount = Money(properties, {"refund_amount", "total", "value"});
  const std::string currency = Currency(properties);
  if (id.empty() || amount < 0 || !IsCurrency(currency)) return;
  BeginEntity(writer, "refund");
  writer->Field("transaction_id", id);
  writer->Field("currency", currency);
  WriteMoney(writer, "refund_amount", amount);
  writer->Field("refund_reason", Text(properties, {"reason", "refund_reason"}, kTextMax));
  EndEntity(writer);
}

}  // namespace

void WriteEntities(JsonWriter* writer, Entities kind, const JsonView& properties) {
  switch (kind) {
    case Entities::kNone:
      return;
    case Entities::kProduct:
      return WriteProduct(writer, properties, std::string());
    case Entities::kProducts:
      return WriteProducts(writer, properties);
    case Entities::kCart:
      WriteProduct(writer, properties, std::string());
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
