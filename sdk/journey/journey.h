// What is known of one customer's journey on this device: where they came from, how far they are,
// what they bought, what they answered, and which silences may begin.
//
// Invariant: two versions of one journey, as two tabs may have them, become one by Merge(), in
// whatever order and however often. So times are kept where a state would do: what happened last
// holds.
#ifndef WAYMARK_JOURNEY_JOURNEY_H_
#define WAYMARK_JOURNEY_JOURNEY_H_

#include <cstdint>
#include <string_view>

#include "base/json_view.h"
#include "base/json_writer.h"
#include "base/list.h"
#include "base/string.h"
#include "journey/attribution.h"
#include "journey/channel.h"
#include "journey/journey_rules.h"
#include "journey/stage.h"

namespace waymark {

// An arrival: the first event of a visit, or a campaign or referrer within one.
struct Touch {
  int64_t time_ms = 0;
  Source source;
};

// An order, a refund or another conversion. Amounts are thousandths of the currency's unit.
struct Deed {
  int64_t time_ms = 0;
  String name;  // of the event
  String mark;  // stands for the order; empty: it has no id
  int64_t amount = 0;
  String currency;
};

struct CurrencySum {
  String currency;
  int64_t ordered = 0;
  int64_t refunded = 0;
};

struct Count {
  String name;
  int64_t count = 0;
};

// What deeds add up to.
struct Totals {
  int64_t until_ms = 0;  // the latest deed in it
  int64_t orders = 0;
  int64_t refunds = 0;
  List<CurrencySum> sums;
  List<Count> conversions;
};

// Of NPS, CSAT and CES, in this order.
struct SurveyAnswer {
  int64_t time_ms = 0;
  int64_t score = 0;  // thousandths
};
inline constexpr int kSurveys = 3;
inline constexpr const char* kSurveyNames = "nps,csat,ces";

// When a rule of silence was armed, met and recorded; in the order of the rules.
struct SilenceState {
  String name;
  int64_t after_ms = 0;     // the latest `after`
  int64_t without_ms = 0;   // the latest `without`
  int64_t recorded_ms = 0;  // the latest silence of it that was recorded: when that began
};

// A silence that has lasted long enough.
struct Silence {
  size_t rule = 0;
  int64_t began_ms = 0;
  String step;
  String touchpoint;  // the last one before it
};

struct Journey {
  StageState stage;
  int64_t first_ms = 0;  // of all events
  int64_t last_ms = 0;
  int64_t cycle_ms = 0;     // when the way to the next purchase began
  int64_t previous_ms = 0;  // the last event of the visit before this one; 0: this is the first
  int64_t handed_ms = 0;    // when the customer took it to another device
  int64_t visits = 0;
  int64_t days = 0;            // on which something happened
  String touchpoint;           // the last one of the vocabulary
  String step;                 // the last step that an event named; of a form, of a checkout
  List<Touch> touches;         // in the order of time
  int64_t touches_before = 0;  // that are not kept any more
  List<Deed> deeds;            // in the order of time
  Totals totals;               // of those that are not kept any more
  SurveyAnswer answers[kSurveys];
  List<SilenceState> silences;
  int64_t traits_ms = 0;
  String traits;  // those that segments ask for: an object of JSON text, or empty

  bool empty() const { return last_ms == 0; }
};

// What happens to a journey.
struct Happening {
  int64_t time_ms = 0;
  std::string_view name;       // of the event, or its verb
  Stage stage = Stage::kNone;  // of the touchpoint; kNone: it is none of the vocabulary
  JsonView properties;
  JsonView traits;
  bool new_visit = false;
};

// Silences that have lasted long enough at `now_ms`, and were not recorded yet.
List<Silence> EndedSilences(const Journey& journey, const JourneyRules& rules, int64_t now_ms);
// When the next one will have; kNever: none is armed.
int64_t NextSilence(const Journey& journey, const JourneyRules& rules);
// Notes one as recorded.
void NoteRecorded(const Silence& silence, const JourneyRules& rules, Journey* journey);

// Takes an event in. Returns whether it is a conversion: an order that was counted before is none.
bool Happen(const Happening& happening, const JourneyRules& rules, Journey* journey);
// The customer was seen, here or elsewhere.
void ComeBack(int64_t time_ms, Journey* journey);
// An arrival. True: a touch began with it.
bool Arrive(const Touch& arrival, bool new_visit, Journey* journey);

void Merge(const Journey& other, Journey* journey);

// Sums of all deeds, kept one by one or not.
Totals AllTotals(const Journey& journey);
// The touches that count for a conversion at that time.
List<AttributedTouch> CountingTouches(const Journey& journey, const JourneyRules& rules,
                                      int64_t conversion_ms, size_t* first);

// What the view has, for whoever asks it: pages, and the rules of segments.
inline constexpr const char* kJourneyMembers =
    "stage,cycle,visits,active_days,days_since_last_visit,orders,refunds,currency,lifetime_value,"
    "order_value,values,conversions,answers,touchpoint,step,first_ms,last_ms,first_touch,"
    "last_touch,touch_count,touches,attribution_ppm";
bool IsJourneyMember(std::string_view name);

// For people, pages and the rules of segments: members of the object that is open. What is asked
// often stands first.
void WriteJourneyView(const Journey& journey, const JourneyRules& rules, JsonWriter* writer);
// What a conversion tells of it: the same, shorter, with what each channel has earned by each
// model.
void WriteConversion(const Journey& journey, const JourneyRules& rules, int64_t time_ms,
                     JsonWriter* writer);
void WriteTouch(const Touch& touch, JsonWriter* writer);

// The value of the key `state/journey`. `anonymous_id`: whose it is; `generation`: of consent.
String WriteJourney(const Journey& journey, std::string_view anonymous_id, uint32_t generation);
Journey ReadJourney(JsonView json);

}  // namespace waymark

#endif  // WAYMARK_JOURNEY_JOURNEY_H_
