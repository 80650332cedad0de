// list_certificates as SQL.
#pragma once

#include <optional>
#include <string>

#include "ca/store/cursor.h"
#include "ca/store/sqlite/query.h"

namespace chancery::store {

// One page. One condition of the filter leads, by an index that gives its rows in the listing's order, so
// that a page costs what its rows cost; the other conditions are compared row by row. What is not in the
// order of an index is sorted: the certificates of one identity or name, or the revoked ones, by expiry.
class Listing {
 public:
  // The filter must outlive it.
  Listing(const CertificateFilter& filter, const std::optional<Position>& after);

  // `columns` of certificates c and certificate_status s.
  [[nodiscard]] std::string sql(const std::string& columns) const;
  void bind(Query& query, int limit) const;

 private:
  enum class Lead { lineage, name, identity, expiry, profile_expiry, revoked, profile, newest };
  [[nodiscard]] Lead lead() const;
  [[nodiscard]] std::string conditions() const;
  [[nodiscard]] std::string order() const;
  [[nodiscard]] const char* id() const;

  const CertificateFilter& filter_;
  bool by_expiry_;
  Lead lead_;
  Position after_;
};

}  // namespace chancery::store
