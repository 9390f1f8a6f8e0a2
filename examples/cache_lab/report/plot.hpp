// A plot as SVG: two axes, and marks between them. Marks have classes instead of colours, which the
// page's style gives them, and a title that shows on hovering.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace examples {

/// From values to places. Requires: low < high, and 0 < low if logarithmic.
struct Axis {
  double low = 0, high = 1;
  bool logarithmic = false;
  std::string title;
  std::vector<std::pair<double, std::string>> ticks = {};  ///< where, and what stands there

  /// 0 at the low end, 1 at the high one.
  double place(double value) const;
};

/// From 0 to at least `most`, with ticks at round numbers.
Axis count_axis(std::string title, double most);
/// The same, but it ends at `most`. Requires: most > 0.
Axis span_axis(std::string title, double most);
/// From 0 to at least `most` bytes: round in powers of two.
Axis bytes_axis(std::string title, double most);
/// From a power of ten to one, with a tick at each.
Axis log_count_axis(std::string title, double least, double most);
/// From a power of two to one, with ticks at some.
Axis log_bytes_axis(std::string title, double least, double most);

class Plot {
 public:
  using Points = std::vector<std::pair<double, double>>;

  /// `description`: what a reader who cannot see it is told.
  Plot(Axis x, Axis y, std::string description);

  void line(const char* mark, const Points& points);
  /// Between two lines of as many points.
  void area(const char* mark, const Points& low, const Points& high, const std::string& title);
  void box(const char* mark, std::pair<double, double> from, std::pair<double, double> to,
           const std::string& title);
  void dot(const char* mark, std::pair<double, double> at, double radius, const std::string& title);
  /// Across the whole plot, with a word beside it.
  void level(double y, const std::string& text);
  void upright(double x, const std::string& text);

  std::string svg() const;

 private:
  std::pair<double, double> place(std::pair<double, double> at) const;
  std::string path(const Points& points) const;

  Axis x_, y_;
  std::string description_;
  std::string marks_;
};

/// Text with the characters that HTML would read as its own replaced.
std::string escape(const std::string& text);

}  // namespace examples
