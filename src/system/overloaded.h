#pragma once

namespace pullsecret {

/// One visitor for std::visit out of a lambda for each alternative.
template <class... Lambdas>
struct overloaded : Lambdas... {
  using Lambdas::operator()...;
};
template <class... Lambdas>
overloaded(Lambdas...) -> overloaded<Lambdas...>;

}  // namespace pullsecret
