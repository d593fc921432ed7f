#pragma once

#include <optional>
#include <string>

#include "cli/image_options.h"
#include "cli/messages.h"
#include "cli/store_options.h"
#include "registry/http.h"
#include "registry/registry_access.h"

namespace pullsecret {

struct CheckOptions {
  StoreOptions store;
  std::string account;              // of the Docker config; empty: the one in use
  std::optional<std::string> file;  // absent: the Docker config
  ImageOptions images;
  NodeOptions node;
  std::string name_space;  // of manifests that leave it open
  RegistryAccess access;
  HttpLimits http;
  ReportFormat format = ReportFormat::table;
};

/// The work of `check`, of which there are two: pullsecret-check, with libcurl, asks the registries
/// (run_check.cpp); pullsecret becomes that program (become_check.cpp), called as it was itself.
/// Throws Error for failure.
void run_check(const CheckOptions& options, const Streams& streams);

}  // namespace pullsecret
