// The directory that may change while the service runs.
#include "ca/policy/source.h"

#include <filesystem>
#include <fstream>

#include "tests/unit/ca/policy/fixture.h"

namespace chancery::policy {
namespace {

using Outcome = ProfileSource::Outcome;
using testing::HasSubstr;

const TimePoint start = from_unix(1790000000);

class ProfileSourceTest : public testing::Test {
 protected:
  ProfileSourceTest() {
    std::filesystem::create_directories(directory);
    write("test.yaml", good_profile);
    source = must(ProfileSource::open(directory, start));
  }
  ~ProfileSourceTest() override { std::filesystem::remove_all(directory); }
  void write(const std::string& file, const std::string& text) const {
    std::ofstream(directory + "/" + file) << text;
  }
  [[nodiscard]] int lifetime_days() const {
    return static_cast<int>(source->state().profiles->find(ProfileName("test"))->lifetime.count() / 86400);
  }

  std::string directory = testing::TempDir() + "chancery-source-" + std::to_string(::getpid());
  std::unique_ptr<ProfileSource> source;
};

TEST_F(ProfileSourceTest, TakesAChangeThatTwoLooksHaveSeen) {
  EXPECT_EQ(source->refresh(start + Seconds(3)), Outcome::unchanged);
  write("test.yaml", with("lifetime: 90d", "lifetime: 80d"));
  EXPECT_EQ(source->refresh(start + Seconds(6)), Outcome::unchanged);
  EXPECT_EQ(lifetime_days(), 90);
  EXPECT_EQ(source->refresh(start + Seconds(9)), Outcome::loaded);
  EXPECT_EQ(lifetime_days(), 80);
  EXPECT_EQ(source->state().loaded_at, start + Seconds(9));
  EXPECT_EQ(source->refresh(start + Seconds(12)), Outcome::unchanged);
}

TEST_F(ProfileSourceTest, ADirectoryThatIsBeingWrittenIsNotTakenHalfWay) {
  for (int days = 70; days < 75; ++days) {
    write("test.yaml", with("lifetime: 90d", "lifetime: " + std::to_string(days) + "d"));
    EXPECT_EQ(source->refresh(start), Outcome::unchanged);
  }
  EXPECT_EQ(lifetime_days(), 90);
}

TEST_F(ProfileSourceTest, ReloadTakesWhatIsThereAtOnce) {
  write("test.yaml", with("lifetime: 90d", "lifetime: 80d"));
  write("more.yaml", with("name: test", "name: more"));
  EXPECT_EQ(source->reload(start), Outcome::loaded);
  EXPECT_EQ(lifetime_days(), 80);
  EXPECT_NE(source->state().profiles->find(ProfileName("more")), nullptr);
  EXPECT_EQ(source->reload(start), Outcome::unchanged);
}

TEST_F(ProfileSourceTest, OneFaultChangesNothingAndIsToldOnce) {
  write("test.yaml", with("lifetime: 90d", "lifetime: 80d"));
  write("bad.yaml", with("max: 20", "max: x"));
  const auto before = source->state().profiles;
  EXPECT_EQ(source->refresh(start), Outcome::unchanged);
  EXPECT_EQ(source->refresh(start), Outcome::refused);
  EXPECT_EQ(source->state().profiles, before);
  ASSERT_TRUE(source->state().fault);
  EXPECT_THAT(source->state().fault->message, HasSubstr("bad.yaml:9:8: "));
  EXPECT_EQ(source->refresh(start), Outcome::unchanged);
  ASSERT_TRUE(source->state().fault);
  EXPECT_EQ(source->reload(start), Outcome::refused);  // who asks is told again
}

TEST_F(ProfileSourceTest, RecoversWhenTheFilesAreAsTheyWere) {
  write("bad.yaml", "name: 1");
  EXPECT_EQ(source->reload(start), Outcome::refused);
  std::filesystem::remove(directory + "/bad.yaml");
  EXPECT_EQ(source->refresh(start), Outcome::unchanged);
  EXPECT_EQ(source->refresh(start), Outcome::recovered);
  EXPECT_FALSE(source->state().fault);
  EXPECT_EQ(source->state().loaded_at, start);
}

TEST_F(ProfileSourceTest, RecoversByACorrection) {
  write("test.yaml", with("max: 20", "max: x"));
  EXPECT_EQ(source->reload(start), Outcome::refused);
  write("test.yaml", with("max: 20", "max: 21"));
  EXPECT_EQ(source->reload(start), Outcome::loaded);
  EXPECT_FALSE(source->state().fault);
}

TEST_F(ProfileSourceTest, AnEmptyOrMissingDirectoryIsAFault) {
  std::filesystem::remove(directory + "/test.yaml");
  EXPECT_EQ(source->reload(start), Outcome::refused);
  std::filesystem::remove_all(directory);
  EXPECT_EQ(source->refresh(start), Outcome::unchanged);
  EXPECT_EQ(source->refresh(start), Outcome::refused);
  EXPECT_THAT(source->state().fault->message, HasSubstr("cannot read the profile directory"));
  EXPECT_EQ(lifetime_days(), 90);
}

TEST_F(ProfileSourceTest, WhatHasBeenTakenStaysWithWhoeverHoldsIt) {
  const auto held = source->state().profiles;
  write("test.yaml", with("lifetime: 90d", "lifetime: 80d"));
  EXPECT_EQ(source->reload(start), Outcome::loaded);
  EXPECT_EQ(held->find(ProfileName("test"))->lifetime, Seconds(90LL * 86400));
}

}  // namespace
}  // namespace chancery::policy
