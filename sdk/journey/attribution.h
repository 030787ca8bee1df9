// Which touches earned a conversion: six models, in millionths.
//
// Whole numbers throughout, so that every face gives the same shares, and the shares of one
// conversion are the whole of it to the last millionth: floats would cost the module bytes, and
// their sums would not.
#ifndef WAYMARK_JOURNEY_ATTRIBUTION_H_
#define WAYMARK_JOURNEY_ATTRIBUTION_H_

#include <cstdint>

#include "base/list.h"

namespace waymark {

// In the order of kAttributionModelNames.
enum class AttributionModel : uint8_t {
  kFirst,
  kLast,
  kLastNonDirect,  // the last one that brought the customer from somewhere; else the last
  kLinear,         // all alike
  kTimeDecay,      // half as much for each half-life before the conversion
  kPosition,       // 40 % the first, 40 % the last, 20 % those between
};
inline constexpr int kAttributionModels = 6;
inline constexpr const char* kAttributionModelNames =
    "first,last,last_non_direct,linear,time_decay,position";

inline constexpr int64_t kWholePpm = 1'000'000;

struct AttributedTouch {
  int64_t time_ms = 0;
  bool direct = false;
};

// The share of each touch, in their order, which is that of time: all together kWholePpm. Empty
// where there are none. `half_life_ms`: above 0.
List<int64_t> Attribute(AttributionModel model, const List<AttributedTouch>& touches,
                        int64_t half_life_ms);

// Shares of kWholePpm as the weights have them. What is left of a millionth goes to those that lost
// most by rounding, among equals to the first.
List<int64_t> Apportion(const List<int64_t>& weights);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_ATTRIBUTION_H_
