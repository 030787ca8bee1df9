// The engine of the page module for tests that are linked natively: page/engine/parts.h as
// constants of the link. Whoever needs a part loads waymark-all.wasm, which has them all.
#include "engine/parts.h"
#include "identity/own_ids.h"

namespace waymark {

const bool kHasParts = false;
const bool kHasOwnIds = false;

}  // namespace waymark
