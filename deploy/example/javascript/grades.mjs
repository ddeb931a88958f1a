// A service behind Gatehouse's gateway: Node's own web server, and gatehouse.mjs to know who calls.
import { createServer } from 'node:http'
import { Gatehouse, Refused, Unavailable } from './gatehouse.mjs'

const gatehouse = new Gatehouse(
  process.env.JWKS_URL ?? 'http://auth-service:8081/.well-known/jwks.json',
  process.env.AUDIENCE ?? 'grades',
)

const grades = { Ada: 1, Grace: 1, Alan: 2 }

// Three ways to know who calls; choose the one that the route has under `forward`.
async function caller(path, headers) {
  if (path === '/by-token') { // forward: token
    return gatehouse.accessToken(headers.authorization)
  }
  if (path === '/by-headers') { // forward: identity, where nobody but the gateway reaches this port
    return { uid: headers['x-user-uid'], role: headers['x-user-role'] }
  }
  return gatehouse.assertion(headers['x-gatehouse-assertion']) // forward: assertion
}

async function answer(request) {
  try {
    const who = await caller(request.url, request.headers)
    if (!['Admin', 'Teacher'].includes(who.role)) { // the route says so too, to whoever comes through the gateway
      return [403, { message: 'Only for teachers.' }]
    }
    return [200, { for: who.uid, grades }]
  } catch (mistake) {
    if (mistake instanceof Refused) return [401, { message: 'Who are you?' }]
    if (mistake instanceof Unavailable) return [503, { message: 'Please try again.' }]
    throw mistake
  }
}

const server = createServer({ keepAliveTimeout: 75_000 }, async (request, response) => {
  const [status, body] = await answer(request)
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
})
server.listen(process.env.PORT ?? 5000, () => console.log(`listening on port ${server.address().port}`))
