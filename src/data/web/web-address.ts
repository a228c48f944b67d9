import { invalidInput } from '../../core/index.ts'

/**
 * An address that pictures are fetched from.
 * @throws InvalidInput unless it is http or https, without a name and password
 */
export function webAddress(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href)
  if (url === null)
    throw invalidInput(`${JSON.stringify(text.slice(0, 200))} is no web address; correct it`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalidInput(`${url.protocol}// addresses are not fetched, wanted http:// or https://`)
  if (url.username !== '' || url.password !== '')
    throw invalidInput('an address with a name and password is not fetched; remove them')
  url.hash = ''
  return url
}
