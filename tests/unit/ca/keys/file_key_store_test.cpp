#include "ca/keys/file_key_store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "ca/base/file.h"
#include "tests/support/outcome.h"

namespace chancery::keys {
namespace {

using test::outcome_of;
using testing::HasSubstr;
using testing::StartsWith;

SecretBytes secret(std::string_view text) {
  return SecretBytes::copy_of(as_bytes(text));
}

class FileKeyStore : public testing::Test {
 protected:
  FileKeyStore() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-keys-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~FileKeyStore() override { std::filesystem::remove_all(folder_); }
  FileKeyStore(const FileKeyStore&) = delete;
  FileKeyStore& operator=(const FileKeyStore&) = delete;

  [[nodiscard]] std::string path(const std::string& name = "issuer.key.pem") const { return folder_ / name; }

  std::filesystem::path folder_;
};

TEST_F(FileKeyStore, OpensWhatItCreated) {
  const auto created = create_key_file(path(), {crypto::KeyAlgorithm::ec_p384, 384}, secret("twelve chars"));
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ((*created)->public_key().type().algorithm, crypto::KeyAlgorithm::ec_p384);

  const auto opened = open_key_file(path(), secret("twelve chars"));
  ASSERT_TRUE(opened) << opened.error().message;
  const auto signature = (*opened)->sign(crypto::SignatureAlgorithm::ecdsa_sha384, as_bytes("message"));
  ASSERT_TRUE(signature);
  EXPECT_TRUE((*created)->public_key().verify(crypto::SignatureAlgorithm::ecdsa_sha384, as_bytes("message"),
                                              *signature));
}

TEST_F(FileKeyStore, TheFileIsForItsOwnerOnlyAndEncrypted) {
  ASSERT_TRUE(create_key_file(path(), {}, secret("twelve chars")));
  struct stat status {};
  ASSERT_EQ(stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_THAT(*read_file(path(), 4096), StartsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
}

TEST_F(FileKeyStore, NeverOverwrites) {
  ASSERT_TRUE(create_key_file(path(), {}, secret("twelve chars")));
  const std::string before = *read_file(path(), 4096);
  EXPECT_THAT(outcome_of(create_key_file(path(), {}, secret("twelve chars"))), StartsWith("conflict: "));
  EXPECT_EQ(*read_file(path(), 4096), before);
}

TEST_F(FileKeyStore, RefusesAShortPassphrase) {
  EXPECT_THAT(outcome_of(create_key_file(path(), {}, secret("eleven char"))),
              testing::AllOf(StartsWith("validation: "), HasSubstr("at least 12")));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(FileKeyStore, NamesTheFileWhenThePassphraseIsWrong) {
  ASSERT_TRUE(create_key_file(path(), {}, secret("twelve chars")));
  EXPECT_THAT(outcome_of(open_key_file(path(), secret("twelve charz"))),
              testing::AllOf(StartsWith("unauthorized: "), HasSubstr("issuer.key.pem")));
}

TEST_F(FileKeyStore, RefusesAFileThatOthersMayRead) {
  ASSERT_TRUE(create_key_file(path(), {}, secret("twelve chars")));
  std::filesystem::permissions(path(), std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(outcome_of(open_key_file(path(), secret("twelve chars"))), StartsWith("forbidden: "));
}

TEST_F(FileKeyStore, SaysWhatIsMissingOrMalformed) {
  EXPECT_THAT(outcome_of(open_key_file(path("absent"), secret("twelve chars"))), StartsWith("not_found: "));
  ASSERT_TRUE(write_new_file(path("text"), as_bytes("hello"), 0600));
  EXPECT_THAT(
      outcome_of(open_key_file(path("text"), secret("twelve chars"))),
      testing::AllOf(StartsWith("validation: "), HasSubstr("text: this is not an encrypted private key")));
}

TEST_F(FileKeyStore, CannotCreateInAMissingFolder) {
  EXPECT_THAT(outcome_of(create_key_file(path("no/such/key.pem"), {}, secret("twelve chars"))),
              StartsWith("not_found: "));
}

TEST(MemorySigner, SignsWithItsKey) {
  auto key = crypto::PrivateKey::generate({});
  ASSERT_TRUE(key);
  const auto signer = make_memory_signer(std::move(*key));
  const auto signature = signer->sign(crypto::SignatureAlgorithm::ecdsa_sha256, as_bytes("message"));
  ASSERT_TRUE(signature);
  EXPECT_TRUE(
      signer->public_key().verify(crypto::SignatureAlgorithm::ecdsa_sha256, as_bytes("message"), *signature));
  EXPECT_THAT(outcome_of(signer->sign(crypto::SignatureAlgorithm::rsa_sha256, as_bytes("message"))),
              StartsWith("validation: "));
}

}  // namespace
}  // namespace chancery::keys
