// Every combination of filters, page by page: both implementations give the same certificates in the same
// order.
#include <gmock/gmock.h>

#include <optional>

#include "ca/audit/entry.h"
#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

void fill(Store& store) {
  for (int number = 1; number <= 60; ++number) {
    CertificateRecord certificate = make_certificate(number);
    certificate.identity = Identity(number % 3 == 0 ? "a" : "b");
    certificate.profile = ProfileName(number % 4 == 0 ? "operator" : "service");
    certificate.names = {number % 5 < 2 ? "dns:x.example" : "dns:y.example"};
    certificate.not_after = start + std::chrono::days((number * 7) % 20);
    Intent intent = make_intent(number);
    intent.identity = certificate.identity;
    ASSERT_TRUE(store.begin_issuance(intent, event("issuance.intent", "")).has_value());
    if (number % 11 == 0) continue;
    ASSERT_TRUE(
        store.complete_issuance(certificate, event("certificate.issued", ""), message("m")).has_value());
    if (number % 6 > 3) continue;
    ASSERT_TRUE(store.revoke(certificate.serial, start, 1, event("certificate.revoked", ""), message("m"))
                    .has_value());
  }
}

std::vector<std::string> list(Store& store, const CertificateFilter& filter) {
  std::vector<std::string> serials;
  std::string cursor;
  do {
    const CertificatePage page = store.list_certificates(filter, cursor, 3).value();
    for (const CertificateRow& row : page.rows) serials.push_back(row.certificate.serial);
    cursor = page.next_cursor;
  } while (!cursor.empty());
  return serials;
}

std::vector<CertificateFilter> all_filters() {
  std::vector<CertificateFilter> filters;
  for (const char* identity : {"", "a"})
    for (const char* profile : {"", "operator"})
      for (const char* name : {"", "dns:x.example"})
        for (const auto status : {std::optional<Status>(), std::optional(Status::valid),
                                  std::optional(Status::revoked), std::optional(Status::unrecorded)})
          for (const auto before : {std::optional<TimePoint>(), std::optional(start + std::chrono::days(15))})
            for (const auto after : {std::optional<TimePoint>(), std::optional(start + std::chrono::days(4))})
              filters.push_back({.identity = identity,
                                 .profile = profile,
                                 .name = name,
                                 .status = status,
                                 .expires_before = before,
                                 .expires_after = after});
  return filters;
}

TEST(ListingAgreement, HoldsForEveryFilter) {
  const TemporaryDirectory directory;
  const auto memory = make_memory_store(audit::log_hashing());
  const auto sqlite = open_sqlite(directory.file("chancery.db"));
  fill(*memory);
  fill(*sqlite);
  std::size_t listed = 0;
  for (const CertificateFilter& filter : all_filters()) {
    const std::vector<std::string> expected = list(*memory, filter);
    listed += expected.size();
    EXPECT_EQ(list(*sqlite, filter), expected)
        << filter.identity << "|" << filter.profile << "|" << filter.name << "|"
        << (filter.status ? static_cast<int>(*filter.status) : -1) << "|" << filter.expires_before.has_value()
        << "|" << filter.expires_after.has_value();
  }
  EXPECT_GT(listed, 500U);
}

}  // namespace
}  // namespace chancery::store::test
