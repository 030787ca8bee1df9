// Segment, event by event and answer by answer. Whole batches stand in
// tests/contract/purchase.jsonl.
#include <gtest/gtest.h>

#include "collector_fixture.h"

namespace waymark_test {
namespace {

constexpr const char* kOptions = R"({"write_key":"K"})";

std::string FatesAfter(int status, int then = 200) {
  return Fates("segment", Json::parse(kOptions), {status, "", ""}, 4, {then, "", ""});
}

TEST(SegmentTest, JudgesAnswersAsItsLibrariesDo) {
  EXPECT_EQ(FatesAfter(200), "acknowledged 4");
  for (int status : {408, 410, 429, 460, 500, 502, 599}) {
    EXPECT_EQ(FatesAfter(status), "later 4") << status;
  }
  for (int status : {301, 401, 403, 404, 501, 505, 511}) {
    EXPECT_EQ(FatesAfter(status), "rejected 4") << status;
  }
  EXPECT_EQ(FatesAfter(400), "again 4");
  EXPECT_EQ(FatesAfter(413), "again 4");
  EXPECT_EQ(FatesAfter(400, 400), "rejected 4");
  EXPECT_EQ(FatesAfter(413, 413), "oversize 4");
}

TEST(SegmentTest, KeepsFreeNamesAndTranslatesTheVocabulary) {
  const auto segment = MakeProtocol("segment", kOptions);
  EXPECT_EQ(EncodeJson(*segment, Happening("lamp_rubbed"))["event"], "lamp_rubbed");
  EXPECT_EQ(EncodeJson(*segment, Happening("order_completed"))["event"], "Order Completed");
  EXPECT_EQ(EncodeJson(*segment, Happening("product_added_to_wishlist"))["event"],
            "Product Added to Wishlist");
  EXPECT_FALSE(EncodeJson(*segment, Happening("x")).contains("properties"));
}

TEST(ProtocolTest, OneThatIsNotInThisBuildIsRefused) {
  std::string problems;
  EXPECT_EQ(MakeProtocol("telegraph", "{}", &problems), nullptr);
  EXPECT_EQ(problems, "not_allowed /protocol\n");
}

}  // namespace
}  // namespace waymark_test
