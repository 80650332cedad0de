#include <sys/types.h>

#include "ca/base/replace_file.h"
#include "ca/ceremony/calendar/calendar.h"

namespace chancery::ceremony {
namespace {

constexpr mode_t public_mode = 0644;

std::string label(std::string_view value) {
  std::string out;
  for (const char character : value) {
    if (character == '\n') {
      out += "\\n";
      continue;
    }
    if (character == '\\' || character == '"') out += '\\';
    out += character;
  }
  return out;
}

void head(std::string& out, const std::string& name, const std::string& help) {
  out += "# HELP " + name + " " + help + "\n# TYPE " + name + " gauge\n";
}

}  // namespace

std::string prometheus_text(const Dates& dates) {
  std::string out;
  const std::string not_after = "chancery_ceremony_not_after_timestamp_seconds";
  head(out, not_after, "When a certificate of a ceremony ends (notAfter), as Unix time.");
  for (const CertificateEnd& end : dates.certificates) {
    out += not_after + "{subject=\"" + label(end.subject) + "\",kind=\"" + end.kind + "\",serial=\"" +
           end.serial + "\"} " + std::to_string(to_unix(end.not_after)) + "\n";
  }
  const std::string next_update = "chancery_ceremony_next_update_timestamp_seconds";
  head(out, next_update, "When the newest CRL of a ceremony ends (nextUpdate), as Unix time.");
  for (const CrlEnd& end : dates.crls) {
    out += next_update + "{subject=\"" + label(end.issuer) + "\",kind=\"crl\"} " +
           std::to_string(to_unix(end.next_update)) + "\n";
  }
  for (const CrlDue& due : dates.crls_due) {
    out += "# First CRL due: " + label(due.issuer) + " has published none at " + label(due.url) + "\n";
  }
  const std::string held = "chancery_ceremony_last_timestamp_seconds";
  head(out, held, "When the last of these ceremonies ended, as Unix time.");
  return out + held + " " + std::to_string(to_unix(dates.stamp)) + "\n";
}

Result<void> replace_file(const std::string& path, std::string_view content) {
  return chancery::replace_file(path, as_bytes(content), public_mode);
}

}  // namespace chancery::ceremony
