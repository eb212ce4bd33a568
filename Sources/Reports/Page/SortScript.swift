/// The one script of a page, which needs none: a click on a column's head sorts its table. Where
/// scripts are not run, as in mail, the tables stay as they are.
enum SortScript {
  /// Allowed by the page's policy through its hash, and nothing else is.
  static let text = """
    "use strict";
    document.querySelectorAll("table").forEach(function (table) {
      var body = table.tBodies[0];
      if (!body || body.rows.length < 2) return;
      var heads = table.querySelectorAll("thead th");
      heads.forEach(function (head, column) {
        if (head.hasAttribute("data-plain")) return;
        var button = document.createElement("button");
        button.type = "button";
        while (head.firstChild) button.appendChild(head.firstChild);
        head.appendChild(button);
        button.addEventListener("click", function () {
          var isNumber = head.classList.contains("number");
          var next = head.getAttribute("aria-sort");
          next = next ? (next === "descending" ? "ascending" : "descending")
            : isNumber ? "descending" : "ascending";
          heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
          head.setAttribute("aria-sort", next);
          var sign = next === "ascending" ? 1 : -1;
          function value(row) {
            var cell = row.cells[column];
            return isNumber ? cell.getAttribute("data-v") : cell.textContent;
          }
          Array.from(body.rows).sort(function (left, right) {
            var a = value(left), b = value(right);
            if (a === null || b === null) return (a === null) - (b === null);
            return sign * (isNumber ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0);
          }).forEach(function (row) { body.appendChild(row); });
        });
      });
    });

    """

  static let hash = SHA256.base64(of: text)
}
