import { escapeHtml } from './escape-html.ts'

/**
 * One HTML file that needs no network, no server and no script, and may have none.
 * @param title plain text, escaped here
 * @param body markup whose texts are escaped
 */
export function htmlPage({
  title,
  style,
  body,
}: {
  readonly title: string
  readonly style: string
  readonly body: string
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`
}
