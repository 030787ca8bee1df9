#include "origin.h"

#include <gtest/gtest.h>

namespace waymark::collector {
namespace {

TEST(OriginTest, KnowsThisMachine) {
  for (const char* origin :
       {"http://localhost", "http://localhost:8080", "https://LOCALHOST:1", "http://127.0.0.1:8802",
        "http://127.8.9.10", "http://[::1]:8802", "http://shop.localhost:3000"}) {
    EXPECT_TRUE(IsLoopbackOrigin(origin)) << origin;
  }
}

TEST(OriginTest, KnowsEveryoneElse) {
  for (const char* origin : {"", "null", "http://shop.example", "http://localhost.evil.example",
                             "http://127.0.0.1.evil.example", "http://127.0.0.256", "http://127.1",
                             "http://[::1", "http://[::2]:80", "file://localhost",
                             "http://evillocalhost", "http://localhost@evil.example"}) {
    EXPECT_FALSE(IsLoopbackOrigin(origin)) << origin;
  }
}

}  // namespace
}  // namespace waymark::collector
