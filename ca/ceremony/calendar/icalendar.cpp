#include <algorithm>
#include <cstdint>

#include "ca/base/unicode.h"
#include "ca/ceremony/calendar/calendar.h"

namespace chancery::ceremony {
namespace {

constexpr std::size_t longest_line = 75;  // octets without CR LF (RFC 5545 section 3.1)
constexpr Seconds year{365LL * 86400};

struct Event {
  std::string uid, summary, description;
  TimePoint at;
  std::vector<int> alarms;  // days before
  std::string rule;         // RRULE's value; "" = once
};

void add_line(std::string& out, std::string_view line) {
  std::size_t room = longest_line;
  while (line.size() > room) {
    std::size_t cut = room;
    while (cut > 1 && continues_character(line[cut])) --cut;
    out.append(line.substr(0, cut)).append("\r\n ");
    line.remove_prefix(cut);
    room = longest_line - 1;  // the space counts
  }
  out.append(line).append("\r\n");
}

// TEXT (RFC 5545 section 3.3.11). Control characters have no place in it, nor has what nobody can see.
std::string text(std::string_view value) {
  std::string out;
  for (const char character : with_text_faults_replaced(value, "", "\n")) {
    if (character == '\n') {
      out += "\\n";
    } else if (character == '\\' || character == ';' || character == ',') {
      out += '\\';
      out += character;
    } else {
      out += character;
    }
  }
  return out;
}

// "20261122T043600Z"
std::string date_time(TimePoint at) {
  std::string out = to_rfc3339(at);
  std::erase_if(out, [](char character) { return character == '-' || character == ':'; });
  return out;
}

std::string uid(std::string_view kind, const crypto::Sha256Digest& of) {
  return std::string(kind) + "-" + to_hex(of).substr(0, 40) + "@chancery-root";
}

void add_event(std::string& out, const Event& event, TimePoint stamp) {
  add_line(out, "BEGIN:VEVENT");
  add_line(out, "UID:" + event.uid);
  add_line(out, "DTSTAMP:" + date_time(stamp));
  add_line(out, "DTSTART:" + date_time(event.at));
  add_line(out, "DURATION:PT1H");
  add_line(out, "TRANSP:TRANSPARENT");
  if (!event.rule.empty()) add_line(out, "RRULE:" + event.rule);
  add_line(out, "SUMMARY:" + text(event.summary));
  add_line(out, "DESCRIPTION:" + text(event.description));
  for (const int days : event.alarms) {
    add_line(out, "BEGIN:VALARM");
    add_line(out, "ACTION:DISPLAY");
    add_line(out, "DESCRIPTION:" + text(event.summary));
    add_line(out, "TRIGGER:-P" + std::to_string(days) + "D");
    add_line(out, "END:VALARM");
  }
  add_line(out, "END:VEVENT");
}

std::vector<Event> events_of(const CertificateEnd& end) {
  const std::string until = "It is valid until " + to_rfc3339(end.not_after) + ". Serial " + end.serial +
                            ", SHA-256 " + to_hex(end.fingerprint) + ".";
  if (end.revoked) {
    return {{uid("end", end.fingerprint),
             "Revoked: the " + end.kind + " certificate " + end.subject,
             "It is on its issuer's CRL. Nothing is renewed. " + until,
             *end.revoked,
             {0},
             ""}};
  }
  std::vector<Event> events;
  if (const std::optional<TimePoint> renewal = renewal_of(end)) {
    events.push_back({uid("renew", end.fingerprint),
                      "Renew " + end.subject,
                      "Hold the ceremony that makes the next intermediate. " + until,
                      *renewal,
                      {60, 14},
                      ""});
  }
  events.push_back(
      {uid("end", end.fingerprint), "End of the " + end.kind + " certificate " + end.subject,
       (end.kind == "root"     ? "A new root must be trusted everywhere long before. "
        : end.renewable        ? ""
        : end.key_is_destroyed ? "Its key was destroyed: it signs nothing, and nothing renews it. "
                               : "Its issuer's key was destroyed: nothing renews it. ") +
           until,
       end.not_after, end.kind == "root" ? std::vector<int>{1095, 365} : std::vector<int>{180, 30}, ""});
  return events;
}

Event event_of(const CrlEnd& end) {
  if (end.last) {
    return {uid("crl", end.issuer_hash),
            "End of the last CRL of " + end.issuer,
            "List " + end.number + " is the last, as its script declared, and ends at " +
                to_rfc3339(end.next_update) +
                ": no other follows, and everything below fails closed then. Have what is still in use "
                "certified under another root long before.",
            end.next_update,
            {1095, 365, 60},
            ""};
  }
  return {uid("crl", end.issuer_hash),
          "Next CRL of " + end.issuer,
          "Hold the ceremony for the next CRL, and publish it before this moment: list " + end.number +
              " ends at " + to_rfc3339(end.next_update) + ", and everything below fails closed then.",
          end.next_update,
          {60, 30, 7},  // the last tenth of a year, from which crl.reissue_margin warns, has 36 days
          ""};
}

Event event_of(const CrlDue& due) {
  return {uid("crl", due.issuer_hash),
          "First CRL due: " + due.issuer,
          "Hold the ceremony for the first CRL now, and publish it at " + due.url +
              ": certificates point there, and whoever looks for it fails closed.",
          due.since,
          {0},
          ""};
}

Event event_of(const CustodyCheck& check) {
  std::string names;
  for (const std::string& name : check.custodians) names += (names.empty() ? "" : ", ") + name;
  return {uid("custody", check.fingerprint),
          "Custodians: check the " + check.custody + " of " + check.subject,
          (check.custody == "shares"
               ? "Each looks at the seal of their own bag and its number, and knows the passphrase still: "
               : "Look together at the seal of the bag with the " + check.custody +
                     " and its number; whoever has its secret knows it still: ") +
              names + ".",
          check.first,
          {14},
          "FREQ=YEARLY;UNTIL=" + date_time(check.until)};
}

}  // namespace

std::optional<TimePoint> renewal_of(const CertificateEnd& end) {
  if (end.kind != "intermediate" || end.revoked || !end.renewable) return std::nullopt;
  const Seconds half = (end.not_after - end.not_before) / 2;
  return end.not_after - std::min(year, half);
}

std::string icalendar(const Dates& dates) {
  std::string out;
  for (const std::string_view line :
       {"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Chancery//chancery-root//EN", "CALSCALE:GREGORIAN"}) {
    add_line(out, line);
  }
  for (const CrlEnd& end : dates.crls) add_event(out, event_of(end), dates.stamp);
  for (const CrlDue& due : dates.crls_due) add_event(out, event_of(due), dates.stamp);
  for (const CertificateEnd& end : dates.certificates) {
    for (const Event& event : events_of(end)) add_event(out, event, dates.stamp);
  }
  for (const CustodyCheck& check : dates.checks) add_event(out, event_of(check), dates.stamp);
  add_line(out, "END:VCALENDAR");
  return out;
}

}  // namespace chancery::ceremony
