#!/usr/bin/env bash
# Opens a report in headless Chromium at two widths, light and dark: nothing may overflow, texts must stand out against
# what is behind them (4.5 to 1), and nothing may be complained about.
#   report_in_browser.sh 07_CACHE_LAB TRACE
# Exits with 77 where there is no Chromium.
set -euo pipefail
laboratory=$1 trace=$2
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$browser" ] || { echo "skipped: no Chromium here (Debian: apt-get install chromium)"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/savings.json" <<'JSON'
[{"program": "a chain of maps", "mode": "direct", "driver_allocations": 320, "machine": "a machine",
  "direct_over_this": {"median": 1, "low": 1, "high": 1}},
 {"program": "a chain of maps", "mode": "lru", "driver_allocations": 5, "machine": "a machine",
  "direct_over_this": {"median": 2.5, "low": 2.25, "high": 3},
  "time_split": {"direct_less_cached_ms": 2, "driver_ms": 0.5, "estimated_first_touch_ms": 1.25,
                 "estimated_layer_ms": -0.125, "rest_ms": 0.375}}]
JSON
"$laboratory" report "$trace" -o "$work/report.html" --ab "$work/savings.json"

# The report has no script, so a frame of the wanted width is looked into from outside.
look() { # WIDTH SCHEME, where Chromium's 0 is dark and 1 is light
  cat >"$work/look.html" <<HTML
<!doctype html><iframe id="frame" src="report.html" style="width:${1}px;height:900px;border:0"></iframe>
<script>
const numbers = color => color.match(/[0-9.]+/g).map(Number);
const luminance = color => numbers(color).slice(0, 3).map(c => c / 255)
  .map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = element => {
  const color = getComputedStyle(element).backgroundColor;
  const clear = numbers(color).length == 4 && numbers(color)[3] == 0;
  return clear && element.parentElement ? behind(element.parentElement) : color;
};
document.getElementById("frame").onload = event => {
  const page = event.target.contentDocument;
  const clipped = [...page.querySelectorAll("svg text")].filter(text => {
    const box = text.getBBox(), view = text.ownerSVGElement.viewBox.baseVal;
    return box.x < 0 || box.x + box.width > view.width;
  });
  const contrasts = [...page.querySelectorAll("h1, h2, p, td, th, dt, dd, li, svg text")].map(text => {
    const style = getComputedStyle(text);
    const ink = luminance(text.closest("svg") ? style.fill : style.color), paper = luminance(behind(text));
    return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
  });
  document.body.append("seen: width " + page.documentElement.scrollWidth + ", sections " +
                       page.querySelectorAll("section").length + ", clipped " + clipped.length +
                       ", faint " + contrasts.filter(contrast => contrast < 4.5).length +
                       ", dark " + (luminance(behind(page.body)) < 0.2));
};
</script>
HTML
  "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files --window-size=1400,1000 \
    --blink-settings=preferredColorScheme="$2" --user-data-dir="$work/profile" --enable-logging=stderr \
    --virtual-time-budget=5000 --dump-dom "file://$work/look.html" >"$work/dom" 2>"$work/log"
  grep -o 'seen: .*\(true\|false\)' "$work/dom" || { echo "the report did not load"; exit 1; }
  local dark=$([ "$2" = 0 ] && echo true || echo false)
  local expected="seen: width $1, sections 7, clipped 0, faint 0, dark $dark"
  grep -q "$expected" "$work/dom" || { echo "expected: $expected"; exit 1; }
  ! grep CONSOLE "$work/log" || { echo "the browser complains"; exit 1; }
}
for width in 360 1200; do
  for scheme in 0 1; do look "$width" "$scheme"; done
done
