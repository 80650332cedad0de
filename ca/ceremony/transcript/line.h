// One line of a transcript: canonical JSON with sorted keys and no spaces. Internal to
// ca/ceremony/transcript.
#pragma once

#include <string>
#include <string_view>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/ceremony/transcript/event.h"
#include "ca/crypto/digest.h"

namespace chancery::ceremony {

struct Line {
  std::int64_t seq = 0;
  crypto::Sha256Digest prev{};
  TimePoint at;
  std::string event;
  EventData data;
};

// With the line feed at its end. Errors: validation (text that is not UTF-8; longer than
// transcript_line_limit).
Result<std::string> encode_line(const Line& line);
// `text` without its line feed. Errors: validation when it is not exactly what encode_line makes of a line.
Result<Line> decode_line(std::string_view text);

}  // namespace chancery::ceremony
