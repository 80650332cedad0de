#include "ca/ceremony/replay/chain.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ca/ceremony/replay/checks.h"

namespace chancery::ceremony {
namespace {

std::string head_of(const Replay& link) {
  return link.transcript ? to_hex(link.transcript->head()) : "";
}

// The head that the ceremony names as the one before; "" = none.
std::string named_by(const Replay& link) {
  if (!link.transcript) return "";
  const EventData& begin = link.transcript->lines.front().data;
  const auto found = begin.find("previous");
  return found == begin.end() ? "" : std::get<std::string>(found->second);
}

TimePoint begun(const Replay& link) {
  return link.transcript ? link.transcript->lines.front().at : TimePoint{};
}

std::string with_time(const Replay& link) {
  return link.bundle.path + " (begun " + to_rfc3339(begun(link)) + ")";
}

const Replay* with_head(const std::vector<Replay>& links, const std::string& head) {
  const auto found =
      std::find_if(links.begin(), links.end(), [&](const Replay& link) { return head_of(link) == head; });
  return head.empty() || found == links.end() ? nullptr : &*found;
}

std::string list_of(const std::vector<const Replay*>& links) {
  std::string text;
  for (const Replay* link : links) text += (text.empty() ? "" : ", ") + with_time(*link);
  return text;
}

Check once_each(const std::vector<Replay>& links) {
  std::map<std::string, const Replay*> seen;
  for (const Replay& link : links) {
    const auto [other, first] = seen.emplace(head_of(link), &link);
    if (!first && !head_of(link).empty())
      return {"no ceremony twice", false,
              link.bundle.path + " and " + other->second->bundle.path + " are of the same ceremony"};
  }
  return {"no ceremony twice", true, std::to_string(links.size()) + " bundles"};
}

Check one_beginning(const std::vector<Replay>& links) {
  std::vector<const Replay*> first;
  for (const Replay& link : links) {
    if (with_head(links, named_by(link)) == nullptr) first.push_back(&link);
  }
  if (first.size() != 1) {
    return {"one beginning", false,
            "none of the bundles given is the one before these: " + list_of(first) +
                "; give every bundle of the root"};
  }
  const std::string named = named_by(*first.front());
  if (named.empty()) return {"one beginning", true, with_time(*first.front())};
  return {"one beginning", true,
          with_time(*first.front()) + " goes on from " + named + ", whose bundle is not given", false};
}

// Which ceremonies go on from each that is named, and which with the key that it made: that of an
// intermediate, whose own ceremonies are a branch and no fork.
using Followers = std::map<std::pair<std::string, bool>, std::vector<const Replay*>>;
Followers followers(const std::vector<Replay>& links) {
  Followers all;
  for (const Replay& link : links) {
    const std::string named = named_by(link);
    if (named.empty()) continue;
    const Replay* before = with_head(links, named);
    const x509::Certificate* signer = link.authority();
    all[{named, before != nullptr && signer != nullptr && made_in(*before, *signer)}].push_back(&link);
  }
  return all;
}

void check_forks(const std::vector<Replay>& links, std::vector<Check>& checks) {
  bool forks = false;
  for (const auto& [begin, after] : followers(links)) {
    if (after.size() < 2) continue;
    forks = true;
    const std::string& head = begin.first;
    const Replay* at = with_head(links, head);
    checks.push_back(
        {"no fork", false,
         "the chain forks after " + (at == nullptr ? "the ceremony of head " + head : with_time(*at)) + ": " +
             list_of(after) +
             " go on from it; whoever held the later one was given a bundle that was not the newest"});
  }
  if (!forks) checks.push_back({"no fork", true, "each ceremony is gone on from once at most"});
}

// `links` in their order.
Check none_after_destruction(const std::vector<Replay>& links) {
  const std::string name = "nothing after the destruction";
  for (std::size_t i = 0; i < links.size(); ++i) {
    const x509::Certificate* gone = links[i].authority();
    if (gone == nullptr || !links[i].script || links[i].script->kind() != Kind::destroy) continue;
    for (std::size_t j = i + 1; j < links.size(); ++j) {
      const x509::Certificate* used = links[j].authority();
      if (used == nullptr || !equal(used->fields().spki, gone->fields().spki)) continue;
      return {name, false,
              with_time(links[j]) + " used the key that " + with_time(links[i]) +
                  " says was destroyed; a copy of it survived"};
    }
  }
  return {name, true, "no key was used after its end"};
}

// What a list that came later took back, or "".
std::string taken_back(const x509::Crl& before, const x509::Crl& later) {
  const x509::ParsedCrl &old = before.fields(), &now = later.fields();
  if (old.number && (!now.number || !(*now.number > *old.number)))
    return "its number " + (now.number ? now.number->to_string() : "(none)") + " is not greater than " +
           old.number->to_string();
  for (const x509::RevokedCertificate& entry : old.revoked) {
    const x509::RevokedCertificate* kept = x509::find_revoked(now, entry.serial);
    if (kept == nullptr) return "it no longer revokes serial " + entry.serial.to_string();
    if (!(*kept == entry)) return "it changes the entry of serial " + entry.serial.to_string();
  }
  return "";
}

const x509::Crl* list_made(const Replay& link) {
  if (!link.script || link.script->kind() != Kind::crl) return nullptr;
  const std::string name = crl_output(link.script->plan);
  const auto found = std::find_if(link.crls.begin(), link.crls.end(),
                                  [&](const CrlFile& file) { return file.name == name; });
  return found == link.crls.end() ? nullptr : &found->crl;
}

// `links` in their order. Whatever the scripts say of the lists before them.
Check lists_go_on(const std::vector<Replay>& links) {
  const std::string name = "no revocation taken back";
  std::vector<std::pair<const Replay*, const x509::Crl*>> newest;  // of each issuer
  std::size_t count = 0;
  for (const Replay& link : links) {
    const x509::Crl* made = list_made(link);
    if (made == nullptr) continue;
    ++count;
    const auto last = std::find_if(newest.begin(), newest.end(), [&](const auto& one) {
      return equal(one.second->fields().issuer, made->fields().issuer);
    });
    if (last == newest.end()) {
      newest.emplace_back(&link, made);
      continue;
    }
    if (const std::string fault = taken_back(*last->second, *made); !fault.empty())
      return {name, false,
              "the list of " + with_time(link) + " comes after that of " + with_time(*last->first) +
                  ", but " + fault};
    *last = {&link, made};
  }
  return {name, true,
          std::to_string(count) + " lists, each with a greater number and every entry of those before"};
}

// `links` in their order. Also where a script names the ceremony before by its hash alone.
Check none_after_the_last_list(const std::vector<Replay>& links) {
  const std::string name = "nothing after the last list";
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto* list = links[i].script ? std::get_if<CrlPlan>(&links[i].script->plan) : nullptr;
    const x509::Certificate* issuer = links[i].authority();
    if (list == nullptr || list->last_reason.empty() || issuer == nullptr) continue;
    for (std::size_t j = i + 1; j < links.size(); ++j) {
      const std::string* reason = links[j].script ? after_last_reason(links[j].script->plan) : nullptr;
      const x509::Certificate* signer = links[j].authority();
      if (reason == nullptr || signer == nullptr ||
          !equal(signer->fields().subject, issuer->fields().subject))
        continue;
      if (reason->empty())
        return {name, false,
                with_time(links[j]) + " signed, without an after_last_reason, after the last list, that of " +
                    with_time(links[i])};
      if (links[j].script->kind() == Kind::crl) break;  // it says itself whether it is the last
    }
  }
  return {name, true, "what was signed after a list without another says why"};
}

// How many of the others it stands on, each on the one before.
std::size_t depth_of(const Replay& link, const std::vector<Replay>& links) {
  std::size_t depth = 0;
  const Replay* before = with_head(links, named_by(link));
  for (; before != nullptr && depth < links.size(); before = with_head(links, named_by(*before))) ++depth;
  return depth;
}

// By their beginnings; of those in one second the one that others stand on first.
std::vector<Replay> in_order(std::vector<Replay> links) {
  std::vector<std::pair<std::pair<TimePoint, std::size_t>, std::size_t>> places;
  for (std::size_t i = 0; i < links.size(); ++i)
    places.push_back({{begun(links[i]), depth_of(links[i], links)}, i});
  std::sort(places.begin(), places.end());
  std::vector<Replay> ordered;
  ordered.reserve(links.size());
  for (const auto& place : places) ordered.push_back(std::move(links[place.second]));
  return ordered;
}

Result<std::vector<Replay>> replay_each(const std::vector<std::string>& bundles,
                                        const std::optional<std::string>& root) {
  std::vector<Replay> alone;
  for (const std::string& bundle : bundles) {
    Result<Replay> link = replay({bundle, std::nullopt, root});
    if (!link) return std::move(link).error();
    alone.push_back(std::move(*link));
  }
  return in_order(std::move(alone));
}

}  // namespace

bool Chain::passed() const {
  return std::all_of(links.begin(), links.end(), [](const Replay& link) { return link.passed(); }) &&
         std::all_of(checks.begin(), checks.end(), [](const Check& check) { return check.passed; });
}

std::size_t Chain::not_checked() const {
  std::size_t count = static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const Check& check) { return !check.checked; }));
  for (const Replay& link : links) count += link.not_checked();
  return count;
}

Result<Chain> replay_chain(const std::vector<std::string>& bundles, const std::optional<std::string>& root) {
  if (bundles.size() > chain_limit) {
    return make_error(ErrorCode::payload_too_large,
                      "at most " + std::to_string(chain_limit) + " bundles can be replayed at once");
  }
  const Result<std::vector<Replay>> alone = replay_each(bundles, root);
  if (!alone) return alone.error();
  Chain chain;
  for (const Replay& link : *alone) {
    const Replay* before = with_head(*alone, named_by(link));
    if (before == nullptr || before == &link) {
      chain.links.push_back(link);
      continue;
    }
    Result<Replay> linked = replay({link.bundle.path, before->bundle.path, root});
    if (!linked) return std::move(linked).error();
    chain.links.push_back(std::move(*linked));
  }
  chain.checks.push_back(once_each(chain.links));
  chain.checks.push_back(one_beginning(chain.links));
  check_forks(chain.links, chain.checks);
  chain.checks.push_back(none_after_destruction(chain.links));
  chain.checks.push_back(lists_go_on(chain.links));
  chain.checks.push_back(none_after_the_last_list(chain.links));
  return chain;
}

}  // namespace chancery::ceremony
