// A listener that keeps nothing: for what is asked when the transcript has its signature.
#pragma once

#include "ca/ceremony/interaction/conversation.h"

namespace chancery::ceremony {

class Unrecorded : public Listener {
 public:
  Result<void> answered(const Question& /*question*/, const std::string& /*answer*/) override { return {}; }
  Result<void> answered_wrong(const Question& /*question*/, std::size_t /*octets*/) override { return {}; }
  Result<void> secret_given(const Question& /*question*/, SecretWay /*way*/) override { return {}; }
  Result<void> token_seen(const TokenSeen& /*token*/) override { return {}; }
  Result<void> words_ticked(const WordsRead& /*words*/) override { return {}; }
  Result<void> no_return(const std::string& /*what*/) override { return {}; }
  Result<void> noted(const std::string& /*note*/) override { return {}; }
};

}  // namespace chancery::ceremony
