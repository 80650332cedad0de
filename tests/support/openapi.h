// Answers of the service against its OpenAPI document: what JSON Schema (draft 2020-12) says in the words
// that the document uses. A word that is not known here is a fault, so that nothing goes unjudged.
#pragma once

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "api/http/response.h"
#include "api/http/router.h"
#include "api/rest/openapi_document.h"
#include "api/rest/routes.h"
#include "ca/base/clock.h"

namespace chancery::test {

class OpenApi {
 public:
  // What the answer to a request for `path` has that the document does not, or lacks that it demands; as well
  // when the path or its method is none. "" = nothing.
  [[nodiscard]] std::string fault(http::Method method, const std::string& path,
                                  const http::Response& response) const {
    std::vector<http::Router::Entry> entries;
    for (const rest::Route& route : rest::routes()) entries.push_back({route.method, route.pattern});
    const http::Router::Match match = http::Router(entries).match(method, path);
    if (!match.entry) return stray_fault(match.allow, response);
    const http::Router::Entry& route = entries[*match.entry];
    return operation_fault(std::string(route.pattern), route.method == http::Method::get ? "get" : "post",
                           response);
  }

 private:
  using json = nlohmann::json;

  [[nodiscard]] std::string stray_fault(const std::string& allow, const http::Response& response) const {
    if (response.status != (allow.empty() ? 404 : 405)) return "an answer to what is no operation";
    if (!allow.empty() &&
        response.headers != std::vector<std::pair<std::string, std::string>>{{"Allow", allow}})
      return "the header Allow is missing";
    return schema_fault(document_["components"]["schemas"]["Envelope"], json::parse(response.body), "");
  }

  [[nodiscard]] std::string operation_fault(const std::string& path, const std::string& method,
                                            const http::Response& response) const {
    const json& operation = member(member(document_["paths"], path), method);
    if (operation.is_null()) return "the document has no such operation";
    const json& answer = resolved(member(operation["responses"], std::to_string(response.status)));
    if (answer.is_null()) return "the operation has no answer " + std::to_string(response.status);
    if (std::string wrong = header_fault(answer, response); !wrong.empty()) return wrong;
    const std::string type(response.content_type, 0, response.content_type.find(';'));
    for (const auto& [documented, content] : answer["content"].items()) {
      if (documented.substr(0, documented.find(';')) != type) continue;
      if (type != "application/json") return "";
      return schema_fault(content["schema"], json::parse(response.body), "");
    }
    return "the answer has no content of type " + type;
  }

  static const json& member(const json& object, const std::string& name) {
    static const json nothing;
    return object.is_object() && object.contains(name) ? object[name] : nothing;
  }

  [[nodiscard]] const json& resolved(const json& node) const {
    if (!node.is_object() || !node.contains("$ref")) return node;
    return document_.at(json::json_pointer(node["$ref"].get<std::string>().substr(1)));
  }

  // Both ways: what is sent is documented, and what is documented as required is sent.
  static std::string header_fault(const json& answer, const http::Response& response) {
    const json& documented = member(answer, "headers");
    std::set<std::string> sent;
    for (const auto& [name, value] : response.headers) {
      sent.insert(name);
      if (member(documented, name).is_null()) return "the header " + name + " is not documented";
    }
    for (const auto& [name, header] : documented.items()) {
      if (header.value("required", false) && !sent.contains(name))
        return "the header " + name + " is missing";
    }
    return "";
  }

  [[nodiscard]] std::string schema_fault(const json& schema, const json& value, const std::string& at) const {
    for (const auto& [word, wanted] : schema.items()) {
      std::string wrong = word_fault(word, wanted, schema, value, at);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  [[nodiscard]] std::string word_fault(const std::string& word, const json& wanted, const json& schema,
                                       const json& value, const std::string& at) const {
    static const std::set<std::string> notes{"description", "default", "examples", "contentEncoding"};
    if (notes.contains(word)) return "";
    if (word == "$ref") return schema_fault(resolved(schema), value, at);
    if (word == "allOf" || word == "oneOf") return choice_fault(word, wanted, value, at);
    if (word == "properties" || word == "required" || word == "additionalProperties")
      return member_fault(word, wanted, schema, value, at);
    if (word == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i) {
        std::string wrong = schema_fault(wanted, value[i], at + "/" + std::to_string(i));
        if (!wrong.empty()) return wrong;
      }
      return "";
    }
    return holds(word, wanted, value) ? ""
                                      : at + ": " + value.dump() + " against " + word + " " + wanted.dump();
  }

  [[nodiscard]] std::string choice_fault(const std::string& word, const json& wanted, const json& value,
                                         const std::string& at) const {
    std::size_t fitting = 0;
    std::string wrong;
    for (const json& schema : wanted) {
      const std::string fault = schema_fault(schema, value, at);
      if (fault.empty()) ++fitting;
      if (!fault.empty()) wrong = fault;
    }
    return fitting == (word == "oneOf" ? 1 : wanted.size()) ? "" : wrong;
  }

  [[nodiscard]] std::string member_fault(const std::string& word, const json& wanted, const json& schema,
                                         const json& value, const std::string& at) const {
    if (!value.is_object()) return "";
    if (word == "required") {
      for (const json& name : wanted) {
        if (!value.contains(name.get<std::string>())) return at + ": " + name.dump() + " is missing";
      }
      return "";
    }
    for (const auto& [name, child] : value.items()) {
      const json& known = member(member(schema, "properties"), name);
      if (word == "additionalProperties" && wanted == false && known.is_null())
        return at + ": \"" + name + "\" is not documented";
      if (word != "properties" || known.is_null()) continue;
      std::string wrong = schema_fault(known, child, std::string(at).append("/").append(name));
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

  static bool is_of_type(const std::string& type, const json& value) {
    if (type == "integer") return value.is_number_integer();
    return type == value.type_name() || (type == "number" && value.is_number());
  }

  static bool matches(const std::string& text, const std::string& pattern) {
    static std::map<std::string, std::regex> compiled;  // which takes longer than all else here
    return std::regex_search(text, compiled.try_emplace(pattern, pattern).first->second);
  }

  static bool holds(const std::string& word, const json& wanted, const json& value) {
    if (word == "const") return value == wanted;
    if (word == "enum") return std::find(wanted.begin(), wanted.end(), value) != wanted.end();
    if (word == "type") {
      if (wanted.is_string()) return is_of_type(wanted, value);
      return std::any_of(wanted.begin(), wanted.end(),
                         [&](const json& type) { return is_of_type(type, value); });
    }
    if (word == "minimum") return !value.is_number() || value >= wanted;
    if (word == "maximum") return !value.is_number() || value <= wanted;
    if (word == "format")
      return wanted == "date-time" && (!value.is_string() || parse_rfc3339(value.get<std::string>()));
    if (word == "pattern") return !value.is_string() || matches(value.get<std::string>(), wanted);
    return false;  // a word that is not known here
  }

  json document_ = json::parse(rest::openapi_document());
};

}  // namespace chancery::test
