/// A whole page in one file: its policy forbids it to load anything, or to run anything but its sorting.
package struct HTMLPage: Sendable {
  package let title: String
  package let body: HTML

  package init(title: String, body: HTML) {
    self.title = title
    self.body = body
  }

  package var text: String {
    let hash = HTML(markup: SortScript.hash)
    let script = HTML(markup: SortScript.text)
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-\(hash)'; \
      img-src data:; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <link rel="icon" href="data:,">
      <title>\(title)</title>
      <style>
      \(PageStyle.sheet)</style>
      </head>
      <body>
      \(body)<script>\(script)</script>
      </body>
      </html>

      """
    return page.markup
  }
}
