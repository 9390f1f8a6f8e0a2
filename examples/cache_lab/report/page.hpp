// One HTML file: a heading, some figures at a glance, and sections of plots and tables. Nothing is
// loaded from elsewhere and nothing is scripted.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace examples {

struct Section {
  std::string title;
  std::string text;                                              ///< one or two sentences
  std::vector<std::pair<std::string, std::string>> legend = {};  ///< mark, and what it stands for
  std::string body;                                              ///< HTML
  bool wide = false;                                             ///< over both columns
};

struct Figure {
  std::string value, what;
};

std::string page(const std::string& title, const std::string& subtitle,
                 const std::vector<Figure>& figures, const std::vector<Section>& sections);

struct Row {
  std::string name;
  std::vector<std::string> cells;
  bool ours = false;         ///< stands out
  std::string picture = {};  ///< SVG in a last cell
};

std::string table(const std::vector<std::string>& headings, const std::vector<Row>& rows);

}  // namespace examples
