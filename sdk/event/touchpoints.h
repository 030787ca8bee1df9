// All touchpoints of the vocabulary, with their stages and properties: for what no page needs
// without asking for it. Made of vocabulary.json by scripts/vocabulary.mjs.
#ifndef WAYMARK_EVENT_TOUCHPOINTS_H_
#define WAYMARK_EVENT_TOUCHPOINTS_H_

#include <string_view>

namespace waymark {

// The place of a touchpoint; -1 when the vocabulary does not have it.
int FindAnyTouchpoint(std::string_view name);

// "pre_purchase", "purchase", "post_purchase"; empty at any time, and for -1.
std::string_view TouchpointStage(int touchpoint);

// What its properties are: event/plan.h has the grammar.
std::string_view TouchpointRow(int touchpoint);

// The same of an object that properties have; empty: there is none of this name.
std::string_view TouchpointObject(std::string_view name);

}  // namespace waymark

#endif  // WAYMARK_EVENT_TOUCHPOINTS_H_
