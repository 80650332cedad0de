#include "ca/x509/name_subtree.h"

#include <algorithm>
#include <bit>
#include <charconv>

#include "ca/x509/general_name_rules.h"

namespace chancery::x509 {
namespace {

struct Network {
  Bytes address, mask;
};

Error refusal(const std::string& shown, std::string_view fault) {
  return make_error(ErrorCode::validation, "\"" + shown.substr(0, 300) +
                                               "\" is not a usable name constraint: " + std::string(fault) +
                                               " (RFC 5280 4.2.1.10)");
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

Bytes netmask(std::size_t octets, unsigned prefix) {
  Bytes mask(octets, 0);
  for (unsigned bit = 0; bit < prefix; ++bit)
    mask[bit / 8] = static_cast<std::uint8_t>(mask[bit / 8] | (0x80U >> bit % 8));
  return mask;
}

bool masked(ByteView address, ByteView mask) {
  for (std::size_t i = 0; i < address.size(); ++i) {
    if ((address[i] & ~mask[i] & 0xffU) != 0) return false;
  }
  return true;
}

// "address/prefix"; nullopt when it is not one.
std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::optional<Bytes> address = parse_address(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!address || fault != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (prefix > address->size() * 8 || (digits.size() > 1 && digits[0] == '0')) return std::nullopt;
  Bytes mask = netmask(address->size(), prefix);
  if (!masked(*address, mask)) return std::nullopt;
  return Network{std::move(*address), std::move(mask)};
}

// The prefix length of a netmask without holes.
std::optional<unsigned> prefix_of(ByteView mask) {
  unsigned prefix = 0;
  for (const std::uint8_t octet : mask) prefix += static_cast<unsigned>(std::popcount(octet));
  if (!equal(netmask(mask.size(), prefix), mask)) return std::nullopt;
  return prefix;
}

std::string network_text(ByteView address, unsigned prefix) {
  return address_text(address) + "/" + std::to_string(prefix);
}

// A host, or a dot and a domain.
const char* host_fault(std::string_view value) {
  if (value.starts_with('.')) value.remove_prefix(1);
  return dns_fault(value, false);
}

const char* fault_of(const NameSubtree& subtree) {
  const std::string_view value = subtree.value;
  switch (subtree.type) {
    case GeneralNameType::dns:
      return value.empty() ? nullptr : dns_fault(value, false);
    case GeneralNameType::ip:
      return parse_network(value) ? nullptr
                                  : "write a network as address/prefix with zero bits behind the prefix";
    case GeneralNameType::email:
      return value.find('@') == std::string_view::npos ? host_fault(value) : email_fault(value);
    case GeneralNameType::uri:
      return host_fault(value);
  }
  return "its type is unknown";
}

// Lower case but for a mailbox's local part; networks as RFC 5952 writes them.
std::string canonical(const NameSubtree& subtree) {
  if (subtree.type == GeneralNameType::ip) {
    const std::optional<Network> network = parse_network(subtree.value);
    return network_text(network->address, prefix_of(network->mask).value());
  }
  const std::size_t at = subtree.value.find('@');
  if (at == std::string::npos) return lower(subtree.value);
  return subtree.value.substr(0, at) + lower(std::string_view(subtree.value).substr(at));
}

bool below(std::string_view name, std::string_view domain) {
  return name.size() > domain.size() && name.ends_with(domain) &&
         name[name.size() - domain.size() - 1] == '.';
}

bool dns_covers(std::string_view tree, std::string_view name) {
  return tree.empty() || name == tree || below(name, tree);
}

bool host_covers(std::string_view tree, std::string_view host) {
  return tree.starts_with('.') ? below(host, tree.substr(1)) : host == tree;
}

bool email_covers(std::string_view tree, std::string_view mailbox) {
  const std::size_t at = mailbox.rfind('@');
  const std::string host = lower(mailbox.substr(at + 1));
  if (tree.find('@') == std::string_view::npos) return host_covers(tree, host);
  return std::string(mailbox.substr(0, at + 1)) + host == tree;
}

bool ip_covers(std::string_view tree, std::string_view address) {
  const std::optional<Network> network = parse_network(tree);
  const std::optional<Bytes> octets = parse_address(address);
  if (!network || !octets || octets->size() != network->address.size()) return false;
  for (std::size_t i = 0; i < octets->size(); ++i) {
    if (((*octets)[i] & network->mask[i]) != network->address[i]) return false;
  }
  return true;
}

// Constraints speak of hosts that are names; a URI with an address for its host is in no tree.
std::string uri_name(std::string_view uri) {
  const std::string host = lower(uri_host(uri));
  return dns_fault(host, false) == nullptr ? host : std::string();
}

}  // namespace

std::string to_string(const NameSubtree& subtree) {
  return std::string(to_string(subtree.type)) + ":" + subtree.value;
}

Result<NameSubtree> parse_name_subtree(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string shown(text);
  const std::optional<GeneralNameType> type = parse_general_name_type(text.substr(0, colon));
  if (colon == std::string_view::npos || !type)
    return refusal(shown,
                   "write dns:, ip:, uri: or email: and the subtree, for example dns:internal.example");
  NameSubtree subtree{*type, std::string(text.substr(colon + 1))};
  if (const char* fault = fault_of(subtree)) return refusal(shown, fault);
  subtree.value = canonical(subtree);
  return subtree;
}

Bytes subtree_octets(const NameSubtree& subtree) {
  if (subtree.type != GeneralNameType::ip) return to_bytes(as_bytes(subtree.value));
  Network network = parse_network(subtree.value).value();
  network.address.insert(network.address.end(), network.mask.begin(), network.mask.end());
  return std::move(network.address);
}

Result<NameSubtree> subtree_from_octets(GeneralNameType type, ByteView octets) {
  NameSubtree subtree{type, {}};
  if (type == GeneralNameType::ip) {
    const std::size_t half = octets.size() / 2;
    if (octets.size() != 8 && octets.size() != 32)
      return refusal(to_hex(octets), "it must have 8 or 32 octets");
    const std::optional<unsigned> prefix = prefix_of(octets.subspan(half));
    if (!prefix) return refusal(to_hex(octets), "its netmask has holes");
    subtree.value = network_text(octets.first(half), *prefix);
  } else {
    subtree.value = std::string(as_text(octets));
  }
  if (const char* fault = fault_of(subtree)) return refusal(to_hex(octets), fault);
  subtree.value = canonical(subtree);
  return subtree;
}

bool covers(const NameSubtree& subtree, const GeneralName& name) {
  if (subtree.type != name.type) return false;
  switch (name.type) {
    case GeneralNameType::dns:
      return dns_covers(subtree.value, name.value);
    case GeneralNameType::ip:
      return ip_covers(subtree.value, name.value);
    case GeneralNameType::email:
      return email_covers(subtree.value, name.value);
    case GeneralNameType::uri:
      return host_covers(subtree.value, uri_name(name.value));
  }
  return false;
}

bool touches(const NameSubtree& subtree, const GeneralName& name) {
  if (covers(subtree, name)) return true;
  if (subtree.type != name.type) return false;
  // RFC 5280 4.2.1.10: a URI whose host is no name cannot be shown to be outside.
  if (name.type == GeneralNameType::uri) return uri_name(name.value).empty();
  if (name.type != GeneralNameType::dns || !name.value.starts_with("*.")) return false;
  const std::string_view parent = std::string_view(name.value).substr(2), tree = subtree.value;
  return below(tree, parent) &&
         tree.substr(0, tree.size() - parent.size() - 1).find('.') == std::string_view::npos;
}

}  // namespace chancery::x509
