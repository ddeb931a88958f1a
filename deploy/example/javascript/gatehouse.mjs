// Says who calls, by what Gatehouse's gateway sends along. Needs nothing but Node.js (18 or newer).
import { createPublicKey, verify } from 'node:crypto'

const KEEP = 60_000 // ms; for so long a key counts that was taken back
const RETRY = 5_000 // ms between two looks at the key set, whatever keys are asked for
const LEEWAY = 5 // seconds that clocks may differ

/** Nobody knows who calls: answer 401. */
export class Refused extends Error {}

/** The keys cannot be had at the moment: answer 503. */
export class Unavailable extends Error {}

/** Verifies what the gateway sends, with the public keys at a URL. */
export class Gatehouse {
  #url; #audience
  #keys = new Map()
  #fetched = -Infinity
  #tried = -Infinity
  #looking = Promise.resolve()

  constructor(jwksURL, audience) {
    this.#url = jwksURL
    this.#audience = audience
  }

  /** The claims of an X-Gatehouse-Assertion for us: sub, uid, role, sid and more. */
  assertion(raw) { return this.#verify(raw, 'assertion+jwt', this.#audience) }

  /** The claims of the access token in an Authorization header. */
  accessToken(authorization) {
    const [, raw] = /^bearer +(\S+)$/i.exec(authorization ?? '') ?? []
    return this.#verify(raw, 'at+jwt', 'gatehouse')
  }

  async #verify(raw, kind, audience) {
    const parts = (raw ?? '').split('.')
    if (parts.length !== 3 || raw.length > 4096) throw new Refused('no token')
    const header = decoded(parts[0])
    if (header.alg !== 'EdDSA' || header.typ !== kind || 'crit' in header) throw new Refused('another kind of token')
    const key = await this.#key(header.kid)
    const signature = Buffer.from(parts[2], 'base64url')
    if (!verify(null, Buffer.from(`${parts[0]}.${parts[1]}`), key, signature)) throw new Refused('a bad signature')
    const claims = decoded(parts[1])
    const now = Date.now() / 1000
    if (claims.iss !== 'gatehouse' || ![claims.aud].flat().includes(audience)) throw new Refused('not for us')
    if (!(claims.exp > now - LEEWAY) || !(claims.iat < now + LEEWAY)) throw new Refused('not now')
    if (!claims.sub || !claims.uid || !claims.role || !claims.sid || !claims.jti) throw new Refused('not complete')
    return claims
  }

  async #key(kid) {
    const stale = () => Date.now() - this.#fetched >= KEEP
    if ((!this.#keys.has(kid) || stale()) && Date.now() - this.#tried >= RETRY) {
      this.#tried = Date.now()
      this.#looking = this.#fetch()
    }
    await this.#looking
    if (Date.now() - this.#fetched >= 10 * KEEP) throw new Unavailable('no keys')
    if (!this.#keys.has(kid)) throw new Refused('unknown key')
    return this.#keys.get(kid)
  }

  async #fetch() {
    try {
      const answer = await fetch(this.#url, { signal: AbortSignal.timeout(2_000) })
      const keys = (await answer.json()).keys.filter((k) => k.kty === 'OKP' && k.crv === 'Ed25519')
      this.#keys = new Map(keys.map((k) => [k.kid, createPublicKey({ key: k, format: 'jwk' })]))
      this.#fetched = Date.now()
    } catch {
      // the keys that there are stay for a while
    }
  }
}

function decoded(part) {
  try {
    const value = JSON.parse(Buffer.from(part, 'base64url'))
    if (value && typeof value === 'object') return value
  } catch { /* refused below */ }
  throw new Refused('no token')
}
