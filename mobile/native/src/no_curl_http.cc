// Where the library is built without libcurl: requests need the platform's HTTP.
#include "http.h"

namespace waymark::native {

std::unique_ptr<Http> MakeCurlHttp() { return nullptr; }

}  // namespace waymark::native
