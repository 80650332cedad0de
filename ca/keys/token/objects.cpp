#include "ca/keys/token/objects.h"

#include <algorithm>
#include <array>

#include "ca/keys/token/pkcs11_error.h"

namespace chancery::keys {
namespace {

constexpr CK_ULONG object_limit = 1024;
constexpr CK_ULONG attribute_limit = 4096;

constexpr std::array<std::uint8_t, 10> p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 7> p384{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<std::uint8_t, 7> p521{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23};

Result<Objects> run_search(TokenSession::State& session, std::vector<CK_ATTRIBUTE> wanted) {
  const CK_FUNCTION_LIST& call = session.call();
  CK_RV result = call.C_FindObjectsInit(session.handle, wanted.data(), wanted.size());
  if (result != CKR_OK) return pkcs11_error(result, "be searched");
  Objects found(object_limit + 1);
  CK_ULONG total = 0;
  for (CK_ULONG got = 1; result == CKR_OK && got > 0 && total < found.size(); total += got) {
    got = 0;
    result = call.C_FindObjects(session.handle, &found[total], found.size() - total, &got);
  }
  call.C_FindObjectsFinal(session.handle);
  if (result != CKR_OK) return pkcs11_error(result, "be searched");
  if (total > object_limit) {
    return make_error(ErrorCode::unavailable,
                      "the token holds more than 1024 objects; use one for the CA alone");
  }
  found.resize(total);
  return found;
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size) {
  return {type, const_cast<void*>(value),
          size};  // PKCS#11 takes templates as non-const and does not write to them
}

// The content of a DER OCTET STRING that is all of `der`.
ByteView octet_string(ByteView der) {
  const std::size_t header = der.size() > 2 && der[1] == 0x81 ? 3 : 2;
  if (der.size() <= header || der[0] != 0x04 || der[header - 1] != der.size() - header) return {};
  return der.subspan(header);
}

std::string quoted(const std::vector<std::string>& labels) {
  std::string text;
  for (const std::string& label : labels) text += (text.empty() ? "\"" : ", \"") + label + "\"";
  return text.empty() ? "none" : text;
}

}  // namespace

Result<Objects> find_objects(TokenSession::State& session, CK_OBJECT_CLASS kind, CK_ATTRIBUTE_TYPE type,
                             ByteView value) {
  return run_search(session,
                    {attribute(CKA_CLASS, &kind, sizeof kind), attribute(type, value.data(), value.size())});
}

Result<Objects> find_objects(TokenSession::State& session, CK_OBJECT_CLASS kind) {
  return run_search(session, {attribute(CKA_CLASS, &kind, sizeof kind)});
}

Result<Bytes> read_attribute(TokenSession::State& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  Bytes value(attribute_limit);
  CK_ATTRIBUTE wanted{type, value.data(), value.size()};
  const CK_RV result = session.call().C_GetAttributeValue(session.handle, object, &wanted, 1);
  if (result != CKR_OK) return pkcs11_error(result, "tell an attribute of a key");
  if (wanted.ulValueLen > value.size()) {
    return make_error(ErrorCode::unavailable, "the token gave an attribute of a key without its length");
  }
  value.resize(wanted.ulValueLen);
  return value;
}

Result<bool> read_flag(TokenSession::State& session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  const Result<Bytes> value = read_attribute(session, object, type);
  if (!value) return value.error();
  if (value->size() != sizeof(CK_BBOOL)) {
    return make_error(ErrorCode::unavailable, "the token gave a flag of a key that is none");
  }
  return value->front() != CK_FALSE;
}

Result<std::vector<std::string>> private_key_labels(TokenSession::State& session) {
  const Result<Objects> keys = find_objects(session, CKO_PRIVATE_KEY);
  if (!keys) return keys.error();
  std::vector<std::string> labels;
  for (const CK_OBJECT_HANDLE key : *keys) {
    const Result<Bytes> label = read_attribute(session, key, CKA_LABEL);
    if (!label) return label.error();
    labels.emplace_back(as_text(*label));
  }
  std::sort(labels.begin(), labels.end());
  return labels;
}

Result<CK_OBJECT_HANDLE> find_private_key(TokenSession::State& session, const std::string& label) {
  const Result<Objects> keys = find_objects(session, CKO_PRIVATE_KEY, CKA_LABEL, as_bytes(label));
  if (!keys) return keys.error();
  if (keys->size() == 1) return keys->front();
  if (!keys->empty()) {
    return make_error(ErrorCode::conflict, "the token holds " + std::to_string(keys->size()) +
                                               " keys labelled \"" + label +
                                               "\"; give all but one another label");
  }
  const Result<std::vector<std::string>> labels = private_key_labels(session);
  if (!labels) return labels.error();
  return make_error(ErrorCode::not_found,
                    "the token holds no key labelled \"" + label + "\"; there are: " + quoted(*labels));
}

Result<Objects> find_public_halves(TokenSession::State& session, CK_OBJECT_HANDLE private_key) {
  const Result<Bytes> id = read_attribute(session, private_key, CKA_ID);
  if (!id) return id.error();
  if (id->empty())
    return make_error(ErrorCode::validation, "the key in the token has no CKA_ID; it is none of ours");
  return find_objects(session, CKO_PUBLIC_KEY, CKA_ID, *id);
}

ByteView curve_parameters(crypto::KeyAlgorithm curve) {
  switch (curve) {
    case crypto::KeyAlgorithm::ec_p256:
      return p256;
    case crypto::KeyAlgorithm::ec_p384:
      return p384;
    case crypto::KeyAlgorithm::ec_p521:
      return p521;
    case crypto::KeyAlgorithm::rsa:
    case crypto::KeyAlgorithm::ed25519:
      return {};
  }
  return {};
}

Result<crypto::PublicKey> read_public_key(TokenSession::State& session, CK_OBJECT_HANDLE public_key) {
  const Result<Bytes> type = read_attribute(session, public_key, CKA_KEY_TYPE);
  if (!type) return type.error();
  const CK_KEY_TYPE elliptic = CKK_EC;
  if (!equal(*type, {reinterpret_cast<const std::uint8_t*>(&elliptic), sizeof elliptic})) {
    return make_error(ErrorCode::validation, "the key in the token is not an elliptic-curve key");
  }
  const Result<Bytes> curve = read_attribute(session, public_key, CKA_EC_PARAMS);
  const Result<Bytes> point = read_attribute(session, public_key, CKA_EC_POINT);
  if (!curve) return curve.error();
  if (!point) return point.error();
  for (const auto known :
       {crypto::KeyAlgorithm::ec_p256, crypto::KeyAlgorithm::ec_p384, crypto::KeyAlgorithm::ec_p521}) {
    if (!equal(*curve, curve_parameters(known))) continue;
    const ByteView content = octet_string(*point);
    return crypto::PublicKey::from_ec_point(known, content.empty() ? ByteView(*point) : content);
  }
  return make_error(ErrorCode::validation,
                    "the key in the token is on another curve than P-256, P-384 and P-521");
}

Result<void> check_custody(TokenSession::State& session, CK_OBJECT_HANDLE private_key) {
  struct Demand {
    CK_ATTRIBUTE_TYPE type;
    bool value;
    const char* name;
  };
  static constexpr std::array<Demand, 9> demands{{
      {CKA_TOKEN, true, "CKA_TOKEN is false (it vanishes with the session)"},
      {CKA_PRIVATE, true, "CKA_PRIVATE is false (it can be used without the PIN)"},
      {CKA_SENSITIVE, true, "CKA_SENSITIVE is false (it can be read)"},
      {CKA_ALWAYS_SENSITIVE, true, "CKA_ALWAYS_SENSITIVE is false (it could once be read)"},
      {CKA_EXTRACTABLE, false, "CKA_EXTRACTABLE is true (it can be taken out, wrapped)"},
      {CKA_NEVER_EXTRACTABLE, true, "CKA_NEVER_EXTRACTABLE is false (it could once be taken out)"},
      {CKA_LOCAL, true, "CKA_LOCAL is false (it was not made in the token)"},
      {CKA_SIGN, true, "CKA_SIGN is false (it cannot sign)"},
      {CKA_DERIVE, false, "CKA_DERIVE is true (it serves another purpose too)"},
  }};
  for (const Demand& demand : demands) {
    const Result<bool> value = read_flag(session, private_key, demand.type);
    if (!value) return value.error();
    if (*value == demand.value) continue;
    return make_error(ErrorCode::forbidden,
                      std::string("the key in the token must not be a CA's: ") + demand.name);
  }
  return {};
}

}  // namespace chancery::keys
