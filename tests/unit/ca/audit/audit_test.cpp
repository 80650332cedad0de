#include "ca/audit/audit.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace chancery::audit {
namespace {

using testing::HasSubstr;

store::Digest digest_from(const std::string& hex) {
  store::Digest digest{};
  const Bytes bytes = parse_hex(hex).value();
  std::copy_n(bytes.begin(), digest.size(), digest.begin());
  return digest;
}

store::AuditDraft event(const std::string& subject) {
  return {from_unix(1'800'000'000), "certificate.issued", Identity("alice"), subject, "{}"};
}

TEST(LinkEntry, IsWhatAnotherImplementationComputes) {
  std::ifstream file(CHANCERY_SOURCE_DIR "/tests/testdata/audit/link_entry.json");
  const nlohmann::json entries = nlohmann::json::parse(file);
  ASSERT_EQ(entries.size(), 4U);
  for (const nlohmann::json& entry : entries) {
    const store::AuditDraft draft{from_unix(entry.at("at").get<std::int64_t>()), entry.at("event_type"),
                                  Identity(entry.at("actor").get<std::string>()), entry.at("subject"),
                                  entry.at("fields")};
    EXPECT_EQ(link_entry(entry.at("sequence"), digest_from(entry.at("previous")), draft),
              digest_from(entry.at("hash")));
  }
}

TEST(LinkEntry, DependsOnEveryMember) {
  const store::Digest zeros{};
  store::Digest other = zeros;
  other[31] = 1;
  std::set<store::Digest> seen{link_entry(1, zeros, event("s")), link_entry(2, zeros, event("s")),
                               link_entry(1, other, event("s")), link_entry(1, zeros, event("t"))};
  store::AuditDraft changed = event("s");
  changed.at += Seconds(1);
  seen.insert(link_entry(1, zeros, changed));
  changed = event("s");
  changed.event_type = "other";
  seen.insert(link_entry(1, zeros, changed));
  changed = event("s");
  changed.actor = Identity("bob");
  seen.insert(link_entry(1, zeros, changed));
  changed = event("s");
  changed.fields = "{ }";
  seen.insert(link_entry(1, zeros, changed));
  EXPECT_EQ(seen.size(), 8U);
}

TEST(LinkEntry, BordersBetweenMembersCount) {
  store::AuditDraft a = event("bc");
  a.actor = Identity("a");
  store::AuditDraft b = event("c");
  b.actor = Identity("ab");
  EXPECT_NE(link_entry(1, {}, a), link_entry(1, {}, b));
}

TEST(VerifyChain, ReadsAcrossPages) {
  const auto store = store::make_memory_store(link_entry);
  for (int i = 0; i < 2001; ++i) ASSERT_TRUE(store->append_audit(event(std::to_string(i))).has_value());
  const Result<Verification> verified = verify_chain(*store);
  ASSERT_TRUE(verified.has_value()) << verified.error().message;
  EXPECT_EQ(verified->entries, 2001);
  EXPECT_EQ(verified->head, store->read_audit(2000, 1).value().at(0).hash);
}

TEST(VerifyChain, NamesTheFirstEntryThatDoesNotHold) {
  int entries = 0;
  const auto store = store::make_memory_store(
      [&entries](std::int64_t sequence, const store::Digest& previous, const store::AuditDraft& draft) {
        store::Digest digest = link_entry(sequence, previous, draft);
        if (++entries == 1500) digest[0] ^= 1U;
        return digest;
      });
  for (int i = 0; i < 1600; ++i) ASSERT_TRUE(store->append_audit(event(std::to_string(i))).has_value());
  const Result<Verification> verified = verify_chain(*store);
  ASSERT_FALSE(verified.has_value());
  EXPECT_EQ(verified.error().code, ErrorCode::validation);
  EXPECT_THAT(verified.error().message, HasSubstr("audit entry 1500 was altered"));
}

}  // namespace
}  // namespace chancery::audit
