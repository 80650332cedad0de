// Writes a transcript, line by line, each on the disk before the ceremony goes on.
#pragma once

#include <memory>
#include <string>

#include "ca/base/clock.h"
#include "ca/base/result.h"
#include "ca/ceremony/transcript/event.h"
#include "ca/crypto/digest.h"

namespace chancery::ceremony {

// Not thread-safe. Once a line could not be written, none is any more.
class TranscriptWriter {
 public:
  // A new file, mode 0644; `clock` must outlive the writer. Errors: conflict (the file exists), unavailable.
  static Result<std::unique_ptr<TranscriptWriter>> create(const std::string& path,
                                                          const crypto::Sha256Digest& script,
                                                          const Clock& clock);
  ~TranscriptWriter();
  TranscriptWriter(const TranscriptWriter&) = delete;
  TranscriptWriter& operator=(const TranscriptWriter&) = delete;

  // On the disk (fsync) when it returns. Errors: validation (not an event with its fields, not UTF-8, too
  // long, the clock went back), unavailable (disk full); the file then ends with the line before.
  Result<void> append(std::string_view event, EventData data);

  [[nodiscard]] std::size_t size() const { return size_; }
  // Hash of the last line, or of the script when there is none.
  [[nodiscard]] const crypto::Sha256Digest& head() const { return head_; }

 private:
  TranscriptWriter(int fd, std::string path, const crypto::Sha256Digest& script, const Clock& clock)
      : fd_(fd), path_(std::move(path)), head_(script), clock_(clock) {}
  Result<void> write(std::string_view line);

  int fd_;
  std::string path_;
  crypto::Sha256Digest head_;
  const Clock& clock_;
  TimePoint last_{};
  std::size_t size_ = 0, octets_ = 0;
  bool broken_ = false;
};

}  // namespace chancery::ceremony
