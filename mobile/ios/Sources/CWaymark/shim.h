/* The installed header, which pkg-config finds. */
#include <waymark/c.h>
