// The files of the live page, embedded into the program when it was built.
//
// The table is written by cmake/embed_page.cmake; nothing is read from disk at run time.
#ifndef WAYMARK_SAMPLES_COLLECTOR_PAGE_ASSETS_H_
#define WAYMARK_SAMPLES_COLLECTOR_PAGE_ASSETS_H_

#include <vector>

#include "absl/strings/string_view.h"

namespace waymark::collector {

struct PageAsset {
  absl::string_view name;  // file name inside page/, such as "page.css"
  absl::string_view bytes;
};

// All files, sorted by name.
const std::vector<PageAsset>& PageAssets();

}  // namespace waymark::collector

#endif  // WAYMARK_SAMPLES_COLLECTOR_PAGE_ASSETS_H_
