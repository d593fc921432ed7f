#include "helper/server.h"
#include "helpers/route/actions.h"
#include "helpers/route/route_status.h"

int main(int argc, char** argv) {
  using namespace pullsecret;
  return serve({.name = "route",
                .help = route_help,
                .open = open_route,
                .status = route_status,
                .own_actions = route_actions()},
               argc, argv);
}
