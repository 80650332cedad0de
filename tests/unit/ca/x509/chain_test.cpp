#include "ca/x509/chain.h"

#include <gmock/gmock.h>

#include "tests/support/x509_builder.h"

namespace chancery::x509 {
namespace {

using test::make_intermediate;
using test::make_leaf;
using test::make_root;
using test::test_time;

TEST(Chain, AcceptsLeafIntermediateRoot) {
  const auto root = make_root();
  const auto intermediate = make_intermediate(root);
  const auto leaf = make_leaf(intermediate);
  const Certificate intermediates[] = {intermediate.certificate};
  const Certificate roots[] = {root.certificate};
  const auto result =
      verify_chain(leaf.certificate, intermediates, roots, test_time(), KeyPurpose::server_auth);
  EXPECT_TRUE(result) << result.error().message;
}

}  // namespace
}  // namespace chancery::x509
