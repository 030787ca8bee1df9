// The touchpoints that Segment and Snowplow know by a name of theirs: the shop's events.
//
// A touchpoint of the vocabulary keeps its meaning at every collector: Segment gets the name of its
// e-commerce specification, Snowplow the e-commerce action with its entities. Names outside the
// table pass as they are. All touchpoints, with their properties: event/touchpoints.h. Both are
// made of vocabulary.json by scripts/vocabulary.mjs.
#ifndef WAYMARK_EVENT_VOCABULARY_H_
#define WAYMARK_EVENT_VOCABULARY_H_

#include <cstdint>
#include <string_view>

namespace waymark {

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

// The place of a touchpoint in the vocabulary; -1 when the name is not in it.
int FindTouchpoint(std::string_view name);

// `type` of snowplow_ecommerce_action; empty: no such action.
std::string_view SnowplowAction(int touchpoint);

Entities EntitiesOf(int touchpoint);

// "pre_purchase", "purchase", "post_purchase".
std::string_view StageName(int touchpoint);

}  // namespace waymark

#endif  // WAYMARK_EVENT_VOCABULARY_H_
