// A certification authority made with OpenSSL's own X.509 code, so that client and agent are tested against
// certificates of another implementation.
#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "ca/base/clock.h"

namespace chancery::testing {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* handle) const {
    Free(handle);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Freed<X509_free>>;
using Memory = std::unique_ptr<BIO, Freed<BIO_free_all>>;

inline void require(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("openssl_ca: ") + what);
}

inline std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

inline std::string pem_of(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(memory.get(), certificate) == 1, "write certificate");
  return text_of(memory.get());
}

inline std::string pem_of(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write key");
  return text_of(memory.get());
}

inline void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
}

struct LeafOptions {
  std::string serial = "01000000000000000000000000000000aa";  // hex
  std::string names = "DNS:web.example,IP:127.0.0.1";         // OpenSSL's notation
  TimePoint not_before, not_after;
};

class OpensslCa {
 public:
  OpensslCa(TimePoint not_before, TimePoint not_after, const std::string& name = "Test")
      : not_before_(not_before), not_after_(not_after) {
    root_key_ = new_key();
    root_ = certificate(name + " Root", root_key_.get(), "0a01", not_before, not_after);
    add(root_.get(), root_.get(), NID_basic_constraints, "critical,CA:TRUE");
    add(root_.get(), root_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add(root_.get(), root_.get(), NID_subject_key_identifier, "hash");
    sign(root_.get(), root_.get(), root_key_.get());
    key_ = new_key();
    intermediate_ = certificate(name + " Intermediate", key_.get(), "0a02", not_before, not_after);
    add(intermediate_.get(), root_.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
    add(intermediate_.get(), root_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add(intermediate_.get(), root_.get(), NID_subject_key_identifier, "hash");
    add(intermediate_.get(), root_.get(), NID_authority_key_identifier, "keyid");
    sign(intermediate_.get(), root_.get(), root_key_.get());
  }

  [[nodiscard]] std::string root_pem() const { return pem_of(root_.get()); }
  [[nodiscard]] std::string chain_pem() const { return pem_of(intermediate_.get()); }

  static Key new_key() {
    Key key(EVP_EC_gen("P-256"));
    require(key != nullptr, "key");
    return key;
  }

  [[nodiscard]] std::string leaf_pem(EVP_PKEY* key, const LeafOptions& options) const {
    const Cert leaf = certificate("", key, options.serial, options.not_before, options.not_after);
    add(leaf.get(), intermediate_.get(), NID_key_usage, "critical,digitalSignature");
    add(leaf.get(), intermediate_.get(), NID_ext_key_usage, "serverAuth,clientAuth");
    add(leaf.get(), intermediate_.get(), NID_subject_key_identifier, "hash");
    add(leaf.get(), intermediate_.get(), NID_authority_key_identifier, "keyid");
    add(leaf.get(), intermediate_.get(), NID_subject_alt_name, "critical," + options.names);
    sign(leaf.get(), intermediate_.get(), key_.get());
    return pem_of(leaf.get());
  }

  // For the key of a PEM certification request, whose signature is checked.
  [[nodiscard]] std::string leaf_for_csr(const std::string& csr, const LeafOptions& options) const {
    const Memory memory(BIO_new_mem_buf(csr.data(), static_cast<int>(csr.size())));
    const std::unique_ptr<X509_REQ, Freed<X509_REQ_free>> request(
        PEM_read_bio_X509_REQ(memory.get(), nullptr, nullptr, nullptr));
    require(request != nullptr, "read CSR");
    EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
    require(X509_REQ_verify(request.get(), key) == 1, "CSR signature");
    return leaf_pem(key, options);
  }

 private:
  static Cert certificate(const std::string& common_name, EVP_PKEY* key, const std::string& serial,
                          TimePoint not_before, TimePoint not_after) {
    Cert made(X509_new());
    X509_set_version(made.get(), X509_VERSION_3);
    BIGNUM* number = nullptr;
    require(BN_hex2bn(&number, serial.c_str()) > 0, "serial");
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(made.get()));
    BN_free(number);
    ASN1_TIME_set(X509_getm_notBefore(made.get()), to_unix(not_before));
    ASN1_TIME_set(X509_getm_notAfter(made.get()), to_unix(not_after));
    if (!common_name.empty()) {
      X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    }
    X509_set_pubkey(made.get(), key);
    return made;
  }

  static void add(X509* subject, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, subject, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    require(extension != nullptr, value.c_str());
    X509_add_ext(subject, extension, -1);
    X509_EXTENSION_free(extension);
  }

  static void sign(X509* subject, X509* issuer, EVP_PKEY* key) {
    X509_set_issuer_name(subject, X509_get_subject_name(issuer));
    require(X509_sign(subject, key, EVP_sha256()) > 0, "sign");
  }

  TimePoint not_before_, not_after_;
  Key root_key_, key_;
  Cert root_, intermediate_;
};

}  // namespace chancery::testing
