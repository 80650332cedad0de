// What a request may be at most. nginx refuses most of it earlier; this service does not rely on that.
#pragma once

#include <cstddef>

namespace chancery::http::limits {

inline constexpr std::size_t message_bytes = 128 * 1024;  // request line, headers and body together
inline constexpr std::size_t body_bytes = 64 * 1024;
inline constexpr std::size_t path_bytes = 1024;
inline constexpr std::size_t query_parameters = 16;
inline constexpr std::size_t query_value_bytes = 1024;
inline constexpr std::size_t authorization_bytes = 1024;
inline constexpr std::size_t client_certificate_bytes = 32 * 1024;  // URL-encoded PEM
inline constexpr std::size_t request_id_bytes = 64;
inline constexpr std::size_t json_depth = 16;      // objects and arrays inside one another
inline constexpr std::size_t json_members = 1024;  // in all objects of a body together
inline constexpr int page_rows = 1000;             // of a listing
inline constexpr int page_rows_default = 100;

}  // namespace chancery::http::limits
