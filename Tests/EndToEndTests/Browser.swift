import Foundation
import TestSupport
import Testing

/// Chromium without a window.
enum Browser {
  /// Nil where it is not installed.
  static let path = ["chromium", "chromium-browser", "google-chrome"].lazy
    .map { "/usr/bin/\($0)" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// The document of a page once its scripts have run.
  static func document(of page: String, _ view: BrowserTests.View) async throws -> String {
    let browser = try #require(path)
    return try await withTemporaryFolder { folder in
      let file = folder.appending(path: "page.html")
      try page.write(to: file, atomically: true, encoding: .utf8)
      let output = folder.appending(path: "document")
      try Data().write(to: output)
      let process = Process()
      process.executableURL = URL(filePath: browser)
      process.arguments =
        [
          "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
          "--disable-background-networking", "--disable-component-update", "--no-first-run",
          "--user-data-dir=\(folder.path)/profile", "--virtual-time-budget=5000",
          "--window-size=\(view.width),1200",
        ] + (view.isDark ? ["--blink-settings=preferredColorScheme=0"] : [])
        + ["--dump-dom", file.absoluteString]
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return try String(contentsOf: output, encoding: .utf8)
    }
  }

  /// What is wrong with a page, a sentence each: looked for by a script of ours that a copy of the page
  /// runs, whose policy lets it. A window of a browser is at least 500 pixels wide, so the page stands
  /// in a frame of its own.
  static func audit(_ page: String, _ view: BrowserTests.View) async throws -> [String] {
    var copy = page.replacing("http-equiv=\"Content-Security-Policy\"", with: "data-policy")
      .replacing("</body>", with: "<script>\(script)</script></body>")
    if view.isPrint { copy = copy.replacing("@media print", with: "@media all") }
    let escaped = copy.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
    let frame = """
      <!doctype html><html><head><meta name="color-scheme" content="light dark"></head>
      <body><iframe width="\(view.width)" height="1200" srcdoc="\(escaped)"></iframe>
      <script>addEventListener("message", function (message) {
        document.body.textContent = "AUDIT" + message.data + "END";
      });</script></body></html>
      """
    var wide = view
    wide = BrowserTests.View(width: max(view.width, 500) + 100, isDark: view.isDark)
    let document = try await document(of: frame, wide)
    let start = try #require(document.range(of: "AUDIT"), "the audit did not run")
    let end = try #require(document.range(of: "END</body>"))
    return document[start.upperBound..<end.lowerBound].split(separator: "\n").map(String.init)
  }

  private static let script = #"""
    addEventListener("load", function () {
      var problems = [];
      function say(text) { if (problems.length < 20) problems.push(text); }
      if (!document.documentElement.lang) say("the page names no language");
      if (document.documentElement.scrollWidth > innerWidth)
        say("the page is wider than the window: " + document.documentElement.scrollWidth);
      performance.getEntriesByType("resource").forEach(function (entry) {
        if (!entry.name.startsWith("data:")) say("the page loads " + entry.name);
      });
      var level = 0;
      document.querySelectorAll("h1,h2,h3,h4").forEach(function (heading) {
        var own = Number(heading.tagName[1]);
        if (own > level + 1) say("a heading skips a level: " + heading.tagName.toLowerCase());
        level = own;
      });
      document.querySelectorAll("svg").forEach(function (svg) {
        var ids = (svg.getAttribute("aria-labelledby") || "").split(" ");
        var name = svg.getAttribute("aria-label")
          || ids.map(function (id) {
            var element = document.getElementById(id);
            return element ? element.textContent : "";
          }).join("");
        if (svg.getAttribute("role") !== "img" || !name) say("an svg has no name");
      });
      document.querySelectorAll("table").forEach(function (table) {
        if (!table.caption || !table.querySelector("thead th[scope=col]")
          || !table.querySelector("tbody th[scope=row]")) say("a table has no caption or heads");
      });
      document.querySelectorAll("a,button,summary").forEach(function (element) {
        if (!element.textContent.trim()) say("something to click has no text");
      });
      var ids = {};
      document.querySelectorAll("[id]").forEach(function (element) {
        if (ids[element.id]) say("two elements have the id " + element.id);
        ids[element.id] = true;
      });
      function parse(color) {
        var mixed = color.match(/color\(srgb ([^)]*)\)/);
        if (mixed) {
          var parts = mixed[1].split(/[ /]+/).map(Number);
          return [parts[0] * 255, parts[1] * 255, parts[2] * 255, parts.length > 3 ? parts[3] : 1];
        }
        var numbers = (color.match(/[\d.]+/g) || [0, 0, 0, 0]).map(Number);
        return [numbers[0], numbers[1], numbers[2], numbers.length > 3 ? numbers[3] : 1];
      }
      function light(color) {
        return [0.2126, 0.7152, 0.0722].reduce(function (sum, weight, index) {
          var part = color[index] / 255;
          return sum + weight * (part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4));
        }, 0);
      }
      function ratio(one, other) {
        var lights = [light(one), light(other)].sort();
        return (lights[1] + 0.05) / (lights[0] + 0.05);
      }
      function behind(element) {
        for (; element; element = element.parentElement) {
          var color = parse(getComputedStyle(element).backgroundColor);
          if (color[3] > 0.99) return color;
        }
        return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
      }
      var walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        var element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || ["SCRIPT", "STYLE", "TITLE", "DESC"].includes(element.tagName.toUpperCase())) continue;
        if (!element.getClientRects().length) continue;
        var style = getComputedStyle(element);
        var front = parse(element instanceof SVGElement ? style.fill : style.color);
        if (ratio(front, behind(element)) < 4.5)
          say("too little contrast: " + walker.currentNode.data.trim().slice(0, 40) + " " + style.color);
      }
      parent.postMessage(problems.join("\n"), "*");
    });
    """#
}
