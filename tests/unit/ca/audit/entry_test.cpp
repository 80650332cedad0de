#include "ca/audit/entry.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "ca/merkle/tiles.h"

namespace chancery::audit {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

store::AuditDraft event(const std::string& subject, const std::string& fields = "{}") {
  return {from_unix(1'800'000'000), "certificate.issued", Identity("alice"), subject, fields};
}

TEST(EntryText, IsWhatAnotherImplementationWrites) {
  std::ifstream file(CHANCERY_SOURCE_DIR "/tests/testdata/audit/entries.json");
  const nlohmann::json entries = nlohmann::json::parse(file);
  ASSERT_EQ(entries.size(), 4U);
  for (const nlohmann::json& entry : entries) {
    const store::AuditDraft draft{from_unix(entry.at("at").get<std::int64_t>()), entry.at("event_type"),
                                  Identity(entry.at("actor").get<std::string>()), entry.at("subject"),
                                  entry.at("fields")};
    const std::int64_t sequence = entry.at("sequence");
    const Result<std::string> text = entry_text(sequence, draft);
    ASSERT_TRUE(text.has_value()) << text.error().internal;
    EXPECT_EQ(*text, entry.at("text").get<std::string>());
    EXPECT_EQ(judge_entry_text(*text, sequence), "");
    EXPECT_EQ(to_hex(entry_hash(sequence, draft).value()), entry.at("hash").get<std::string>());
  }
}

TEST(EntryText, HasTheLimitOfAnEntryBundle) {
  const std::size_t rest = entry_text(1, event("")).value().size();
  EXPECT_EQ(entry_text(1, event(std::string(merkle::entry_limit - rest, 'x'))).value().size(), 65535U);
  const Result<std::string> over = entry_text(1, event(std::string(merkle::entry_limit - rest + 1, 'x')));
  ASSERT_FALSE(over.has_value());
  EXPECT_EQ(over.error().code, ErrorCode::payload_too_large);
  EXPECT_THAT(over.error().message, HasSubstr("would have 65536 bytes; the log takes at most 65535"));
}

TEST(EntryText, TheLargestEnrolmentFits) {  // 100 names of 512 octets
  nlohmann::json names = nlohmann::json::array();
  for (int i = 0; i < 100; ++i) names.push_back("uri:" + std::string(508, 'x'));
  EXPECT_TRUE(entry_text(1, event(std::string(128, 'i'), nlohmann::json{{"names", names}}.dump())));
}

TEST(EntryText, RefusesWhatIsNoText) {
  for (const store::AuditDraft& draft : {event("\xff"), event("", ""), event("", "x"), event("", "[]")}) {
    const Result<std::string> text = entry_text(1, draft);
    ASSERT_FALSE(text.has_value()) << draft.subject << draft.fields;
    EXPECT_EQ(text.error().code, ErrorCode::internal);
  }
}

TEST(JudgeEntryText, SaysWhatIsWrong) {
  const std::string good = entry_text(7, event("s", R"({"n":1})")).value();
  EXPECT_EQ(judge_entry_text(good, 7), "");
  EXPECT_THAT(judge_entry_text(good, 8), HasSubstr("number 7, but stands as number 8"));
  EXPECT_THAT(judge_entry_text(good + " ", 7), HasSubstr("canonical"));
  EXPECT_THAT(judge_entry_text("", 7), HasSubstr("not JSON"));
  for (const char* member : {"actor", "at", "event_type", "fields", "sequence", "subject"}) {
    nlohmann::json entry = nlohmann::json::parse(good);
    entry[member] = nullptr;
    EXPECT_THAT(judge_entry_text(entry.dump(), 7), StartsWith("does not have")) << member;
    entry.erase(member);
    EXPECT_THAT(judge_entry_text(entry.dump(), 7), StartsWith("does not have")) << member;
  }
  nlohmann::json entry = nlohmann::json::parse(good);
  entry["more"] = 1;
  EXPECT_THAT(judge_entry_text(entry.dump(), 7), StartsWith("does not have"));
}

}  // namespace
}  // namespace chancery::audit
