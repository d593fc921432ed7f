// The library fmt, compiled once. Header-only it would be compiled again in every file that uses
// it; and Debian has it as a shared library alone, whose loading would cost every start.

#include <locale>

#include <fmt/format-inl.h>

namespace fmt::detail {

// What the headers only declare.
template auto dragonbox::to_decimal(float) noexcept -> dragonbox::decimal_fp<float>;
template auto dragonbox::to_decimal(double) noexcept -> dragonbox::decimal_fp<double>;
template auto locale_ref::get<std::locale>() const -> std::locale;
template auto thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template auto decimal_point_impl(locale_ref) -> char;
template void vformat_to(buffer<char>&, string_view, format_args, locale_ref);

}  // namespace fmt::detail
