// The module beside waymark-iab.mjs: what vendors are told of a state of consent, worked out by the
// engine's own code without the engine (docs/adr/0009). The same boundary as the other modules
// (sdk/include/waymark/abi.h), of which it has what questions need: iab_exports.txt.
//
//     {"consent": …, "view": …, "gpc": …, "language": "de", "vendor_list_version": 48,
//      "now": {"wall_ms": …}}
//
// `consent`: the config's member, which the engine has taken. `view`: the member `consent` of its
// view, so that what is told is what the engine obeys. `gpc`: the fact of that name.
#include <cstdlib>
#include <new>

#include "capi/frame.h"
#include "capi/output_writer.h"
#include "consent/iab/derive.h"
#include "waymark/abi.h"

struct waymark_engine {
  waymark::String result;  // what was returned last
};

namespace waymark {
namespace {

std::string_view Bytes(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

int PlaceOf(std::string_view purpose, Policy* policy) {
  if (!purpose.starts_with(kVendorPrefix)) return policy->Find(purpose);
  return AddVendor(policy, purpose.substr(kVendorPrefix.size()));
}

// The state that an engine shows. What it does not show is not allowed.
ConsentState StateOfView(const Input& query, Policy* policy) {
  const JsonView view = query.fields["view"];
  ConsentState state;
  state.decided_ms = view["decided_ms"].IntegerOr(0);
  state.facts.region = view["region"].AsName();
  TakeFact(*policy, "gpc", query.fields["gpc"], &state.facts);
  for (JsonItems item(view["purposes"]); item.Next();) {
    const int place = PlaceOf(item.key(), policy);
    if (place < 0) continue;
    const PurposeSet bit = PurposeSet{1} << place;
    const JsonView shown = item.value()["state"];
    if (shown.IsName("exempt")) state.always_on |= bit;
    if (shown.IsName("granted")) state.granted |= bit;
  }
  return state;
}

void AnswerSignals(const Input& query, JsonWriter* writer, List<Problem>* problems) {
  const JsonView consent = query.fields["consent"];
  Policy policy = ReadPolicy(consent, problems);
  const ConsentState state = StateOfView(query, &policy);
  WriteSignalsForPage({consent, &policy, &state, query.fields["vendor_list_version"].IntegerOr(0),
                       query.now.wall_ms, query.fields["language"].AsName()},
                      writer, problems);
}

}  // namespace
}  // namespace waymark

uint32_t waymark_abi_version(void) { return WAYMARK_ABI_VERSION; }

uint8_t* waymark_alloc(size_t size) { return static_cast<uint8_t*>(std::malloc(size)); }

void waymark_free(uint8_t* bytes) { std::free(bytes); }

waymark_engine* waymark_open(const uint8_t*, size_t) { return new (std::nothrow) waymark_engine(); }

const uint8_t* waymark_query(waymark_engine* engine, const uint8_t* bytes, size_t size) {
  waymark::String repaired;
  const waymark::Input query = waymark::ReadInput(waymark::Bytes(bytes, size), &repaired);
  engine->result = waymark::WriteAnswer(query, [&](auto* answer, auto* problems) {
    waymark::AnswerSignals(query, answer, problems);
  });
  return reinterpret_cast<const uint8_t*>(engine->result.data());
}

void waymark_close(waymark_engine* engine) { delete engine; }
