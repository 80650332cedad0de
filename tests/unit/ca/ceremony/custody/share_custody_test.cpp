#include "ca/ceremony/custody/share_custody.h"

#include "ca/ceremony/custody/secret_file.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using testing::CeremonyTest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr crypto::KeyType p384{crypto::KeyAlgorithm::ec_p384, 384};

struct Silent final : Listener {
  Result<void> answered(const Question&, const std::string&) override { return {}; }
  Result<void> answered_wrong(const Question&, std::size_t) override { return {}; }
  Result<void> secret_given(const Question& question, SecretWay) override {
    given.push_back(question.id);
    return {};
  }
  Result<void> token_seen(const TokenSeen&) override { return {}; }
  Result<void> words_ticked(const WordsRead&) override { return {}; }
  Result<void> no_return(const std::string&) override { return {}; }
  Result<void> noted(const std::string&) override { return {}; }
  std::vector<std::string> given;
};

class ShareCustodyTest : public CeremonyTest {
 protected:
  ShareCustodyTest() {
    for (const char* const number : {"1", "2", "3"}) {
      const std::string passphrase = std::string("passphrase of officer ") + number;
      people.answers[std::string("secret.new_key.") + number] = passphrase;
      people.answers[std::string("secret.new_key.restore.") + number] = passphrase;
    }
    people.answers["secret.issuer_key.1"] = "passphrase of officer 1";
    people.answers["secret.issuer_key.2"] = "passphrase of officer 3";
  }
  CustodySurroundings surroundings(const std::string& question) {
    return {.folder = output,
            .key = "the key",
            .question = question,
            .conversation = conversation,
            .tokens = tokens,
            .random = random,
            .kdf = quick_kdf,
            .file_stem = "root",
            .officers = {"Flo Ford", "Gil Gray", "Hal Hill"}};
  }
  // Makes the key, and says how to open it.
  void make() {
    const std::unique_ptr<Custody> custody = share_custody({2, 3, {}}, surroundings("secret.new_key"));
    Result<std::unique_ptr<keys::Signer>> key = custody->make(p384);
    ASSERT_TRUE(key) << key.error().message;
    spki = to_bytes((*key)->public_key().spki());
    ASSERT_TRUE(custody->prove_backup());
    EXPECT_THAT(custody->officers(), ElementsAre("Gil Gray", "Hal Hill"));
    EXPECT_EQ(custody->files().size(), 3U);
  }
  Result<std::unique_ptr<keys::Signer>> open(const ShareCustody& plan,
                                             const std::vector<std::string>& officers = {"Flo Ford",
                                                                                         "Hal Hill"}) {
    CustodySurroundings around = surroundings("secret.issuer_key");
    around.expected = crypto::sha256(spki);
    around.officers = officers;
    return share_custody(plan, around)->open();
  }

  Silent listener;
  Conversation conversation{people, listener};
  Tokens tokens;
  Bytes spki;
};

const ShareCustody two_of_three{2, 3, {"root.1.share", "root.3.share"}};

TEST_F(ShareCustodyTest, QuorumGivesTheKeyBack) {
  make();
  const auto key = open(two_of_three);
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_TRUE(equal((*key)->public_key().spki(), spki));
}

TEST_F(ShareCustodyTest, NobodyIsAskedForAShareThatCannotBeTheRightOne) {
  make();
  listener.given.clear();
  const auto refused = [&](const ShareCustody& plan, const std::vector<std::string>& officers,
                           const std::string& said) {
    const auto key = open(plan, officers);
    ASSERT_FALSE(key);
    EXPECT_THAT(key.error().message, HasSubstr(said));
    EXPECT_TRUE(listener.given.empty());
  };
  refused({3, 3, {"root.1.share", "root.3.share"}}, {"Flo Ford", "Hal Hill"}, "it is one of 2 of 3");
  refused({2, 4, {"root.1.share", "root.3.share"}}, {"Flo Ford", "Hal Hill"}, "it is one of 2 of 3");
  refused(two_of_three, {"Gil Gray", "Hal Hill"}, "Flo Ford is not among the script's crypto officers");
  refused({2, 3, {"none.share", "root.3.share"}}, {"Flo Ford", "Hal Hill"}, "none.share");
  spki.push_back(0);
  refused(two_of_three, {"Flo Ford", "Hal Hill"}, "it is a share of another key");
}

// As at the beginning of a ceremony: every share, before the first passphrase.
TEST_F(ShareCustodyTest, EveryShareIsLookedAtBeforeTheFirstPassphrase) {
  make();
  const std::vector<std::string> here{"Flo Ford", "Gil Gray", "Hal Hill"};
  const auto brought = [&](const ShareCustody& plan, const std::vector<std::string>& officers) {
    return check_brought(plan, output, officers, crypto::sha256(spki), quick_kdf);
  };
  const auto refused = [&](const ShareCustody& plan, const std::vector<std::string>& officers,
                           const std::string& said) {
    const Result<void> ok = brought(plan, officers);
    ASSERT_FALSE(ok);
    EXPECT_THAT(ok.error().message, HasSubstr(said));
  };
  EXPECT_TRUE(brought(two_of_three, here));
  EXPECT_TRUE(brought({2, 3, {"root.1.share", "root.2.share", "root.3.share"}}, here));
  refused(two_of_three, {"Flo Ford", "Gil Gray"}, "Hal Hill is not among the script's crypto officers");
  refused({3, 3, {"root.1.share", "root.2.share"}}, here, "it is one of 2 of 3");
  std::filesystem::copy_file(output + "/root.1.share", output + "/copy.share");
  ASSERT_EQ(::chmod((output + "/copy.share").c_str(), 0600), 0);
  refused({2, 3, {"root.1.share", "copy.share"}}, here, "it is the same share as that of Flo Ford");
  std::string damaged = read(output + "/root.3.share");
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  std::ofstream(output + "/root.3.share") << damaged;
  refused(two_of_three, here, output + "/root.3.share");
  spki.push_back(0);
  refused({2, 3, {"root.1.share", "root.2.share"}}, here, "it is a share of another key");
}

TEST_F(ShareCustodyTest, WrongPassphraseNamesTheOfficer) {
  make();
  people.answers["secret.issuer_key.2"] = "passphrase of nobody";
  const auto key = open(two_of_three);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::unauthorized);
  EXPECT_THAT(key.error().message, HasSubstr("share of Hal Hill (" + output + "/root.3.share)"));
}

TEST_F(ShareCustodyTest, AShareThatOthersMayReadIsRefused) {
  make();
  ASSERT_EQ(::chmod((output + "/root.3.share").c_str(), 0640), 0);
  const auto key = open(two_of_three);
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::forbidden);
  EXPECT_THAT(key.error().message, HasSubstr(output + "/root.3.share"));
}

TEST_F(ShareCustodyTest, PathsAreShownWithoutDots) {
  EXPECT_EQ(path_in(".", "./root/custody/root.1.share"), "root/custody/root.1.share");
  EXPECT_EQ(path_in("/media/./out", "../root.1.share"), "/media/out/../root.1.share");
  EXPECT_EQ(path_in(".", "."), ".");
}

TEST_F(ShareCustodyTest, TooFewDoNotGiveTheKey) {
  make();
  const auto key = open({2, 3, {"root.1.share"}});
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().code, ErrorCode::conflict);
}

TEST_F(ShareCustodyTest, BackupThatDoesNotOpenIsAnError) {
  people.answers["secret.new_key.restore.2"] = "what Gil believes it was";
  const std::unique_ptr<Custody> custody = share_custody({2, 3, {}}, surroundings("secret.new_key"));
  ASSERT_TRUE(custody->make(p384));
  const Result<std::string> proven = custody->prove_backup();
  ASSERT_FALSE(proven);
  EXPECT_THAT(proven.error().message, HasSubstr("Gil Gray"));
}

TEST_F(ShareCustodyTest, DestroyedFilesAreOverwrittenFirst) {
  const std::string path = write("secret.share", "a secret", 0600), kept = folder + "/hard-link";
  std::filesystem::create_hard_link(path, kept);
  ASSERT_TRUE(destroy_file(path));
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_EQ(read(kept), std::string(8, '\0'));
  EXPECT_EQ(destroy_file(path).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace chancery::ceremony
