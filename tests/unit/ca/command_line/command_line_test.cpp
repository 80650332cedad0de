#include "ca/command_line/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <sstream>

namespace chancery::command_line {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Nearest, ForgivesSlipsAndNotStrangers) {
  const std::vector<std::string> commands{"run", "once", "status", "check-config"};
  EXPECT_EQ(nearest("runn", commands), "run");
  EXPECT_EQ(nearest("stauts", commands), "status");
  EXPECT_EQ(nearest("chekc-confg", commands), "check-config");
  EXPECT_EQ(nearest("checkconf", commands), "check-config");
  EXPECT_EQ(nearest("frobnicate", commands), "");
  EXPECT_EQ(nearest("", {"status"}), "");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest(std::string(10000, 'a'), commands), "");
}

TEST(Nearest, CountsASwapAsOne) {
  EXPECT_EQ(nearest("ab", {"bacd", "ba"}), "ba");
  EXPECT_EQ(nearest("lsit", {"list", "last"}), "list");
}

class CommandLine : public ::testing::Test {
 protected:
  CommandLine() {
    prepare(app_);
    app_.add_option("--config", config_, "where all is");
    CLI::App* list = app_.add_subcommand("list", "list them");
    list->add_option("--limit", limit_, "how many");
    list->footer("Examples:\n  program list --limit 5");
    app_.add_subcommand("ca", "about the service")->require_subcommand(1)->add_subcommand("health", "ask it");
  }
  int parse(std::vector<std::string> arguments) {
    std::reverse(arguments.begin(), arguments.end());
    try {
      app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& error) {
      return finish(app_, error, out_, err_);
    }
    return 0;
  }
  std::string config_;
  int limit_ = 0;
  CLI::App app_{"A program.", "program"};
  std::ostringstream out_, err_;
};

TEST_F(CommandLine, NamesTheNearestCommand) {
  EXPECT_EQ(parse({"lsit", "--limit", "5"}), usage_error);
  EXPECT_THAT(err_.str(), HasSubstr("no command 'lsit'; did you mean 'list'?\nCommands: list, ca."));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(CommandLine, NamesTheNearestInnerCommand) {
  EXPECT_EQ(parse({"ca", "heatlh"}), usage_error);
  EXPECT_THAT(err_.str(), HasSubstr("no command 'heatlh'; did you mean 'health'?"));
}

TEST_F(CommandLine, AStrangerIsToldWhatThereIs) {
  EXPECT_EQ(parse({"frobnicate"}), usage_error);
  EXPECT_THAT(err_.str(), HasSubstr("no command 'frobnicate'\nCommands: list, ca."));
}

TEST_F(CommandLine, OtherFaultsAreNotCalledCommands) {
  EXPECT_EQ(parse({"list", "extra"}), usage_error);
  EXPECT_THAT(err_.str(), HasSubstr("extra"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("no command")));
}

TEST_F(CommandLine, NoCommandIsAskedFor) {
  EXPECT_EQ(parse({}), usage_error);
  EXPECT_THAT(err_.str(), HasSubstr("subcommand is required"));
}

TEST_F(CommandLine, SharedOptionsStandBeforeOrBehindTheCommand) {
  EXPECT_EQ(parse({"--config", "a", "list"}), 0);
  EXPECT_EQ(config_, "a");
  EXPECT_EQ(parse({"list", "--config", "b"}), 0);
  EXPECT_EQ(config_, "b");
}

TEST_F(CommandLine, ACommandsHelpHasItsExamplesAndTheSharedOptions) {
  EXPECT_EQ(parse({"list", "--help"}), 0);
  for (const char* part : {"--limit", "Options of every command:", "--config", "program list --limit 5"}) {
    EXPECT_THAT(out_.str(), HasSubstr(part));
  }
}

TEST_F(CommandLine, Version) {
  EXPECT_EQ(parse({"--version"}), 0);
  EXPECT_THAT(out_.str(), ::testing::MatchesRegex("program [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

}  // namespace
}  // namespace chancery::command_line
