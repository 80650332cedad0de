#include "ca/ceremony/run/output_folder.h"

#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using OutputFolder = testing::CeremonyTest;

TEST_F(OutputFolder, FilesNotKeptGoAgain) {
  {
    NewFiles files(output);
    EXPECT_TRUE(files.write("a", as_bytes("1"), 0600));
    EXPECT_TRUE(files.write("b", as_bytes("2"), 0600));
    EXPECT_EQ(contents().size(), 2U);
  }
  EXPECT_TRUE(contents().empty());
}

TEST_F(OutputFolder, KeptFilesStay) {
  {
    NewFiles files(output);
    EXPECT_TRUE(files.write("a", as_bytes("1"), 0600));
    files.keep();
  }
  EXPECT_EQ(contents(), (std::map<std::string, std::string>{{"a", "1"}}));
}

TEST_F(OutputFolder, OnlyOwnFilesAreTakenBack) {
  write("out/b", "older");
  {
    NewFiles files(output);
    EXPECT_TRUE(files.write("a", as_bytes("1"), 0600));
    const Result<void> second = files.write("b", as_bytes("2"), 0600);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
  }
  EXPECT_EQ(contents(), (std::map<std::string, std::string>{{"b", "older"}}));
}

TEST_F(OutputFolder, AbsoluteNamesStandForThemselves) {
  EXPECT_EQ(path_in("out", "a.pem"), "out/a.pem");
  EXPECT_EQ(path_in("out", "/media/a.pem"), "/media/a.pem");
}

}  // namespace
}  // namespace chancery::ceremony
