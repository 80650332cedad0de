#include "api/rest/certificate_json.h"

#include <algorithm>
#include <array>

#include "api/http/problem.h"

namespace chancery::rest {
namespace {

struct Reason {
  int code;
  std::string_view name;
};

constexpr std::array<Reason, 10> reasons{{{0, "unspecified"},
                                          {1, "keyCompromise"},
                                          {2, "cACompromise"},
                                          {3, "affiliationChanged"},
                                          {4, "superseded"},
                                          {5, "cessationOfOperation"},
                                          {6, "certificateHold"},
                                          {8, "removeFromCRL"},
                                          {9, "privilegeWithdrawn"},
                                          {10, "aACompromise"}}};

// For values that are hex digits, times and names of ours.
void plain(std::string& out, std::string_view key, std::string_view value) {
  out.append(",\"").append(key).append("\":\"").append(value).append("\"");
}

void escaped(std::string& out, std::string_view key, std::string_view value) {
  out.append(",\"").append(key).append("\":").append(http::json_string(value));
}

void plain_or_null(std::string& out, std::string_view key, std::string_view value) {
  if (value.empty()) {
    out.append(",\"").append(key).append("\":null");
  } else {
    plain(out, key, value);
  }
}

void append_pem(std::string& out, ByteView der) {
  for (const char c : to_pem("CERTIFICATE", der)) {
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

void append_texts(std::string& out, std::string_view key, const std::vector<std::string>& texts) {
  out.append(",\"").append(key).append("\":[");
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    out += http::json_string(texts[i]);
  }
  out += ']';
}

void append_status(std::string& out, const store::StatusRecord& status) {
  const bool revoked = status.status == store::Status::revoked;
  plain(out, "status", to_string(status.status));
  out.append(",\"revoked_at\":").append(time_json(status.revoked_at));
  plain_or_null(out, "reason", revoked ? reason_name(status.reason) : std::string_view());
}

}  // namespace

void append_certificate(std::string& out, const store::CertificateRow& row, std::string_view chain_json) {
  const store::CertificateRecord& record = row.certificate;
  out.reserve(out.size() + record.der.size() * 2 + chain_json.size() + 1024);
  out.append("{\"serial\":\"").append(record.serial).append("\"");
  escaped(out, "identity", record.identity.text());
  escaped(out, "profile", record.profile.text());
  escaped(out, "subject", record.subject);
  append_texts(out, "names", record.names);
  plain(out, "not_before", to_rfc3339(record.not_before));
  plain(out, "not_after", to_rfc3339(record.not_after));
  plain(out, "renew_after", to_rfc3339(record.renew_after));
  plain(out, "issued_at", to_rfc3339(record.issued_at));
  append_status(out, row.status);
  plain_or_null(out, "renewed_from", record.renewed_from);
  plain_or_null(out, "supersedes", record.supersedes);
  plain(out, "lineage", record.lineage);
  append_texts(out, "approvers", record.approvers);
  plain(out, "fingerprint", to_hex(record.fingerprint));
  out += ",\"certificate\":\"";
  append_pem(out, record.der);
  out.append("\",\"chain\":").append(chain_json).append("}");
}

void append_certificate(std::string& out, const store::CertificateRow& row, std::string_view chain_json,
                        const audit::LogProof& proof) {
  append_certificate(out, row, chain_json);
  out.pop_back();  // the closing brace
  out.append(",\"log\":{\"index\":").append(std::to_string(proof.index));
  out.append(",\"tree_size\":").append(std::to_string(proof.tree_size));
  escaped(out, "entry", proof.entry);
  out += ",\"inclusion_path\":[";
  for (std::size_t i = 0; i < proof.path.size(); ++i) {
    out.append(i > 0 ? ",\"" : "\"").append(to_base64(proof.path[i])).append("\"");
  }
  out += ']';
  escaped(out, "checkpoint", proof.checkpoint);
  out += "}}";
}

std::string_view to_string(store::Status status) {
  switch (status) {
    case store::Status::valid:
      return "valid";
    case store::Status::revoked:
      return "revoked";
    case store::Status::unrecorded:
      return "unrecorded";
  }
  return "unrecorded";
}

std::optional<store::Status> parse_status(std::string_view text) {
  for (const store::Status status :
       {store::Status::valid, store::Status::revoked, store::Status::unrecorded}) {
    if (text == to_string(status)) return status;
  }
  return std::nullopt;
}

std::string_view reason_name(int reason) {
  const auto* at =
      std::find_if(reasons.begin(), reasons.end(), [&](const Reason& r) { return r.code == reason; });
  return at == reasons.end() ? reasons.front().name : at->name;
}

std::optional<int> parse_reason(std::string_view name) {
  const auto* at =
      std::find_if(reasons.begin(), reasons.end(), [&](const Reason& r) { return r.name == name; });
  if (at == reasons.end()) return std::nullopt;
  return at->code;
}

std::string time_json(const std::optional<TimePoint>& time) {
  return time ? "\"" + to_rfc3339(*time) + "\"" : "null";
}

}  // namespace chancery::rest
