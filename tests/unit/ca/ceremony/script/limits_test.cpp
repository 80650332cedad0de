// Every limit of a script: what reaches it is taken, one more is refused with its place.
#include <functional>
#include <ostream>

#include "ca/ceremony/script/script.h"
#include "tests/unit/ca/ceremony/ceremony_fixture.h"

namespace chancery::ceremony {
namespace {

using ::testing::HasSubstr;

struct Limit {
  const char* name;
  const char* example;
  std::string from;
  std::function<std::string(std::size_t)> to;  // what stands in the place of `from`
  std::size_t most;
  std::string said;  // part of the message about one more
};

void PrintTo(const Limit& limit, std::ostream* out) {
  *out << limit.name;
}

// "BEFORExxxxAFTER" with as many x as asked for.
auto letters(const std::string& before, const std::string& after = "") {
  return [=](std::size_t count) { return before + std::string(count, 'x') + after; };
}

auto number(const std::string& before, const std::string& after = "") {
  return [=](std::size_t value) { return before + std::to_string(value) + after; };
}

// "BEFORE[a0b, a1b, ...]", as many as asked for.
auto list(const std::string& before, const std::string& first, const std::string& last) {
  return [=](std::size_t count) {
    std::string items;
    for (std::size_t i = 0; i < count; ++i)
      items += (i == 0 ? "" : ", ") + ("\"" + first + std::to_string(i) + last + "\"");
    return before + "[" + items + "]";
  };
}

std::string revocations(std::size_t count) {
  std::string entries;
  for (std::size_t i = 0; i < count; ++i) {
    entries += std::string(i == 0 ? "" : ",") + "{serial: 40aa" +
               to_hex(Bytes{std::uint8_t(i >> 8U), std::uint8_t(i)}) +
               ",reason: superseded,at: 2026-02-01T00:00:00Z}";
  }
  return "  number: 1\n  revoke: [" + entries + "]";
}

const std::string backup =
    "  - form: backup\n    where: \"safe 2, sealed bag 0417\"\n    holder: Dorothy Vaughan\n";

// The shares of the example are three copies already.
std::string copies(std::size_t count) {
  std::string text;
  for (std::size_t i = 3; i < count; ++i)
    text += testing::with(backup, "bag 0417", "bag " + std::to_string(i));
  return text;
}

class ScriptLimit : public ::testing::TestWithParam<Limit> {
 protected:
  static Result<Script> script_at(std::size_t value) {
    const std::string text =
        read_file(std::string(CHANCERY_SOURCE_DIR "/policies/ceremonies/") + GetParam().example + ".yaml",
                  script_limit)
            .value();
    return parse_script(testing::with(text, GetParam().from, GetParam().to(value)), "limit.yaml");
  }
};

TEST_P(ScriptLimit, IsTaken) {
  const Result<Script> script = script_at(GetParam().most);
  EXPECT_TRUE(script) << script.error().message;
}

TEST_P(ScriptLimit, OneMoreIsRefused) {
  const Result<Script> script = script_at(GetParam().most + 1);
  ASSERT_FALSE(script);
  EXPECT_THAT(script.error().message, HasSubstr("limit.yaml:"));
  EXPECT_THAT(script.error().message, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Text, ScriptLimit,
    ::testing::Values(
        Limit{"title", "root", "\"Example root ceremony R1\"", letters(""), 200, "title"},
        Limit{"person", "root", "Ada Lovelace", letters(""), 100, "administrator"},
        Limit{"officer", "root", "Hedy Lamarr", letters(""), 100, "a name has at most 100"},
        Limit{"organization", "root", "organization: Example", letters("organization: "), 64, "64"},
        Limit{"reason_of_an_exception", "demo-root", "the demo leaves the machine as it is", letters(""), 200,
              "reason"},
        Limit{"output", "root", "root.pem", letters(""), 200, "certificate"},
        Limit{"path_of_a_certificate", "intermediate", "certificate: root/bundle/root.pem",
              letters("certificate: "), 4096, "certificate"},
        Limit{"path_of_a_bundle", "intermediate", "bundle: crl-1/bundle", letters("bundle: "), 4096,
              "bundle"},
        Limit{"path_of_a_module", "token-root", "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", letters("/"),
              4095, "module"},
        Limit{"label_of_a_token", "token-root", "label: Root R1 (UserPIN)", letters("label: "), 32, "label"},
        Limit{"label_of_a_key", "token-root", "key: r1", letters("key: "), 64, "key"},
        Limit{"reason_of_a_destruction", "destroy",
              "R1 was replaced by R2 and its last certificate has expired", letters(""), 200, "reason"},
        Limit{"reason_after_the_last_list", "intermediate", "path_length: 0", letters("after_last_reason: "),
              200, "after_last_reason"},
        Limit{"place_of_a_copy", "destroy", "\"safe 2, sealed bag 0417\"", letters(""), 4096, "where"}),
    [](const auto& limit) { return std::string(limit.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Number, ScriptLimit,
    ::testing::Values(
        Limit{"clock_tolerance", "root", "120s", number("", "s"), 3600, "clock_tolerance"},
        Limit{"lifetime_of_a_root", "root", "3650d", number("", "d"), 3653, "lifetime"},
        Limit{"lifetime_of_an_intermediate", "intermediate", "1826d", number("", "d"), 1827, "lifetime"},
        Limit{"lifetime_of_a_list", "crl", "180d", number("", "d"), 365, "next_update"},
        Limit{"crl_number", "crl", "number: 2", number("number: "), (std::size_t{1} << 53U) - 1, "number"},
        Limit{"path_length", "cross-certificate", "path_length: 1", number("path_length: "), 8,
              "path_length"},
        Limit{"slot", "token-root", "label: Root R1 (UserPIN)", number("slot: "), 0xffffffff, "slot"},
        Limit{"octets_of_a_nonce", "cross-certificate", "8f1c0d5be2a74963b05f7e21c4d89a36",
              [](std::size_t count) { return to_hex(Bytes(count, 0xab)); }, 32, "16 to 32 octets"}),
    [](const auto& limit) { return std::string(limit.param.name); });

INSTANTIATE_TEST_SUITE_P(
    Count, ScriptLimit,
    ::testing::Values(
        Limit{"safe_controllers", "root", "safe_controllers: [Dorothy Vaughan, Emmy Noether]",
              list("safe_controllers: ", "Controller ", ""), 8, "safe_controllers"},
        Limit{"crypto_officers", "intermediate",
              "crypto_officers: [Frances Allen, Grace Hopper, Hedy Lamarr]",
              list("crypto_officers: ", "Officer ", ""), 16, "crypto_officers"},
        Limit{"distribution_points", "intermediate",
              "crl_distribution_points: [\"http://pki.example.internal/crl/root-r1.crl\"]",
              list("crl_distribution_points: ", "http://pki.example/", ".crl"), 4, "crl_distribution_points"},
        Limit{"ca_issuers", "intermediate", "ca_issuers: [\"http://pki.example.internal/root-r1.pem\"]",
              list("ca_issuers: ", "http://pki.example/", ".pem"), 4, "ca_issuers"},
        Limit{"permitted_names", "intermediate", "permitted: [\"dns:example.internal\", \"ip:10.0.0.0/8\"]",
              list("permitted: ", "dns:d", ".internal"), 32, "permitted"},
        Limit{"revocations", "first-crl", "  number: 1", revocations, 1000, "revoke"},
        Limit{"copies", "destroy", backup, copies, 64, "copies"}),
    [](const auto& limit) { return std::string(limit.param.name); });

}  // namespace
}  // namespace chancery::ceremony
