#include "ca/base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ca/base/findings.h"
#include "ca/base/guarded.h"
#include "ca/base/ids.h"

namespace chancery {
namespace {

TEST(Result, HoldsAValueOrAnError) {
  const Result<std::string> good(std::string("value"));
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, "value");
  EXPECT_EQ(good->size(), 5U);

  const Result<std::string> bad(make_error(ErrorCode::conflict, "taken", "detail"));
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, ErrorCode::conflict);
  EXPECT_EQ(bad.error().message, "taken");
  EXPECT_EQ(bad.error().internal, "detail");
}

TEST(Result, MovesTheValueOut) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 7);
}

TEST(Result, FallsBackOnAnError) {
  EXPECT_EQ(Result<int>(make_error(ErrorCode::internal, "")).value_or(3), 3);
  EXPECT_EQ(Result<int>(5).value_or(3), 5);
}

TEST(Result, TheValueOfAnErrorIsABug) {
  Result<int> bad(make_error(ErrorCode::internal, ""));
  EXPECT_THROW(static_cast<void>(bad.value()), std::bad_variant_access);
}

TEST(ResultOfNothing, IsOkUntilItHasAnError) {
  EXPECT_TRUE(Result<void>());
  EXPECT_FALSE(Result<void>(make_error(ErrorCode::forbidden, "no")));
}

TEST(Error, ContextComesInFront) {
  Error error = make_error(ErrorCode::validation, "is missing", "inner");
  error.details.push_back({"rule", "file:1:1", "value", "message"});
  const Error longer = with_context(error, "listen.port");
  EXPECT_EQ(longer.message, "listen.port: is missing");
  EXPECT_EQ(longer.code, ErrorCode::validation);
  EXPECT_EQ(longer.details.size(), 1U);
  EXPECT_EQ(longer.internal, "inner");
}

TEST(Findings, OnlyErrorsAreErrors) {
  Findings findings;
  EXPECT_TRUE(findings.empty());
  findings.add({Severity::notice, "a", "", "", ""});
  findings.add({Severity::warning, "b", "", "", ""});
  EXPECT_FALSE(findings.has_errors());
  Findings more;
  more.add({Severity::error, "c", "", "", ""});
  findings.append(more);
  EXPECT_TRUE(findings.has_errors());
  EXPECT_EQ(findings.list().size(), 3U);
}

TEST(Findings, OneLineEach) {
  Findings findings;
  findings.add(
      {Severity::error, "rfc5280.serial_number", "RFC 5280 section 4.1.2.2", "too long", "f.yaml:3:1"});
  findings.add({Severity::warning, "house.thing", "", "odd", ""});
  EXPECT_EQ(to_string(findings),
            "f.yaml:3:1: error rfc5280.serial_number: too long (RFC 5280 section 4.1.2.2)\n"
            "warning house.thing: odd\n");
}

TEST(Guarded, HandsOutSnapshotsThatALaterReplacementLeavesAlone) {
  Guarded<std::shared_ptr<const std::string>> guarded(std::make_shared<const std::string>("old"));
  const auto before = guarded.snapshot();
  guarded.replace(std::make_shared<const std::string>("new"));
  EXPECT_EQ(*before, "old");
  EXPECT_EQ(*guarded.snapshot(), "new");
}

TEST(Guarded, WithReturnsWhatTheWorkReturns) {
  Guarded<int> guarded(40);
  EXPECT_EQ(guarded.with([](int& value) { return value += 2; }), 42);
  const Guarded<int>& constant = guarded;
  EXPECT_EQ(constant.with([](const int& value) { return value; }), 42);
}

static_assert(!std::is_convertible_v<std::string, Identity> && !std::is_convertible_v<Identity, ProfileName>);

TEST(StrongString, ComparesByText) {
  EXPECT_EQ(Identity("web-01"), Identity("web-01"));
  EXPECT_LT(Identity("web-01"), Identity("web-02"));
  EXPECT_TRUE(Identity().empty());
}

}  // namespace
}  // namespace chancery
