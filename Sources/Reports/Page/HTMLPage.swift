/// A whole page in one file: its policy forbids it to load or run anything.
package struct HTMLPage: Sendable {
  package let title: String
  package let body: HTML

  package init(title: String, body: HTML) {
    self.title = title
    self.body = body
  }

  package var text: String {
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
      form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <link rel="icon" href="data:,">
      <title>\(title)</title>
      <style>
      \(PageStyle.sheet)</style>
      </head>
      <body>
      \(body)</body>
      </html>

      """
    return page.markup
  }
}
