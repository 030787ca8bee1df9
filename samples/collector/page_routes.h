// Serves the live page at / and its files under /page/, with a strict Content-Security-Policy.
#ifndef WAYMARK_SAMPLES_COLLECTOR_PAGE_ROUTES_H_
#define WAYMARK_SAMPLES_COLLECTOR_PAGE_ROUTES_H_

#include "http_server.h"

namespace waymark::collector {

void AddPageRoutes(HttpServer& server);

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_PAGE_ROUTES_H_
