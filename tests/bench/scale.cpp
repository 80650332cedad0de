// What listing and counting cost in databases of different sizes: the same questions to all of them in turn,
// so that whatever else the machine does falls on all alike. Prints one JSON object: microseconds, the lowest
// tenth, since others' work only adds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "ca/audit/entry.h"
#include "ca/store/cursor.h"
#include "ca/store/sqlite/sqlite_store.h"
#include "tests/bench/hierarchy.h"

namespace chancery::bench {
namespace {

using std::chrono::days;
using store::CertificateFilter;

constexpr int page = 100;

struct Database {
  std::string path;
  std::int64_t rows;
  std::unique_ptr<store::Store> store;
  std::map<std::string, std::vector<double>> microseconds;
};

// The numbers that a question is about: drawn once a round, and scaled to each database.
struct Draw {
  double share;  // 0 .. 1
  TimePoint now;

  [[nodiscard]] std::int64_t of(std::int64_t rows) const {
    return static_cast<std::int64_t>(share * static_cast<double>(rows));
  }
  // In the second quarter from the newest, so that a page is full in the smallest database too.
  [[nodiscard]] std::string deep(std::int64_t rows) const {
    return store::encode_cursor({rows * 3 / 4 - of(rows / 4), std::nullopt});
  }
  [[nodiscard]] std::string deep_by_expiry(std::int64_t rows) const {
    return store::encode_cursor({of(rows) + 1, now + Seconds(static_cast<std::int64_t>(share * 3 * 86400))});
  }
  [[nodiscard]] std::string host(std::int64_t rows) const {
    char text[16];
    std::snprintf(text, sizeof text, "host-%08lld", static_cast<long long>(of(rows / 10)));
    return text;
  }
};

using Question = std::function<void(Database&, const Draw&)>;

Question listing(const std::function<CertificateFilter(Database&, const Draw&)>& filter,
                 const std::function<std::string(Database&, const Draw&)>& cursor = {}) {
  return [=](Database& database, const Draw& draw) {
    const auto answer = must(database.store->list_certificates(filter(database, draw),
                                                               cursor ? cursor(database, draw) : "", page));
    if (answer.rows.empty()) give_up(make_error(ErrorCode::internal, "a question found nothing to list"));
  };
}

std::vector<std::pair<std::string, Question>> questions() {
  const auto everything = [](Database&, const Draw&) { return CertificateFilter{}; };
  const auto profile = [](const char* name) {
    return [=](Database&, const Draw&) { return CertificateFilter{.profile = name}; };
  };
  const auto status = [](store::Status wanted) {
    return [=](Database&, const Draw&) { return CertificateFilter{.status = wanted}; };
  };
  const auto expiring = [](const char* name, int within) {
    return [=](Database&, const Draw& draw) {
      return CertificateFilter{
          .profile = name, .expires_before = draw.now + days(within), .expires_after = draw.now};
    };
  };
  const auto deep = [](Database& database, const Draw& draw) { return draw.deep(database.rows); };
  const auto later = [](Database& database, const Draw& draw) { return draw.deep_by_expiry(database.rows); };
  return {{"list", listing(everything)},
          {"list, deep", listing(everything, deep)},
          {"list of an identity", listing([](Database& database, const Draw& draw) {
             return CertificateFilter{.identity = draw.host(database.rows)};
           })},
          {"list of a name", listing([](Database& database, const Draw& draw) {
             return CertificateFilter{.name = "dns:" + draw.host(database.rows) + ".svc.internal"};
           })},
          {"list of a profile", listing(profile("service"))},
          {"list of a profile, deep", listing(profile("service"), deep)},
          {"list of a rare profile", listing(profile("front"))},
          {"list of valid", listing(status(store::Status::valid))},
          {"list of valid, deep", listing(status(store::Status::valid), deep)},
          {"list of revoked", listing(status(store::Status::revoked))},
          {"list of revoked, deep", listing(status(store::Status::revoked), deep)},
          {"list by expiry", listing(expiring("", 7))},
          {"list by expiry, deep", listing(expiring("", 7), later)},
          {"list of a profile by expiry", listing(expiring("service", 7))},
          {"list of a rare profile by expiry", listing(expiring("front", 90))},
          {"expiry", [](Database& database, const Draw& draw) {
             (void)must(database.store->count_expiring(
                 draw.now, {Seconds(3600), days(1), days(7), days(14), days(30), days(60), days(90)}));
           }}};
}

// The same draws for every question and pass.
std::vector<Draw> draws(int samples, TimePoint now) {
  std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same questions in every run
  std::vector<Draw> all;
  for (int i = 0; i < samples; ++i) all.push_back({std::uniform_real_distribution<>(0.0, 1.0)(random), now});
  return all;
}

// Twice: the first pass brings what is asked for from the disk into memory, the second is measured. Between
// two askings of one thing lie all the others, so the store's own small cache does not help.
void measure(std::vector<Database>& databases, int samples, TimePoint now) {
  const std::vector<Draw> all = draws(samples, now);
  for (const auto& [name, ask] : questions()) {
    for (const bool measured : {false, true}) {
      for (const Draw& draw : all) {
        for (Database& database : databases) {
          const auto start = std::chrono::steady_clock::now();
          ask(database, draw);
          const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
          if (measured) database.microseconds[name].push_back(took.count());
        }
      }
    }
  }
}

double lowest_tenth(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.at(values.size() / 10);
}

void print(const std::vector<Database>& databases) {
  std::printf("{");
  for (std::size_t i = 0; i < databases.size(); ++i) {
    std::printf("%s\"%s\": {", i == 0 ? "" : ", ", databases[i].path.c_str());
    const char* separator = "";
    for (const auto& [name, values] : databases[i].microseconds) {
      std::printf("%s\"%s\": %.1f", separator, name.c_str(), lowest_tenth(values));
      separator = ", ";
    }
    std::printf("}");
  }
  std::printf("}\n");
}

}  // namespace
}  // namespace chancery::bench

int main(int argc, char** argv) {
  using namespace chancery::bench;
  if (argc < 5 || argc % 2 == 0) {
    std::fprintf(stderr, "usage: bench_scale SAMPLES NOW (DATABASE ROWS)...\n");
    return 2;
  }
  std::vector<Database> databases;
  for (int i = 3; i + 1 < argc; i += 2) {
    databases.push_back(
        {argv[i],
         std::atoll(argv[i + 1]),  // NOLINT(cert-err34-c): shows in the output
         must(chancery::store::open_sqlite_store({.path = argv[i]}, chancery::audit::log_hashing())),
         {}});
  }
  measure(databases, std::atoi(argv[1]),              // NOLINT(cert-err34-c)
          chancery::from_unix(std::atoll(argv[2])));  // NOLINT(cert-err34-c)
  print(databases);
  return 0;
}
