#include "ca/ceremony/interaction/secret_descriptor.h"

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "ca/ceremony/process/process.h"

namespace chancery::ceremony {
namespace {

constexpr std::string_view secret_prefix = "secret.";

std::string name_of(int descriptor) {
  return "file descriptor " + std::to_string(descriptor);
}

// 1: an octet, 0: the end, -1: errno says why.
ssize_t next(int descriptor, std::uint8_t& octet) {
  ssize_t got = 0;
  do got = ::read(descriptor, &octet, 1);
  while (got < 0 && errno == EINTR);
  return got;
}

Result<void> add(SecretDescriptors& descriptors, const std::string& id, int descriptor) {
  if (descriptors.size() == most_descriptors) {
    return make_error(ErrorCode::validation,
                      "at most " + std::to_string(most_descriptors) + " secrets can come from descriptors");
  }
  if (descriptors.emplace(id, descriptor).second) return {};
  return make_error(ErrorCode::validation, id + " is given two descriptors; one is enough");
}

}  // namespace

Result<SecretBytes> read_secret_descriptor(int descriptor) {
  if (::isatty(descriptor) == 1) {
    return make_error(ErrorCode::unavailable,
                      name_of(descriptor) +
                          " is a terminal, which would show the secret; leave it out, and "
                          "the question is asked without echo");
  }
  const SignalHold hold;
  SecretBytes line(longest_passphrase);
  std::size_t size = 0;
  std::uint8_t octet = 0;
  ssize_t got = 0;
  while (true) {
    if (Result<void> ok = SignalHold::wait_for_input(descriptor); !ok) return std::move(ok).error();
    if ((got = next(descriptor, octet)) != 1 || octet == '\n') break;
    if (size == longest_passphrase) {
      return make_error(ErrorCode::validation, name_of(descriptor) + " gives more than " +
                                                   std::to_string(longest_passphrase) +
                                                   " octets before a line feed");
    }
    line.writable()[size++] = octet;
  }
  explicit_bzero(&octet, sizeof(octet));
  if (got < 0) {
    return make_error(ErrorCode::unavailable, name_of(descriptor) + ": " + std::strerror(errno) +
                                                  "; open it for this program, as in 3<FILE");
  }
  if (size == 0) return make_error(ErrorCode::validation, name_of(descriptor) + " gives no secret");
  return SecretBytes::copy_of(line.reveal().first(size));
}

Result<void> add_secret_descriptor(SecretDescriptors& descriptors, const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string id = text.substr(0, equals);
  const std::string number = equals == std::string::npos ? "" : text.substr(equals + 1);
  int descriptor = -1;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), descriptor);
  const bool whole = error == std::errc() && end == number.data() + number.size();
  if (whole && descriptor >= 0 && descriptor <= highest_descriptor && id.starts_with(secret_prefix) &&
      id.size() > secret_prefix.size()) {
    return add(descriptors, id, descriptor);
  }
  return make_error(
      ErrorCode::validation,
      "--secret-fd wants QUESTION=FD such as secret.issuer_key=3, with a descriptor from 0 to " +
          std::to_string(highest_descriptor) + "; never the secret itself");
}

Result<SecretBytes> DescribedSecrets::ask_secret(const Question& question) {
  const auto found = descriptors_.find(question.id);
  return found == descriptors_.end() ? rest_.ask_secret(question) : read_once(question, found->second);
}

Result<SecretBytes> DescribedSecrets::ask_new_secret(const Question& question) {
  const auto found = descriptors_.find(question.id);
  return found == descriptors_.end() ? rest_.ask_new_secret(question) : read_once(question, found->second);
}

Result<SecretBytes> DescribedSecrets::read_once(const Question& question, int descriptor) {
  if (read_.insert(question.id).second) return read_secret_descriptor(descriptor);
  return make_error(ErrorCode::unauthorized,
                    "what " + name_of(descriptor) + " gave is not right, and it is not read a second time");
}

Result<void> DescribedSecrets::finish() {
  for (const auto& [id, descriptor] : descriptors_) {
    if (!read_.contains(id)) {
      return make_error(ErrorCode::validation,
                        "nobody asked for " + id + ", which --secret-fd gives " + name_of(descriptor));
    }
  }
  return rest_.finish();
}

}  // namespace chancery::ceremony
