#include "ca/x509/signed_object.h"

namespace chancery::x509 {

std::optional<SignedParts> read_signed(ByteView der) {
  der::Reader outer(der);
  const std::optional<der::Element> whole = outer.expect(der::Tag::sequence);
  if (!whole || !outer.at_end()) return std::nullopt;
  der::Reader reader(whole->content);
  const std::optional<der::Element> body = reader.expect(der::Tag::sequence);
  const std::optional<der::Element> algorithm = reader.expect(der::Tag::sequence);
  const std::optional<der::Element> bits = reader.expect(der::Tag::bit_string);
  const std::optional<ByteView> signature = bits ? der::bit_string_octets(*bits) : std::nullopt;
  if (!body || !algorithm || !signature || !reader.at_end()) return std::nullopt;
  return SignedParts{*body, algorithm->whole, *signature};
}

Bytes assemble_signed(ByteView body, crypto::SignatureAlgorithm algorithm, ByteView signature) {
  Bytes out;
  out.reserve(body.size() + signature.size() + 64);
  der::Writer writer(out);
  writer.sequence([&] {
    writer.raw(body);
    writer.raw(crypto::algorithm_identifier(algorithm));
    writer.bit_string(signature);
  });
  return out;
}

}  // namespace chancery::x509
