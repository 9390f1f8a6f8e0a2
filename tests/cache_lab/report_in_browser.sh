#!/usr/bin/env bash
# Opens a report in headless Chromium at two widths: nothing may overflow, and nothing may be complained about.
#   report_in_browser.sh 07_CACHE_LAB TRACE
# Exits with 77 where there is no Chromium.
set -euo pipefail
laboratory=$1 trace=$2
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$browser" ] || { echo "skipped: no Chromium here (Debian: apt-get install chromium)"; exit 77; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$laboratory" report "$trace" -o "$work/report.html"

# The report has no script, so a frame of the wanted width is looked into from outside.
for width in 360 1200; do
  cat >"$work/look.html" <<HTML
<!doctype html><iframe id="frame" src="report.html" style="width:${width}px;height:900px;border:0"></iframe>
<script>
document.getElementById("frame").onload = event => {
  const page = event.target.contentDocument;
  const texts = [...page.querySelectorAll("svg text")].filter(text => {
    const box = text.getBBox(), view = text.ownerSVGElement.viewBox.baseVal;
    return box.x < 0 || box.x + box.width > view.width;
  });
  document.body.append("seen: width " + page.documentElement.scrollWidth + ", sections " +
                       page.querySelectorAll("section").length + ", clipped " + texts.length);
};
</script>
HTML
  "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --allow-file-access-from-files --window-size=1400,1000 \
    --user-data-dir="$work/profile" --enable-logging=stderr --virtual-time-budget=5000 --dump-dom \
    "file://$work/look.html" >"$work/dom" 2>"$work/log"
  grep -o 'seen: .*[0-9]' "$work/dom" || { echo "the report did not load"; exit 1; }
  grep -q "seen: width $width, sections 5, clipped 0" "$work/dom" ||
    { echo "expected: width $width, sections 5, clipped 0"; exit 1; }
  ! grep CONSOLE "$work/log" || { echo "the browser complains"; exit 1; }
done
