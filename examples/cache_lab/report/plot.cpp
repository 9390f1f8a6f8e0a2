#include "cache_lab/report/plot.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "runtime/memory/byte_size.hpp"

namespace examples {
namespace {

// The picture, and within it the place for marks; the page scales it.
constexpr double kWidth = 460, kHeight = 270;
constexpr double kLeft = 62, kRight = 434, kTop = 14, kBottom = 222;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

std::string count_name(double value) {
  if (value >= 1e6) return number(value / 1e6) + "M";
  if (value >= 1e4) return std::to_string(std::llround(value / 1e3)) + "k";
  return std::to_string(std::llround(value));
}

std::string bytes_name(double value) {
  return tarn::memory::format_bytes(static_cast<std::size_t>(value));
}

// `3.00 MiB` on an axis is `3 MiB`.
std::string short_bytes_name(double value) {
  std::string name = bytes_name(value);
  const std::size_t point = name.find('.'), space = name.find(' ');
  if (point == std::string::npos) return name;
  std::size_t end = space;
  while (name[end - 1] == '0') --end;
  if (name[end - 1] == '.') --end;
  return name.erase(end, space - end);
}

template <class Name>
Axis linear_axis(std::string title, double most, double step, Name name) {
  Axis axis{.title = std::move(title)};
  axis.high = std::max(step, std::ceil(most / step) * step);
  for (double at = 0; at <= axis.high * 1.0001; at += step) axis.ticks.emplace_back(at, name(at));
  return axis;
}

template <class Name>
Axis log_axis(std::string title, double least, double most, double base, Name name) {
  const double low = std::floor(std::log(least) / std::log(base) + 1e-9);
  const double high = std::max(low + 1, std::ceil(std::log(most) / std::log(base) - 1e-9));
  Axis axis{std::pow(base, low), std::pow(base, high), true, std::move(title), {}};
  const double step = std::max(1.0, std::ceil((high - low) / 6));
  for (double e = low; e <= high; e += step) {
    axis.ticks.emplace_back(std::pow(base, e), name(std::pow(base, e)));
  }
  return axis;
}

std::string words(const char* mark, double x, double y, const char* anchor,
                  const std::string& text) {
  return "<text class=\"" + std::string(mark) + "\" x=\"" + number(x) + "\" y=\"" + number(y) +
         "\" text-anchor=\"" + anchor + "\">" + escape(text) + "</text>\n";
}

std::string rule(const char* mark, double x1, double y1, double x2, double y2) {
  return "<path class=\"" + std::string(mark) + "\" d=\"M" + number(x1) + ' ' + number(y1) + 'L' +
         number(x2) + ' ' + number(y2) + "\"/>\n";
}

std::string titled(const std::string& element, const std::string& title) {
  return element + "><title>" + escape(title) + "</title></" +
         element.substr(1, element.find(' ') - 1) + ">\n";
}

}  // namespace

double Axis::place(double value) const {
  if (!logarithmic) return (value - low) / (high - low);
  return std::log(std::max(value, low) / low) / std::log(high / low);
}

Axis count_axis(std::string title, double most) {
  double step = std::pow(10, std::floor(std::log10(std::max(most, 1.0))));
  if (most / step < 2)
    step /= 5;
  else if (most / step < 5)
    step /= 2;
  return linear_axis(std::move(title), most, std::max(step, 1.0), count_name);
}

Axis span_axis(std::string title, double most) {
  Axis axis = count_axis(std::move(title), most);
  axis.high = most;
  std::erase_if(axis.ticks, [&](const auto& tick) { return tick.first > most; });
  return axis;
}

Axis bytes_axis(std::string title, double most) {
  const double step = std::exp2(std::ceil(std::log2(std::max(most, 4.0))) - 2);
  return linear_axis(std::move(title), most, step, short_bytes_name);
}

Axis log_count_axis(std::string title, double least, double most) {
  return log_axis(std::move(title), least, most, 10, count_name);
}

Axis log_bytes_axis(std::string title, double least, double most) {
  return log_axis(std::move(title), least, most, 4, short_bytes_name);
}

Plot::Plot(Axis x, Axis y, std::string description)
    : x_(std::move(x)), y_(std::move(y)), description_(std::move(description)) {}

std::pair<double, double> Plot::place(std::pair<double, double> at) const {
  return {kLeft + x_.place(at.first) * (kRight - kLeft),
          kBottom - y_.place(at.second) * (kBottom - kTop)};
}

std::string Plot::path(const Points& points) const {
  std::string text;
  for (const auto& point : points) {
    const auto [x, y] = place(point);
    text += (text.empty() ? 'M' : 'L') + number(x) + ' ' + number(y);
  }
  return text;
}

void Plot::line(const char* mark, const Points& points) {
  marks_ += "<path class=\"line " + std::string(mark) + "\" d=\"" + path(points) + "\"/>\n";
}

void Plot::area(const char* mark, const Points& low, const Points& high, const std::string& title) {
  Points around = high;
  around.insert(around.end(), low.rbegin(), low.rend());
  marks_ += titled("<path class=\"" + std::string(mark) + "\" d=\"" + path(around) + "Z\"", title);
}

void Plot::box(const char* mark, std::pair<double, double> from, std::pair<double, double> to,
               const std::string& title) {
  const auto [x1, y1] = place(from);
  const auto [x2, y2] = place(to);
  marks_ +=
      titled("<rect class=\"" + std::string(mark) + "\" x=\"" + number(std::min(x1, x2)) +
                 "\" y=\"" + number(std::min(y1, y2)) + "\" width=\"" + number(std::abs(x2 - x1)) +
                 "\" height=\"" + number(std::abs(y2 - y1)) + "\"",
             title);
}

void Plot::dot(const char* mark, std::pair<double, double> at, double radius,
               const std::string& title) {
  const auto [x, y] = place(at);
  marks_ += titled("<circle class=\"" + std::string(mark) + "\" cx=\"" + number(x) + "\" cy=\"" +
                       number(y) + "\" r=\"" + number(radius) + "\"",
                   title);
}

void Plot::level(double y, const std::string& text) {
  const double at = place({x_.low, y}).second;
  marks_ += rule("mark", kLeft, at, kRight, at) + words("note", kRight, at - 5, "end", text);
}

void Plot::upright(double x, const std::string& text) {
  const double at = place({x, y_.low}).first;
  const bool right = at > (kLeft + kRight) / 2;
  marks_ += rule("mark", at, kTop, at, kBottom) +
            words("note", right ? at - 6 : at + 6, kBottom - 8, right ? "end" : "start", text);
}

std::string Plot::svg() const {
  std::string text = "<svg viewBox=\"0 0 " + number(kWidth) + ' ' + number(kHeight) +
                     "\" role=\"img\" aria-label=\"" + escape(description_) + "\">\n";
  for (const auto& [value, name] : y_.ticks) {
    const double at = place({x_.low, value}).second;
    text += rule("rule", kLeft, at, kRight, at) + words("tick", kLeft - 6, at + 4, "end", name);
  }
  for (const auto& [value, name] : x_.ticks) {
    const double at = place({value, y_.low}).first;
    text += rule("rule", at, kBottom, at, kBottom + 4) +
            words("tick", at, kBottom + 18, "middle", name);
  }
  text += words("axis", (kLeft + kRight) / 2, kHeight - 10, "middle", x_.title);
  return text + marks_ + "</svg>\n";
}

std::string escape(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    switch (c) {
      case '&':
        safe += "&amp;";
        break;
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '"':
        safe += "&quot;";
        break;
      default:
        safe += c;
    }
  }
  return safe;
}

}  // namespace examples
