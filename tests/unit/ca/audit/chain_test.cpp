#include "ca/audit/chain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

namespace chancery::audit {
namespace {

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

}  // namespace
}  // namespace chancery::audit
