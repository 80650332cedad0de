// CERT: how a certificate looks in every answer (docs/reference/rest.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ca/audit/log.h"
#include "ca/base/clock.h"
#include "ca/store/records.h"

namespace chancery::rest {

// Appends the object. Written member by member, because a certificate and its chain are most of the service's
// output and need no escaping but for line ends. `chain_json` is a JSON string literal with the PEM of the
// intermediates.
void append_certificate(std::string& out, const store::CertificateRow& row, std::string_view chain_json);

// The same with the member `log`: the proof that the certificate is in the transparency log.
void append_certificate(std::string& out, const store::CertificateRow& row, std::string_view chain_json,
                        const audit::LogProof& proof);

std::string_view to_string(store::Status status);  // "valid", "revoked", "unrecorded"
std::optional<store::Status> parse_status(std::string_view text);

// RFC 5280 5.3.1: "keyCompromise" is 1. "unspecified" for unknown codes.
std::string_view reason_name(int reason);
std::optional<int> parse_reason(std::string_view name);

std::string time_json(const std::optional<TimePoint>& time);  // a quoted RFC 3339 time, or null

}  // namespace chancery::rest
