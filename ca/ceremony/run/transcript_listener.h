// What people say, written into the transcript.
#pragma once

#include "ca/ceremony/interaction/conversation.h"
#include "ca/ceremony/preflight/preflight.h"
#include "ca/ceremony/transcript/writer.h"

namespace chancery::ceremony {

class TranscriptListener final : public Listener {
 public:
  // `transcript` must outlive this.
  explicit TranscriptListener(TranscriptWriter& transcript) : transcript_(transcript) {}

  Result<void> answered(const Question& question, const std::string& answer) override {
    heard_ = true;
    return transcript_.append("answer",
                              {{"id", question.id}, {"question", question.text}, {"answer", answer}});
  }
  Result<void> answered_wrong(const Question& question, std::size_t octets) override {
    heard_ = true;
    return transcript_.append("answer", {{"id", question.id},
                                         {"question", question.text},
                                         {"right", false},
                                         {"octets", static_cast<std::int64_t>(octets)}});
  }
  Result<void> secret_given(const Question& question, SecretWay way) override {
    heard_ = true;
    return transcript_.append(
        "secret", {{"id", question.id}, {"question", question.text}, {"by", std::string(to_string(way))}});
  }
  Result<void> token_seen(const TokenSeen& token) override {
    EventData data{{"module", token.module},     {"module_sha256", token.module_sha256},
                   {"label", token.label},       {"slot", static_cast<std::int64_t>(token.slot)},
                   {"serial", token.serial},     {"manufacturer", token.manufacturer},
                   {"model", token.model},       {"firmware", token.firmware},
                   {"hardware", token.hardware}, {"denied", !token.denied.empty()}};
    if (!token.denied.empty()) data["reason"] = token.denied;
    if (Result<void> ok = transcript_.append("token", std::move(data)); !ok) return ok;
    return firmware_seen(token);
  }
  Result<void> words_ticked(const WordsRead& words) override {
    return transcript_.append("words", {{"id", words.id},
                                        {"what", words.what},
                                        {"sha256", words.sha256},
                                        {"reader", words.reader},
                                        {"ticked_by", words.ticked_by}});
  }
  Result<void> no_return(const std::string& what) override {
    return transcript_.append("point_of_no_return", {{"what", what}});
  }

  // Anybody has said anything.
  [[nodiscard]] bool heard() const { return heard_; }

 private:
  // A check of the preflight in all but the moment.
  Result<void> firmware_seen(const TokenSeen& token) {
    const std::string check(token_firmware_check);
    Result<void> ok = transcript_.append(
        "preflight", {{"check", check}, {"passed", token.firmware_told}, {"seen", firmware_finding(token)}});
    if (!ok || token.untold_reason.empty()) return ok;
    return transcript_.append(
        "preflight.exception",
        {{"check", check}, {"reason", token.untold_reason}, {"needed", !token.firmware_told}});
  }

  TranscriptWriter& transcript_;
  bool heard_ = false;
};

}  // namespace chancery::ceremony
