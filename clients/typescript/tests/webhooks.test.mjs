// Webhooks: the published vector, and whatever is not quite it.
import assert from "node:assert/strict";
import { test } from "node:test";

import { LyceumError } from "../src/index.js";
import { verifyWebhook } from "../src/webhooks.js";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"; // # not a secret: the vector of the standard
const BODY = '{"test": 2432232314}';
const HEADERS = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": "1614265330",
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const AT = () => 1614265330_000;
const refused = (error) => LyceumError.is(error, "SIGNATURE_INVALID");

test("the vector of the standard is proven, among others and by an exchanged secret", async () => {
  const expected = { id: HEADERS["webhook-id"], event: { test: 2432232314 } };
  assert.deepEqual(await verifyWebhook(SECRET, BODY, HEADERS, AT), expected);
  const more = { ...HEADERS, "webhook-signature": `v1a,xyz v1,AAAA ${HEADERS["webhook-signature"]}` };
  assert.deepEqual(await verifyWebhook(["whsec_AAAA", SECRET], BODY, new Headers(more), AT), expected);
});

for (const [name, body, headers, now] of [
  ["another body", BODY.replace("4", "5"), {}, AT],
  ["another id", BODY, { "webhook-id": "msg_x" }, AT],
  ["an old one", BODY, {}, () => AT() + 301_000],
  ["one of tomorrow", BODY, {}, () => AT() - 301_000],
  ["no time", BODY, { "webhook-timestamp": "soon" }, AT],
  ["no signature", BODY, { "webhook-signature": undefined }, AT],
  ["a signature that is none", BODY, { "webhook-signature": "v1,%%%" }, AT],
]) {
  test(`${name} is refused`, async () => {
    await assert.rejects(verifyWebhook(SECRET, body, { ...HEADERS, ...headers }, now), refused);
  });
}
