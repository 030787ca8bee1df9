// Every bound of the core, with its unit and the reason for the number.
//
// Invariant: no queue, loop, string or retry in the core is without a bound from this file or from
// the config document, whose own bounds stand in docs/config.schema.json.
#ifndef WAYMARK_BASE_LIMITS_H_
#define WAYMARK_BASE_LIMITS_H_

#include <cstddef>
#include <cstdint>

namespace waymark {

// One frame at the boundary. A page of stored records is 256 KiB; the rest is head room.
inline constexpr size_t kFrameBytesMax = 8 * 1024 * 1024;

// Nesting of any JSON text. Mixpanel allows 3, Amplitude 40; the scanner's stack is this deep.
inline constexpr int kJsonDepthMax = 32;

// Properties or traits of one event, as text. Segment refuses events above 32 KB.
inline constexpr size_t kEventTextBytesMax = 32'000;

// Names are shown in reports; PostHog cuts at 200.
inline constexpr size_t kEventNameBytesMax = 200;

// Segment and Snowplow store 255 and 4,096; an e-mail address has 254 at most.
inline constexpr size_t kUserIdBytesMax = 512;

// URL, title, user agent and screen together; a URL alone may have 2,000 to 8,000.
inline constexpr size_t kContextBytesMax = 16'000;

// Events that wait in memory for the visitor's answer: a long visit without one has about 100.
inline constexpr size_t kHeldEventsMax = 200;

// Purposes are bits of one word; TCF has 11, real policies 3 to 8.
inline constexpr int kPurposesMax = 32;

// Collectors are bits of one word, too; each costs a pass over every batch.
inline constexpr int kCollectorsMax = 16;

// Problems in one output: enough to mend a config in one go, too few to flood a log.
inline constexpr size_t kProblemsMax = 50;

// What may be on its way when the page goes: the Fetch standard's limit for keepalive bodies.
inline constexpr size_t kKeepaliveBytesMax = 64 * 1024;

// One page of stored segments read at start.
inline constexpr int64_t kStorePageBytesMax = 256 * 1024;

// Texts of stored events in memory at one time; the rest waits in the store until these are
// delivered. Nine full batches, and more than a page that is hidden may send at once.
inline constexpr size_t kOutboxWindowBytesMax = 768 * 1024;

// One segment: a burst is stored as several, so that none is more than a quarter of a page to read.
inline constexpr size_t kSegmentBytesMax = 64 * 1024;

// Events fed to the compressor at one go: half a millisecond.
inline constexpr size_t kFeedEventsMax = 32;

// A request that has no answer by then is given up and tried again.
inline constexpr int64_t kHttpTimeoutMs = 30'000;

// Of a collector's answer at most this much is looked at: a verdict of 80 bytes for each event of
// the biggest batch.
inline constexpr size_t kHttpAnswerBytesMax = 80'000;

// A store that refused something is asked again after this.
inline constexpr int64_t kStoreRetryMs = 5'000;

// Entries of the decision log on the device: a decision a day for half a year. Of 500 bytes each;
// browsers give localStorage 5 MB.
inline constexpr uint32_t kLogEntriesMax = 200;

// Lines of a policy's decision table: more than anybody reads, and a second of work.
inline constexpr int64_t kPolicyCasesMax = 1'000'000;

// Ids of purposes and vendors that were refused on a page whose policy has them: some fifty.
inline constexpr size_t kRefusedElsewhereBytesMax = 2'000;

// What a caller says that the person was shown: a hash, a version, a language, a layer, a control.
inline constexpr size_t kShownBytesMax = 1'000;

// A remote document that narrows: names of collectors, events and fields.
inline constexpr size_t kNarrowBytesMax = 16'000;

// Events older than this are given up and counted (`age`): collectors refuse or misfile them.
inline constexpr int64_t kEventAgeMsMax = int64_t{30} * 24 * 3600 * 1000;

// Touches that a journey keeps: the first, and the latest ones. Half of all paths to an order have
// five or fewer; each is some 100 bytes, put down with every burst of calls.
inline constexpr size_t kTouchesMax = 24;

// One text of a touch: source, medium, campaign. Google Analytics reports 100 characters.
inline constexpr size_t kTouchTextBytesMax = 100;

// Arrivals that wait for an event that is admitted: pages seen before an answer.
inline constexpr size_t kArrivalsMax = 16;

// Orders, refunds and conversions that a journey keeps one by one; older ones only add up.
inline constexpr size_t kDeedsMax = 16;

// Currencies whose sums a journey keeps, and events whose conversions it counts.
inline constexpr size_t kCurrenciesMax = 4;
inline constexpr size_t kConversionNamesMax = 20;

// More than any customer orders, in thousandths of a unit: a sum of as many as fit stays in 63
// bits.
inline constexpr int64_t kAmountMax = 1'000'000'000'000;

// Rules of silence; each costs a look at every event.
inline constexpr size_t kSilencesMax = 50;

// Traits that segments ask for.
inline constexpr size_t kTraitsBytesMax = 2'000;

// One rule of a segment, and the operations that stand in each other there.
inline constexpr size_t kLogicBytesMax = 4'000;
inline constexpr int kLogicDepthMax = 16;

// A TC or GPP string, in characters. Three bit fields of 65,535 vendors have 33,000.
inline constexpr size_t kIabTextCharsMax = 131'072;

// Vendors that a document lists by their ids, for all restrictions of a string: nine purposes of
// all 65,535 vendors are 590,000. As ranges they are a few bytes.
inline constexpr size_t kIabListedIdsMax = 1'000'000;

// Signs of a pattern for personal data, each repetition counted: bits of one word with one place
// behind them. The longest national ids have 20.
inline constexpr size_t kPatternSignsMax = 63;

// Patterns for personal data: each is tried at every word.
inline constexpr size_t kPatternsMax = 10;

}  // namespace waymark

#endif  // WAYMARK_BASE_LIMITS_H_
