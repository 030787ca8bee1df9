/* sdk/include of this tree. */
#include <waymark/abi.h>
