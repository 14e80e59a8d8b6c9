// An OpenID Connect provider of the tests: node provider.mjs PORT REDIRECT_URI. Whoever signs in as NAME has the
// address NAME; one that begins with "unverified:" is not vouched for.
import { Provider } from "oidc-provider";

const [port, back] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "teilhabekarte",
      client_secret: "only-for-tests-only-for-tests-32",
      redirect_uris: [back],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true } },
  cookies: { keys: ["only-for-tests"] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: id.replace(/^unverified:/, ""),
      email_verified: !id.startsWith("unverified:"),
    }),
  }),
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
