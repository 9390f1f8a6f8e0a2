#include "cache_lab/report/page.hpp"

#include "cache_lab/report/plot.hpp"

namespace examples {
namespace {

// The colours of marks are of one lightness in each scheme and differ for those who see few
// colours.
constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --page: #f6f7f8; --card: #ffffff; --ink: #1c2126; --soft: #5b6670;
  --rule: #dfe3e7; --hit: #4477aa; --first: #ccbb44; --evicted: #cc3311; --class: #ee7733;
  --concurrent: #aa3377; --other: #8a949e; --live: #4477aa; --idle: #99bbdd; --best: #228833; }
@media (prefers-color-scheme: dark) { :root { --page: #14181c; --card: #1d2328; --ink: #e6eaee;
  --soft: #9aa5af; --rule: #343c44; --hit: #6699cc; --first: #ddcc66; --evicted: #ee6655;
  --class: #ee9955; --concurrent: #cc6699; --other: #77828c; --live: #6699cc; --idle: #3d5f80;
  --best: #55aa66; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 0 0 2px; }
p { margin: 0 0 10px; color: var(--soft); font-size: 14px; }
header p { font-size: 15px; margin: 6px 0 20px; }
dl { display: flex; flex-wrap: wrap; gap: 12px; margin: 0 0 20px; }
dl div { flex: 1 1 130px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
  padding: 10px 14px; display: flex; flex-direction: column-reverse; }
dt { color: var(--soft); font-size: 13px; }
dd { margin: 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; }
.grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
section { background: var(--card); border: 1px solid var(--rule); border-radius: 8px;
  padding: 16px 18px; min-width: 0; }
.wide { grid-column: 1 / -1; }
@media (max-width: 760px) { .grid { grid-template-columns: minmax(0, 1fr); }
  main { padding: 20px 12px 32px; } section { padding: 14px 12px; } }
ul { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 14px; margin: 0 0 6px; padding: 0;
  font-size: 13px; }
li svg { width: 11px; height: 11px; margin-right: 6px; display: inline-block; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; }
svg .note { fill: var(--ink); }
path.rule { stroke: var(--rule); fill: none; }
path.mark { stroke: var(--ink); stroke-dasharray: 4 3; fill: none; }
path.line { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
.hit { fill: var(--hit); } .line.hit { stroke: var(--hit); }
.first { fill: var(--first); } .evicted { fill: var(--evicted); } .class { fill: var(--class); }
.concurrent { fill: var(--concurrent); } .other { fill: var(--other); }
.live { fill: var(--live); } .idle { fill: var(--idle); }
.best { fill: var(--best); } .line.best { stroke: var(--best); fill: none; stroke-dasharray: 2 4; }
.reuse { fill: var(--hit); fill-opacity: 0.55; stroke: var(--card); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 14px; width: 100%;
  font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 5px 0 5px 18px; border-bottom: 1px solid var(--rule);
  white-space: nowrap; font-weight: 400; }
thead th { color: var(--soft); }
tbody th, thead th:first-child { text-align: left; padding-left: 0; }
.ours, .ours th { font-weight: 600; }
.forest { width: 320px; min-width: 200px; } .forest svg { height: 20px; }
.forest path { stroke: var(--hit); stroke-width: 2.5; fill: none; }
.forest path.mark { stroke: var(--soft); stroke-width: 1; }
footer { color: var(--soft); font-size: 13px; margin-top: 20px; }
)";

std::string legend(const Section& section) {
  if (section.legend.empty()) return "";
  std::string text = "<ul>\n";
  for (const auto& [mark, what] : section.legend) {
    text += "<li><svg viewBox=\"0 0 11 11\" aria-hidden=\"true\"><rect class=\"" + mark +
            "\" width=\"11\" height=\"11\" rx=\"2\"/></svg>" + escape(what) + "</li>\n";
  }
  return text + "</ul>\n";
}

std::string cell(const std::string& tag, const std::string& text) {
  return '<' + tag + '>' + text + "</" + tag.substr(0, 2) + '>';
}

}  // namespace

std::string table(const std::vector<std::string>& headings, const std::vector<Row>& rows) {
  std::string text = "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>";
  for (const std::string& heading : headings) text += cell("th scope=\"col\"", escape(heading));
  text += "</tr></thead>\n<tbody>\n";
  for (const Row& row : rows) {
    text += row.ours ? "<tr class=\"ours\">" : "<tr>";
    text += cell("th scope=\"row\"", escape(row.name));
    for (const std::string& each : row.cells) text += cell("td", escape(each));
    if (!row.picture.empty()) text += cell("td class=\"forest\"", row.picture);
    text += "</tr>\n";
  }
  return text + "</tbody></table></div>\n";
}

std::string page(const std::string& title, const std::string& subtitle,
                 const std::vector<Figure>& figures, const std::vector<Section>& sections) {
  std::string text =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      escape(title) + "</title>\n<style>" + kStyle +
      "</style>\n</head>\n<body><main>\n<header><h1>" + escape(title) + "</h1>\n<p>" +
      escape(subtitle) + "</p></header>\n<dl>\n";
  for (const Figure& figure : figures) {
    text +=
        "<div><dt>" + escape(figure.what) + "</dt><dd>" + escape(figure.value) + "</dd></div>\n";
  }
  text += "</dl>\n<div class=\"grid\">\n";
  for (const Section& section : sections) {
    text += std::string("<section") + (section.wide ? " class=\"wide\"" : "") + "><h2>" +
            escape(section.title) + "</h2>\n<p>" + escape(section.text) + "</p>\n" +
            legend(section) + section.body + "</section>\n";
  }
  return text +
         "</div>\n<footer>Written by 07_cache_lab from a trace; counts are of its replay and " +
         "exact.</footer>\n</main></body>\n</html>\n";
}

}  // namespace examples
