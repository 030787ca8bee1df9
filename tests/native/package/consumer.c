/* The header is C, and a struct of zeroes says so little that it is refused. */
#include <waymark/c.h>

int main(void) {
  waymark_options options = {0};
  waymark_client* client = 0;
  if (waymark_client_open(&options, &client) != WAYMARK_INVALID_ARGUMENT || client) return 1;
  options.struct_size = sizeof options;
  options.c_version = WAYMARK_C_VERSION + 1;
  if (waymark_client_open(&options, &client) != WAYMARK_VERSION_MISMATCH || client) return 2;
  return waymark_client_track(client, "a", 0) == WAYMARK_INVALID_ARGUMENT ? 0 : 3;
}
