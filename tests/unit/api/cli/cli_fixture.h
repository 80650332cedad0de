// The commands against an in-process server that answers in the envelope.
#pragma once

#include <gtest/gtest.h>
#include <httplib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "api/cli/commands.h"

namespace chancery::cli {

using nlohmann::json;

inline json certificate(const std::string& serial) {
  return {{"serial", serial},
          {"identity", "web-01"},
          {"profile", "service"},
          {"subject", "CN=web.example"},
          {"names", {"dns:web.example", "dns:www.example"}},
          {"not_before", "2026-01-01T00:00:00Z"},
          {"not_after", "2026-03-31T23:59:59Z"},
          {"renew_after", "2026-03-02T00:00:00Z"},
          {"issued_at", "2026-01-01T00:00:00Z"},
          {"status", "valid"},
          {"revoked_at", nullptr},
          {"reason", nullptr},
          {"renewed_from", nullptr},
          {"lineage", serial},
          {"fingerprint", "ab"},
          {"certificate", "-----LEAF-----\n"},
          {"chain", "-----CHAIN-----\n"}};
}

class CliTest : public ::testing::Test {
 protected:
  CliTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "chancery-cli-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    const auto handler = [this](const httplib::Request& request, httplib::Response& response) {
      const std::scoped_lock lock(mutex_);
      requests_.push_back(request.method + " " + request.target + " " + request.body);
      authorization_ = request.get_header_value("Authorization");
      const std::size_t index = std::min(requests_.size() - 1, answers_.size() - 1);
      response.status = answers_[index].first;
      idempotency_keys_.push_back(request.get_header_value("Idempotency-Key"));
      if (response.status == 202) response.set_header("Retry-After", std::to_string(retry_after_));
      response.set_content(answers_[index].second, "application/json");
    };
    server_.Get(".*", handler);
    server_.Post(".*", handler);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~CliTest() override {
    server_.stop();
    thread_.join();
    std::filesystem::remove_all(folder_);
  }
  CliTest(const CliTest&) = delete;
  CliTest& operator=(const CliTest&) = delete;

  void answer(int status, const json& data, const json& meta = nullptr) {
    const json envelope{
        {"version", "v1"}, {"success", true}, {"code", status}, {"data", data}, {"meta", meta}};
    answers_.emplace_back(status, envelope.dump());
  }
  void answer_waits(const json& data, int retry_after) {
    answer(202, data);
    retry_after_ = retry_after;
  }
  void refuse(int status, const std::string& message, const json& details = json::array()) {
    const json envelope{
        {"success", false}, {"code", status}, {"message", message}, {"error", {{"details", details}}}};
    answers_.emplace_back(status, envelope.dump());
  }
  int run(std::vector<std::string> arguments) {
    out_.str("");
    error_.str("");
    arguments.insert(arguments.begin(), {"--server", "http://127.0.0.1:" + std::to_string(port_)});
    return cli::run(arguments, terminal_);
  }
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::string folder_;
  std::mutex mutex_;
  std::vector<std::pair<int, std::string>> answers_;
  std::vector<std::string> requests_;
  std::string authorization_;
  std::vector<std::string> idempotency_keys_;
  int retry_after_ = 10;
  std::ostringstream out_, error_;
  Terminal terminal_{out_, error_, false, false};
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace chancery::cli
