// Contract: pages, filters, cursors, the expiry histogram.
#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "tests/contract/store_contract.h"

namespace chancery::store::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreListing : public StoreContract {
 protected:
  std::vector<int> numbers(const CertificateFilter& filter) {
    const CertificatePage page = store_->list_certificates(filter, "", 1000).value();
    EXPECT_EQ(page.next_cursor, "");
    std::vector<int> found;
    for (const CertificateRow& row : page.rows) found.push_back(std::stoi(row.certificate.serial.substr(20)));
    return found;
  }
};
FOR_EVERY_STORE(StoreListing);

TEST_P(StoreListing, NewestFirstAndRecordedOnly) {
  EXPECT_THAT(numbers({}), IsEmpty());
  for (const int number : {5, 1, 9}) issue(number);
  EXPECT_OK(begin(make_intent(2)));
  EXPECT_OK(begin(make_intent(3)));
  EXPECT_OK(abandon(serial_of(3)));
  EXPECT_THAT(numbers({}), ElementsAre(9, 1, 5));
  EXPECT_OK(complete(make_certificate(2)));
  EXPECT_THAT(numbers({}), ElementsAre(2, 9, 1, 5));
  EXPECT_THAT(numbers({.status = Status::unrecorded}), IsEmpty());
}

TEST_P(StoreListing, FiltersByEachMember) {
  for (int number = 1; number <= 4; ++number) {
    CertificateRecord certificate = make_certificate(number);
    if (number == 3) certificate.profile = ProfileName("operator");
    certificate.not_after = start + std::chrono::days(number);
    issue(certificate);
  }
  EXPECT_OK(revoke(serial_of(2)));
  EXPECT_THAT(numbers({.identity = "node-2"}), ElementsAre(2));
  EXPECT_THAT(numbers({.identity = "node-"}), IsEmpty());
  EXPECT_THAT(numbers({.profile = "operator"}), ElementsAre(3));
  EXPECT_THAT(numbers({.profile = "service"}), ElementsAre(4, 2, 1));
  EXPECT_THAT(numbers({.name = "dns:node-4.example"}), ElementsAre(4));
  EXPECT_THAT(numbers({.name = "dns:shared.example"}), ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(numbers({.name = "dns:shared"}), IsEmpty());
  EXPECT_THAT(numbers({.status = Status::valid}), ElementsAre(4, 3, 1));
  EXPECT_THAT(numbers({.status = Status::revoked}), ElementsAre(2));
  EXPECT_THAT(numbers({.expires_before = start + std::chrono::days(2)}), ElementsAre(1));
  EXPECT_THAT(numbers({.expires_after = start + std::chrono::days(3)}), ElementsAre(3, 4));
  EXPECT_THAT(numbers({.expires_before = start + std::chrono::days(4),
                       .expires_after = start + std::chrono::days(2)}),
              ElementsAre(2, 3));
}

TEST_P(StoreListing, ABoundOnTheExpiryListsTheSoonestFirstAndOfOneSecondTheOldest) {
  const std::vector<int> days{5, 2, 9, 2, 1};
  for (int number = 1; number <= 5; ++number) {
    CertificateRecord certificate = make_certificate(number);
    certificate.not_after = start + std::chrono::days(days.at(static_cast<std::size_t>(number) - 1));
    issue(certificate);
  }
  const CertificateFilter soon{.expires_before = start + std::chrono::days(9)};
  EXPECT_THAT(numbers(soon), ElementsAre(5, 2, 4, 1));
  EXPECT_THAT(numbers({.expires_after = start + std::chrono::days(2)}), ElementsAre(2, 4, 1, 3));
  std::vector<std::string> seen;
  std::string cursor;
  do {  // the pages part two certificates that expire at one moment
    const CertificatePage page = store_->list_certificates(soon, cursor, 2).value();
    for (const CertificateRow& row : page.rows) seen.push_back(row.certificate.serial);
    cursor = page.next_cursor;
  } while (!cursor.empty());
  EXPECT_THAT(seen, ElementsAre(serial_of(5), serial_of(2), serial_of(4), serial_of(1)));
}

TEST_P(StoreListing, ACursorIsOfOneOrder) {
  for (int number = 1; number <= 3; ++number) issue(number);
  const CertificateFilter by_expiry{.expires_after = start};
  const std::string newest = store_->list_certificates({}, "", 1).value().next_cursor;
  const std::string soonest = store_->list_certificates(by_expiry, "", 1).value().next_cursor;
  EXPECT_OK(store_->list_certificates({}, newest, 1));
  EXPECT_OK(store_->list_certificates(by_expiry, soonest, 1));
  EXPECT_CODE(store_->list_certificates(by_expiry, newest, 1), validation);
  EXPECT_CODE(store_->list_certificates({}, soonest, 1), validation);
}

TEST_P(StoreListing, FiltersByAllMembersAtOnce) {
  for (int number = 1; number <= 3; ++number) issue(number);
  EXPECT_OK(revoke(serial_of(2)));
  CertificateFilter all{.identity = "node-2",
                        .profile = "service",
                        .name = "dns:shared.example",
                        .status = Status::revoked,
                        .expires_before = start + std::chrono::days(91),
                        .expires_after = start};
  EXPECT_THAT(numbers(all), ElementsAre(2));
  all.status = Status::valid;
  EXPECT_THAT(numbers(all), IsEmpty());
}

TEST_P(StoreListing, PagesMeetWithoutGapOrRepeatWhileCertificatesAreIssued) {
  for (int number = 1; number <= 7; ++number) issue(number);
  std::vector<std::string> seen;
  std::string cursor;
  int pages = 0;
  do {
    const CertificatePage page = store_->list_certificates({}, cursor, 3).value();
    for (const CertificateRow& row : page.rows) seen.push_back(row.certificate.serial);
    cursor = page.next_cursor;
    issue(100 + ++pages);
  } while (!cursor.empty());
  EXPECT_EQ(pages, 3);
  EXPECT_THAT(seen, ElementsAre(serial_of(7), serial_of(6), serial_of(5), serial_of(4), serial_of(3),
                                serial_of(2), serial_of(1)));
}

TEST_P(StoreListing, AFullLastPageHasNoCursor) {
  for (int number = 1; number <= 3; ++number) issue(number);
  EXPECT_EQ(store_->list_certificates({}, "", 3).value().next_cursor, "");
  EXPECT_NE(store_->list_certificates({}, "", 2).value().next_cursor, "");
}

TEST_P(StoreListing, RefusesLimitsOutsideTheirRange) {
  EXPECT_CODE(store_->list_certificates({}, "", 0), validation);
  EXPECT_CODE(store_->list_certificates({}, "", 1001), validation);
  EXPECT_OK(store_->list_certificates({}, "", 1));
  EXPECT_OK(store_->list_certificates({}, "", 1000));
}

TEST_P(StoreListing, RefusesOtherCursors) {
  for (const char* cursor : {"x", "0", "AAAAAAAAAAAA", "wQAAAAAAAAAA", "wYAAAAAAAAAA", "wf/////////w",
                             "wQAAAAAAAAA", "wQAAAAAAAAABwQAAAAAAAAAB", "wQAAAAAAAAA="}) {
    EXPECT_CODE(store_->list_certificates({}, cursor, 10), validation);
  }
}

TEST_P(StoreListing, CountsWhatExpiresInEachWindow) {
  const std::vector<Seconds> windows{std::chrono::days(30), std::chrono::days(7), std::chrono::days(7),
                                     Seconds(0), std::chrono::days(400)};
  EXPECT_THAT(store_->count_expiring(start, windows).value(), ElementsAre(0, 0, 0, 0, 0));
  int number = 0;
  const auto expiring = [&](Seconds in) {
    CertificateRecord certificate = make_certificate(++number);
    certificate.not_after = start + in;
    issue(certificate);
  };
  expiring(Seconds(-1));                        // expired
  expiring(Seconds(0));                         // its last second
  expiring(std::chrono::days(7) - Seconds(1));  // within 7 days
  expiring(std::chrono::days(7));               // not within 7 days
  expiring(std::chrono::days(29));              //
  expiring(std::chrono::days(8));               // revoked
  EXPECT_OK(revoke(serial_of(number)));
  EXPECT_THAT(store_->count_expiring(start, windows).value(), ElementsAre(4, 2, 2, 0, 4));
  EXPECT_THAT(store_->count_expiring(start, {}).value(), IsEmpty());
}

TEST_P(StoreListing, CountsEverySecondOnceWhereverAWindowBeginsAndEnds) {
  std::vector<TimePoint> ends;  // some 200 days around a moment where buckets of every size begin
  const TimePoint edge = from_unix(std::int64_t{6866} << 18U);
  const std::vector<std::int64_t> offsets{-9'000'000, -262'145, -262'144, -4097,   -4096,   -65,
                                          -64,        -1,       0,        1,       63,      64,
                                          65,         4095,     4096,     262'143, 262'144, 8'000'000};
  int number = 0;
  for (const std::int64_t offset : offsets) {
    CertificateRecord certificate = make_certificate(++number);
    certificate.not_after = edge + Seconds(offset);
    ends.push_back(certificate.not_after);
    issue(certificate);
    if (number % 5 != 0) continue;
    EXPECT_OK(revoke(serial_of(number)));
    ends.pop_back();
  }
  for (const std::int64_t from : offsets) {
    for (const std::int64_t length : {1, 2, 63, 64, 128, 4096, 8193, 300'000, 20'000'000}) {
      const TimePoint first = edge + Seconds(from), end = first + Seconds(length);
      const auto expected =
          std::count_if(ends.begin(), ends.end(), [&](TimePoint at) { return first <= at && at < end; });
      EXPECT_THAT(store_->count_expiring(first, {Seconds(length)}).value(), ElementsAre(expected))
          << from << " + " << length;
    }
  }
}

TEST_P(StoreListing, WhatWasNeverRecordedIsNotCounted) {
  EXPECT_OK(begin(make_intent(1)));
  EXPECT_OK(abandon(serial_of(1)));
  EXPECT_OK(begin(make_intent(2)));
  EXPECT_OK(revoke(serial_of(1)));
  EXPECT_OK(revoke(serial_of(2)));
  EXPECT_THAT(store_->count_expiring(start, {std::chrono::days(400)}).value(), ElementsAre(0));
}

}  // namespace
}  // namespace chancery::store::test
