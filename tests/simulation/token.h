// Marks that a call carries, so that its event is known again wherever it turns up: in the store,
// in a request, at a collector.
#ifndef WAYMARK_TESTS_SIMULATION_TOKEN_H_
#define WAYMARK_TESTS_SIMULATION_TOKEN_H_

#include <set>
#include <string>
#include <string_view>

namespace waymark_simulation {

inline constexpr int kNoToken = -1;

// tk000042: in properties and in the context of one call. A de-identified event carries neither.
std::string TokenText(int token);
// visit_000042: the name of an event that may be de-identified, which is all that is left of it.
std::string TokenName(int token);

// The first token in a text; kNoToken when there is none.
int FindToken(std::string_view text);
// All of them, each once.
std::set<int> FindTokens(std::string_view text);
// The token of a name made by TokenName; kNoToken for other names.
int TokenOfName(std::string_view name);

}  // namespace waymark_simulation

#endif  // WAYMARK_TESTS_SIMULATION_TOKEN_H_
