"""Opens the pages of a folder as people see them, takes pictures, and says what is wrong. Prints TAP."""
import os
import sys

from browser import Browser

WIDTHS = (1280, 375)

# Elements that are wider than the window, but for those that scroll.
OVERFLOWING = """
[...document.querySelectorAll('body *')].filter(element => {
	const box = element.getBoundingClientRect();
	return box.width > 0 && box.right > innerWidth + 1 && !element.closest('.scroll, pre, svg');
}).map(element => element.tagName + '.' + element.className).slice(0, 5)"""

AXE = """
axe.run(document, {resultTypes: ['violations']}).then(result => result.violations.map(
	violation => violation.id + ': ' + violation.nodes.length + ' times, as in ' + violation.nodes[0].html.slice(0, 160)))"""


class Report:
    def __init__(self):
        self.number = 0
        self.failed = False

    def check(self, what, found):
        self.number += 1
        self.failed |= bool(found)
        print("not ok" if found else "ok", self.number, "-", what, flush=True)
        for line in found[:10]:
            print("#", line)


def look(browser, report, folder, name, width, dark, axe):
    scheme = "dark" if dark else "light"
    what = f"{name}, {width} wide, {scheme}"
    browser.open(f"file://{folder}/{name}.html", width, dark)
    title = browser.evaluate("document.title")
    wide, high = browser.size()
    browser.screenshot(f"{folder}/{name}-{width}-{scheme}.png", width, min(high, 12000))
    browser.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    overflowing = browser.evaluate(OVERFLOWING)
    wide = max(wide, browser.size()[0])
    report.check(f"{what}: nothing overflows", overflowing or ([f"{wide} wide"] if wide > width else []))
    report.check(f"{what}: the console is silent and nothing is asked for", browser.complaints() + browser.requests())
    report.check(f"{what}: no name ran", [title] if title == "x" else [])
    if axe:
        browser.evaluate(axe)
        report.check(f"{what}: accessible", browser.evaluate(AXE))


def picture_for_docs(browser, folder):
    """The head of a report, as tall as a screen."""
    browser.open(f"file://{folder}/report.html", 1180)
    browser.screenshot("docs/report.png", 1180, 1240)


def main(folder):
    axe_file = os.path.join(folder, "axe.js")
    axe = open(axe_file, encoding="utf8").read() if os.path.exists(axe_file) else None
    report = Report()
    browser = Browser()
    try:
        for name in sorted(entry[:-5] for entry in os.listdir(folder) if entry.endswith(".html")):
            for width in WIDTHS:
                for dark in (False, True):
                    look(browser, report, folder, name, width, dark, axe)
        picture_for_docs(browser, folder)
    finally:
        browser.close()
    report.check("docs/report.png has at most 200 kB", [] if os.path.getsize("docs/report.png") <= 200 << 10 else [str(os.path.getsize("docs/report.png"))])
    print(f"1..{report.number}")
    return report.failed


sys.exit(main(sys.argv[1]))
