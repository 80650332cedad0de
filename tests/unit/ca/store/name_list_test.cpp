#include "ca/store/sqlite/name_list.h"

#include <SQLiteCpp/Exception.h>
#include <gtest/gtest.h>

namespace chancery::store {
namespace {

TEST(NameList, ReturnsWhatItWasGiven) {
  const std::vector<std::string> names{"dns:web.example", "", "3:abc,", std::string("a\0b", 3)};
  EXPECT_EQ(decode_names(encode_names(names)), names);
  EXPECT_TRUE(decode_names("").empty());
}

TEST(NameList, IsReadable) {
  EXPECT_EQ(encode_names({"dns:web.example"}), "15:dns:web.example,");
}

TEST(NameList, RefusesWhatItDidNotWrite) {
  for (const char* bad :
       {"x", "3", "3:", "3:ab,", "3:abcd", "3:abc;", "-1:a,", ":,", "99999999999999999999:a,", "1:a,2"}) {
    EXPECT_THROW(decode_names(bad), SQLite::Exception) << bad;
  }
}

}  // namespace
}  // namespace chancery::store
