import { type LookupAddress, lookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector } from 'undici'
import { type AppError, invalidInput } from '../../core/index.ts'
import { isPublicAddress } from './public-address.ts'

/** Finds the addresses of a host. */
export type Resolve = (
  hostname: string,
  done: (error: NodeJS.ErrnoException | null, addresses: readonly LookupAddress[]) => void,
) => void

/** What {@link guardedAgent} takes. */
export interface GuardedAgentOptions {
  /** Which addresses are connected to; default: public ones. */
  readonly allowAddress?: (address: string) => boolean
  readonly connectLimitMs: number
  /** Longest silence, before the headers and between two parts of the body. */
  readonly idleLimitMs: number
  /** Default: the operating system's. */
  readonly resolve?: Resolve
}

/**
 * An HTTP agent that connects to public addresses alone, or to those that a rule allows.
 *
 * Addresses are judged inside the lookup of the connection itself, and those that were judged are the
 * ones connected to: a name that resolves differently a moment later (DNS rebinding) gains nothing. A
 * host with any address that is not public is refused.
 */
export function guardedAgent(options: GuardedAgentOptions): Agent {
  const { connectLimitMs, idleLimitMs, resolve = resolveByOs } = options
  const { allowAddress = isPublicAddress } = options
  const judgingLookup: LookupFunction = (hostname, { all }, done) =>
    resolve(hostname, (error, addresses) => {
      const [first] = addresses
      const refused = addresses.find(({ address }) => !allowAddress(address))
      if (error !== null) done(error, [])
      else if (refused !== undefined) done(privateHost(hostname, refused.address), [])
      else if (first === undefined) done(new Error(`${hostname} has no address`), [])
      else if (all === true) done(null, [...addresses])
      else done(null, first.address, first.family)
    })
  const connect = buildConnector({ timeout: connectLimitMs, lookup: judgingLookup })
  return new Agent({
    headersTimeout: idleLimitMs,
    bodyTimeout: idleLimitMs,
    connect(target, done) {
      // An address written out is connected to without a lookup.
      const literal = target.hostname.replace(/^\[|\]$/g, '')
      if (isIP(literal) !== 0 && !allowAddress(literal)) done(privateHost(literal, literal), null)
      else connect(target, done)
    },
  })
}

const resolveByOs: Resolve = (hostname, done) =>
  lookup(hostname, { all: true }, (error, addresses) => done(error, addresses ?? []))

function privateHost(hostname: string, address: string): AppError {
  return invalidInput(
    `${hostname === address ? address : `${hostname} (${address})`} is not on the public internet; allow it with --allow-private-hosts if the catalogue is trusted`,
  )
}
