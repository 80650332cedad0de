#include "ca/log/log.h"

#include <gmock/gmock.h>

#include <thread>

#include "ca/log/json_line.h"

namespace chancery::log {
namespace {

TEST(JsonLine, MembersStandInTheDocumentedOrder) {
  EXPECT_EQ(
      json_line("2026-11-22T04:36:00Z", Level::info, "chancery-ca", "certificate_issued",
                "issued a certificate",
                {{"serial", "01ab"}, {"request_id", "r-1"}, {"names", std::int64_t{2}}, {"replayed", false}}),
      R"({"timestamp":"2026-11-22T04:36:00Z","level":"info","event_type":"certificate_issued",)"
      R"("message":"issued a certificate","component":"chancery-ca","request_id":"r-1",)"
      R"("serial":"01ab","names":2,"replayed":false})");
}

TEST(JsonLine, NoValueCanForgeALineOrAMember) {
  EXPECT_EQ(
      json_line("t", Level::error, "c", "e", "one\n{\"level\":\"info\"}", {{"x", "\",\"y\":\"\r\n\x1b[31m"}}),
      R"({"timestamp":"t","level":"error","event_type":"e","message":"one\n{\"level\":\"info\"}","component":"c",)"
      R"("x":"\",\"y\":\"\r\n\u001b[31m"})");
}

TEST(JsonLine, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_EQ(json_line("t", Level::debug, "c", "e",
                      "a\xff"
                      "b",
                      {}),
            "{\"timestamp\":\"t\",\"level\":\"debug\",\"event_type\":\"e\",\"message\":\"a\xef\xbf\xbd"
            "b\",\"component\":\"c\"}");
}

TEST(JsonLine, AFieldHidesNoOtherMember) {
  EXPECT_EQ(
      json_line("t", Level::warning, "c", "e", "m",
                {{"level", "none"}, {"x", std::int64_t{1}}, {"x", std::int64_t{2}}}),
      R"({"timestamp":"t","level":"warning","event_type":"e","message":"m","component":"c","field_level":"none",)"
      R"("x":1,"field_x":2})");
}

class JsonLoggerTest : public testing::Test {
 protected:
  template <typename Work>
  std::string lines_of(Level least, Work&& work) {
    testing::internal::CaptureStderr();
    const std::unique_ptr<Logger> logger = make_json_logger("test", least, clock_);
    work(*logger);
    return testing::internal::GetCapturedStderr();
  }
  FixedClock clock_{from_unix(1795322160)};
};

TEST_F(JsonLoggerTest, WritesOneLineAnEventWithTheClocksTime) {
  const std::string lines = lines_of(Level::info, [](const Logger& logger) {
    logger.info("started", "hello {} %s");
    logger.warning("slow", "took long", {{"seconds", std::int64_t{3}}});
  });
  EXPECT_EQ(
      lines,
      R"({"timestamp":"2026-11-22T04:36:00Z","level":"info","event_type":"started","message":"hello {} %s","component":"test"})"
      "\n"
      R"({"timestamp":"2026-11-22T04:36:00Z","level":"warning","event_type":"slow","message":"took long","component":"test","seconds":3})"
      "\n");
}

TEST_F(JsonLoggerTest, LevelsBelowTheLeastAreLeftOut) {
  const std::string lines = lines_of(Level::warning, [](const Logger& logger) {
    logger.write(Level::debug, "d", "");
    logger.write(Level::info, "i", "");
    logger.write(Level::warning, "w", "");
    logger.write(Level::error, "e", "");
  });
  EXPECT_THAT(lines, testing::AllOf(testing::HasSubstr(R"("event_type":"w")"),
                                    testing::HasSubstr(R"("event_type":"e")"),
                                    testing::Not(testing::HasSubstr(R"("event_type":"d")")),
                                    testing::Not(testing::HasSubstr(R"("event_type":"i")"))));
}

TEST_F(JsonLoggerTest, AFailureCarriesTheErrorAndItsInternalDetail) {
  const std::string lines = lines_of(Level::info, [](const Logger& logger) {
    logger.failure("request_failed", "refused",
                   make_error(ErrorCode::unavailable, "try later", "disk I/O error"),
                   {{"request_id", "r-9"}});
  });
  EXPECT_THAT(lines, testing::HasSubstr(R"("component":"test","request_id":"r-9","error_code":"unavailable",)"
                                        R"("error_message":"try later","error_internal":"disk I/O error"})"));
}

TEST_F(JsonLoggerTest, LinesOfManyThreadsDoNotMix) {
  constexpr int threads = 8, rounds = 200;
  const std::string lines = lines_of(Level::info, [](const Logger& logger) {
    std::vector<std::jthread> writers;
    writers.reserve(threads);
    for (int i = 0; i < threads; ++i) {
      writers.emplace_back([&] {
        for (int k = 0; k < rounds; ++k) logger.info("event", std::string(300, 'x'));
      });
    }
  });
  const std::string line =
      R"({"timestamp":"2026-11-22T04:36:00Z","level":"info","event_type":"event","message":")" +
      std::string(300, 'x') + R"(","component":"test"})" + "\n";
  std::string wanted;
  for (int i = 0; i < threads * rounds; ++i) wanted += line;
  EXPECT_EQ(lines, wanted);
}

TEST(NullLogger, WritesNothing) {
  testing::internal::CaptureStderr();
  make_null_logger()->info("event", "message");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace chancery::log
