#include "journey/attribution.h"

#include <algorithm>

namespace waymark {
namespace {

constexpr int kWeightBits = 30;
constexpr int kFractionBits = 24;
// 2^-(2^-k) for k from 1, in units of 2^-30: any fraction of a halving is a product of these.
constexpr int64_t kHalvings[kFractionBits] = {
    759250125,  902905651,  984625594,  1028218693, 1050733751, 1062175491, 1067942999, 1070838486,
    1072289173, 1073015252, 1073378477, 1073560135, 1073650976, 1073696399, 1073719111, 1073730468,
    1073736146, 1073738985, 1073740404, 1073741114, 1073741469, 1073741647, 1073741735, 1073741780};

// 2^-(age / half_life), in units of 2^-30.
int64_t Decayed(int64_t age_ms, int64_t half_life_ms) {
  const int64_t whole = age_ms / half_life_ms;
  if (whole > kWeightBits) return 0;
  const int64_t fraction = ((age_ms % half_life_ms) << kFractionBits) / half_life_ms;
  int64_t weight = int64_t{1} << kWeightBits;
  for (int k = 1; k <= kFractionBits; ++k) {
    const bool has = fraction >> (kFractionBits - k) & 1;
    if (has)
      weight = (weight * kHalvings[k - 1] + (int64_t{1} << (kWeightBits - 1))) >> kWeightBits;
  }
  return weight >> whole;
}

size_t LastNonDirect(const List<AttributedTouch>& touches) {
  for (size_t i = touches.size(); i > 0; --i) {
    if (!touches[i - 1].direct) return i - 1;
  }
  return touches.size() - 1;
}

// With n touches of 2 (n - 2) and 1 parts: two fifths are 40 %.
int64_t PositionWeight(size_t place, size_t count) {
  const bool end = place == 0 || place + 1 == count;
  if (!end || count <= 2) return 1;
  return 2 * static_cast<int64_t>(count - 2);
}

}  // namespace

List<int64_t> Attribute(AttributionModel model, const List<AttributedTouch>& touches,
                        int64_t half_life_ms) {
  const size_t count = touches.size();
  size_t one = 0;
  if (model == AttributionModel::kLast) one = count - 1;
  if (model == AttributionModel::kLastNonDirect && count > 0) one = LastNonDirect(touches);
  List<int64_t> weights;
  for (size_t i = 0; i < count; ++i) {
    int64_t weight = i == one;
    if (model == AttributionModel::kLinear) weight = 1;
    if (model == AttributionModel::kPosition) weight = PositionWeight(i, count);
    // Only ages relative to each other count: the latest one has all its weight.
    if (model == AttributionModel::kTimeDecay) {
      const int64_t age_ms = touches.back().time_ms - touches[i].time_ms;
      weight = Decayed(std::max<int64_t>(age_ms, 0), half_life_ms);
    }
    weights.push_back(weight);
  }
  return Apportion(weights);
}

List<int64_t> Apportion(const List<int64_t>& weights) {
  int64_t total = 0;
  for (const int64_t weight : weights) total += weight;
  List<int64_t> shares;
  List<int64_t> lost;
  int64_t left = kWholePpm;
  for (const int64_t weight : weights) {
    shares.push_back(weight * kWholePpm / total);
    lost.push_back(weight * kWholePpm % total);
    left -= shares.back();
  }
  for (; left > 0 && !shares.empty(); --left) {
    int64_t* most = std::max_element(lost.begin(), lost.end());  // the first of equals
    *most = -1;
    ++shares[static_cast<size_t>(most - lost.begin())];
  }
  return shares;
}

}  // namespace waymark
