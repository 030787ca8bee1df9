// The touchpoints that have a name of their own: the shop's events.
//
// A touchpoint of the vocabulary keeps its meaning at every collector: Segment gets the name of its
// e-commerce specification, Snowplow the e-commerce action with its entities. Names outside the
// table pass as they are. The table's names follow docs/vocabulary.md.
#ifndef WAYMARK_EVENT_VOCABULARY_H_
#define WAYMARK_EVENT_VOCABULARY_H_

#include <cstdint>
#include <string_view>

namespace waymark {

enum class Stage : uint8_t { kPrePurchase, kPurchase, kPostPurchase };

// What of the properties an encoder may read as entities.
enum class Entities : uint8_t {
  kNone,
  kProduct,
  kProducts,
  kCart,
  kCheckoutStep,
  kTransaction,
  kRefund
};

struct Touchpoint {
  const char* name;
  const char* snowplow_action;  // `type` of snowplow_ecommerce_action; null: no such action
  Stage stage;
  Entities entities;
};

// Null when the name is not in the table.
const Touchpoint* FindTouchpoint(std::string_view name);

// "pre_purchase", "purchase", "post_purchase".
std::string_view StageName(Stage stage);

}  // namespace waymark

#endif  // WAYMARK_EVENT_VOCABULARY_H_
