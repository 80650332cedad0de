// A sound certificate of each kind, made by OpenSSL (tests/testdata/lint/generate.sh), to be spoilt field by
// field.
#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/base/file.h"
#include "ca/lint/lint.h"
#include "tests/support/x509_builder.h"

namespace chancery::lint {

using test::must;

inline x509::Certificate golden(const std::string& name) {
  const std::string path = CHANCERY_SOURCE_DIR "/tests/testdata/lint/" + name + ".pem";
  return must(x509::Certificate::parse_pem(must(read_file(path, 65536))));
}

inline std::string file_of(Kind kind) {
  switch (kind) {
    case Kind::root:
      return "root";
    case Kind::intermediate:
      return "intermediate";
    case Kind::cross:
      return "cross";
    case Kind::leaf:
      return "leaf";
  }
  return "?";
}

// What a rule sees, each part open to changes.
struct Specimen {
  explicit Specimen(Kind of)
      : kind(of),
        tbs(golden(file_of(of)).fields()),
        key(must(crypto::PublicKey::from_spki(tbs.spki))),
        signing_time(tbs.validity.not_before() + Seconds(3600)) {
    if (kind == Kind::intermediate || kind == Kind::cross) issuer = golden("root");
    if (kind == Kind::cross) target = golden("target");
    if (kind == Kind::leaf) issuer = golden("intermediate");
  }

  [[nodiscard]] Findings lint() const {
    return run_lints({.kind = kind,
                      .tbs = tbs,
                      .issuer = issuer ? &*issuer : nullptr,
                      .signing_time = signing_time,
                      .backdate_allowance = Seconds(3600),
                      .key = key ? &*key : nullptr,
                      .references = {.blocked_keys = &blocked_keys,
                                     .target = target ? &*target : nullptr,
                                     .allowed_purposes = allowed_purposes}});
  }

  // The ids of what is found, each once, in order.
  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> list;
    const Findings findings = lint();
    for (const Finding& finding : findings.list()) {
      if (list.empty() || list.back() != finding.id) list.push_back(finding.id);
    }
    return list;
  }

  x509::RawExtension& raw(ByteView oid) {
    for (x509::RawExtension& extension : tbs.raw_extensions) {
      if (equal(extension.oid, oid)) return extension;
    }
    throw std::runtime_error("no such extension in the specimen");
  }
  void remove(ByteView oid) {
    std::erase_if(tbs.raw_extensions,
                  [&](const x509::RawExtension& extension) { return equal(extension.oid, oid); });
  }
  void add(ByteView oid, bool critical, const std::string& hex) {
    tbs.raw_extensions.push_back({to_bytes(oid), critical, *parse_hex(hex)});
  }
  void subject(std::vector<x509::NameAttribute> attributes) {
    tbs.subject = x509::Name(std::move(attributes)).to_der();
  }

  Kind kind;
  x509::ParsedTbs tbs;
  std::optional<crypto::PublicKey> key;
  std::optional<x509::Certificate> issuer, target;
  crypto::KeyBlocklist blocked_keys;
  std::vector<x509::KeyPurpose> allowed_purposes{tls_purposes.begin(), tls_purposes.end()};
  TimePoint signing_time;
};

}  // namespace chancery::lint
