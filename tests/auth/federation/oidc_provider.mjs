// An OpenID provider that others wrote (https://github.com/panva/node-oidc-provider) on this machine, whose people sign
// in with any password. It prints its address; who registers a client may ask for people's addresses and names.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const server = createServer();
server.listen(0, "localhost", () => {
  const issuer = `http://localhost:${server.address().port}`;
  const provider = new Provider(issuer, {
    features: { registration: { enabled: true } },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["given_name", "family_name"] },
    scopes: ["openid", "email", "profile"],
    findAccount: (_context, name) => ({
      accountId: name,
      claims: () => ({
        sub: name,
        email: `${name}@example.com`,
        email_verified: name !== "bob",
        given_name: "Ada",
        family_name: "Lovelace",
      }),
    }),
  });
  server.on("request", provider.callback());
  process.stdout.write(`${issuer}\n`);
});
