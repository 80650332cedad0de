// chancery-agent: enrols, renews, installs, reloads, proves and reports the certificates of one host.
#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <iostream>

#include "agent/run.h"
#include "agent/status.h"
#include "ca/command_line/command_line.h"

namespace {

using namespace chancery;

constexpr int exit_ok = 0;
constexpr int exit_failed = 1;

int complain(const Error& error) {
  (void)std::fprintf(stderr, "chancery-agent: %s\n", error.message.c_str());
  return exit_failed;
}

Result<std::unique_ptr<agent::ScrapeEndpoint>> start_scraping(const agent::Config& config,
                                                              const agent::Metrics& metrics) {
  if (!config.metrics) return std::unique_ptr<agent::ScrapeEndpoint>();
  return agent::ScrapeEndpoint::start(config.metrics->address, config.metrics->port, metrics);
}

int work(const agent::Config& config, bool once) {
  if (Result<void> good = agent::check_config(config); !good) return complain(good.error());
  agent::SignalWaiter waiter;
  const SystemClock clock;
  SystemRandom random;
  agent::PosixFileSystem files;
  agent::StateStore store(files, config.state_directory);
  if (Result<void> opened = store.open(); !opened) return complain(opened.error());
  Result<agent::StateLock> lock = agent::StateLock::take(config.state_directory);
  if (!lock) return complain(lock.error());

  agent::RestIssuingService service(config.server_url, config.roots_file);
  agent::TlsProber prober(config.roots_file);
  agent::ProcessReloader reloader;
  const auto logger = log::make_json_logger("chancery-agent", log::Level::info, clock);
  agent::Metrics metrics(config.node);
  agent::Surroundings around{files, service, prober, reloader, waiter, clock, random, *logger, metrics};
  agent::Agent agent(config, store, around);
  if (once) {
    const agent::Agent::Pass done = agent.pass();
    return done.all_well && !done.waiting ? exit_ok : exit_failed;
  }

  Result<std::unique_ptr<agent::ScrapeEndpoint>> endpoint = start_scraping(config, metrics);
  if (!endpoint) return complain(endpoint.error());
  logger->info(
      "agent.started", "watching certificates",
      {{"node", config.node}, {"certificates", static_cast<std::int64_t>(config.certificates.size())}});
  agent.run();
  logger->info("agent.stopped", "told to stop");
  return exit_ok;
}

int show_status(const agent::Config& config, bool as_json) {
  agent::PosixFileSystem files;
  const agent::StateStore store(files, config.state_directory);
  const TimePoint now = SystemClock().now();
  const std::vector<agent::StatusRow> rows = agent::read_status(config, store, now);
  const bool colour = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  const std::string text = as_json ? agent::status_json(rows, now) : agent::status_table(rows, now, colour);
  (void)std::fputs(text.c_str(), stdout);
  return exit_ok;
}

int show_check(const agent::Config& config, const std::string& path) {
  if (Result<void> good = agent::check_config(config); !good) return complain(good.error());
  (void)std::printf("%s is in order: node %s, %zu certificate(s), service %s\n", path.c_str(),
                    config.node.c_str(), config.certificates.size(), config.server_url.c_str());
  return exit_ok;
}

constexpr const char* footer = R"(Examples:
  chancery-agent check-config
  chancery-agent once                                    enrol or renew now what is due, then end
  chancery-agent run --config /etc/chancery/agent.yaml   stay and keep everything renewed
  chancery-agent status --json

Signals to run: SIGTERM and SIGINT end it after the present step, SIGHUP makes it look again at once.
Exit status: 0 all well, 1 something failed or cannot succeed (the message says what to do), 2 wrong usage.)";

struct Parsed {
  std::string config = "/etc/chancery/agent.yaml";
  bool json = false;
};

void add_commands(CLI::App& app, Parsed& parsed) {
  app.add_option("-c,--config", parsed.config, "YAML configuration")
      ->envname("CHANCERY_AGENT_CONFIG")
      ->capture_default_str();
  app.add_subcommand("run", "Stay and keep every certificate renewed (the service)")
      ->footer("Example:\n  chancery-agent run --config agent.yaml");
  app.add_subcommand("once", "Do what is due now, once; exit 0 only if all is well and nothing waits")
      ->footer("Example:\n  chancery-agent once --config agent.yaml");
  CLI::App* status = app.add_subcommand("status", "Show every certificate; asks nobody");
  status->add_flag("--json", parsed.json, "Print JSON");
  status->footer("Example:\n  chancery-agent status --json");
  app.add_subcommand("check-config", "Check the configuration and the files it names")
      ->footer("Example:\n  chancery-agent check-config --config agent.yaml");
}

}  // namespace

int main(int argc, char** argv) {
  mallopt(M_ARENA_MAX, 1);  // two threads that seldom allocate together: a second heap only costs memory
  (void)std::signal(SIGPIPE, SIG_IGN);  // a reader that has gone is an error of write, not the end
  CLI::App app("Keeps this host's certificates enrolled, renewed, installed and proven on the wire.",
               "chancery-agent");
  app.footer(footer);
  command_line::prepare(app);
  Parsed parsed;
  add_commands(app, parsed);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return command_line::finish(app, error, std::cout, std::cerr);
  }
  Result<agent::Config> config = agent::load_config(parsed.config, agent::process_environment());
  if (!config) return complain(config.error());
  if (app.got_subcommand("status")) return show_status(*config, parsed.json);
  if (app.got_subcommand("check-config")) return show_check(*config, parsed.config);
  return work(*config, app.got_subcommand("once"));
}
