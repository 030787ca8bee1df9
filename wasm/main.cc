// Nothing to run: the module is called through the C boundary (sdk/include/waymark/abi.h).
#include "waymark/abi.h"
