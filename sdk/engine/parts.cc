// All parts there are.
#include "engine/parts.h"

#include "identity/own_ids.h"

namespace waymark {

const bool kHasParts = true;
const bool kHasOwnIds = true;

}  // namespace waymark
