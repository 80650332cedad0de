// A prepared statement that is bound, run and reset in one go.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

#include "ca/base/clock.h"
#include "ca/base/ids.h"
#include "ca/store/records.h"

namespace chancery::store {

// Not thread-safe, as its connection. Throws SQLite::Exception. What is bound is not copied: it must live
// until the Query is run again or rows() is done.
class Query {
 public:
  Query(const SQLite::Database& database, const char* sql) : statement_(database, sql) {}
  Query(const SQLite::Database& database, const std::string& sql) : statement_(database, sql) {}

  // For statements without rows. The number of rows changed.
  template <typename... Values>
  int run(const Values&... values) {
    const Rows done = rows(values...);
    return statement_.exec();
  }

  // The rows of one run; the statement is reset when it goes, so that no read transaction stays open.
  class Rows {
   public:
    explicit Rows(SQLite::Statement& statement) : statement_(&statement) {}
    ~Rows() { statement_->tryReset(); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    Rows(Rows&&) = delete;
    Rows& operator=(Rows&&) = delete;

    bool next() { return statement_->executeStep(); }
    [[nodiscard]] bool is_null(int column) const { return statement_->isColumnNull(column); }
    [[nodiscard]] std::int64_t number(int column) const { return statement_->getColumn(column).getInt64(); }
    [[nodiscard]] int small(int column) const { return statement_->getColumn(column).getInt(); }
    [[nodiscard]] TimePoint time(int column) const { return from_unix(number(column)); }
    [[nodiscard]] std::string text(int column) const { return statement_->getColumn(column).getString(); }
    [[nodiscard]] Bytes bytes(int column) const;
    [[nodiscard]] Digest digest(
        int column) const;  // throws for any other size: the database was tampered with

   private:
    SQLite::Statement* statement_;
  };

  template <typename... Values>
  Rows rows(const Values&... values) {
    [[maybe_unused]] int index = 0;
    (bind(++index, values), ...);
    return open();
  }
  // With what has been bound already.
  Rows open() { return Rows(statement_); }

  // For a list of parameters only known at run time.
  void bind(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  void bind(int index, const Digest& value) { bind_blob(index, value.data(), value.size()); }
  void bind(int index, const Bytes& value) { bind_blob(index, value.data(), value.size()); }
  void bind(int index, TimePoint value) { statement_.bind(index, static_cast<int64_t>(to_unix(value))); }
  template <typename Tag>
  void bind(int index, const StrongString<Tag>& value) {
    bind(index, value.text());
  }
  template <typename Integer>
  requires std::is_integral_v<Integer>
  void bind(int index, Integer value) { statement_.bind(index, static_cast<int64_t>(value)); }
  template <typename T>
  void bind(int index, const std::optional<T>& value) {
    if (value) {
      bind(index, *value);
    } else {
      statement_.bind(index);
    }
  }

 private:
  void bind_blob(int index, const std::uint8_t* data, std::size_t size) {
    // An empty vector may have no address, which SQLite takes for NULL.
    statement_.bindNoCopy(index, size == 0 ? static_cast<const void*>("") : data, static_cast<int>(size));
  }

  SQLite::Statement statement_;
};

}  // namespace chancery::store
