/**
 * Derive 32 bytes from a password by scrypt (RFC 7914), which browsers do not have; its PBKDF2 they do.
 *
 * @param {Uint8Array<ArrayBuffer>} password
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {{ n: number, r: number, p: number }} cost
 */
export async function scrypt(password, salt, { n, r, p }) {
  const size = 128 * r;
  const blocks = await pbkdf2(password, salt, p * size);
  for (let part = 0; part < p; part += 1) mix(blocks.subarray(part * size, (part + 1) * size), n, r);
  return pbkdf2(password, blocks, 32);
}

/**
 * @param {Uint8Array<ArrayBuffer>} password
 * @param {Uint8Array<ArrayBuffer>} salt
 * @param {number} length
 */
async function pbkdf2(password, salt, length) {
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: 1 };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 8 * length));
}

/**
 * ROMix (section 5) in place.
 *
 * @param {Uint8Array} bytes
 * @param {number} n
 * @param {number} r
 */
function mix(bytes, n, r) {
  const words = 32 * r;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const block = Uint32Array.from({ length: words }, (_, place) => view.getUint32(4 * place, true));
  const table = new Uint32Array(n * words);
  const spare = new Uint32Array(words);
  for (let row = 0; row < n; row += 1) {
    table.set(block, row * words);
    blockMix(block, spare, r);
  }
  for (let row = 0; row < n; row += 1) {
    const from = (block[words - 16] & (n - 1)) * words;
    for (let place = 0; place < words; place += 1) block[place] ^= table[from + place];
    blockMix(block, spare, r);
  }
  block.forEach((word, place) => view.setUint32(4 * place, word, true));
}

/**
 * BlockMix (section 4) in place.
 *
 * @param {Uint32Array} block
 * @param {Uint32Array} spare
 * @param {number} r
 */
function blockMix(block, spare, r) {
  const state = block.slice(-16);
  for (let part = 0; part < 2 * r; part += 1) {
    for (let place = 0; place < 16; place += 1) state[place] ^= block[16 * part + place];
    salsa(state);
    spare.set(state, 16 * ((part >> 1) + (part & 1 ? r : 0)));
  }
  block.set(spare);
}

const QUARTERS = [
  [0, 4, 8, 12], [5, 9, 13, 1], [10, 14, 2, 6], [15, 3, 7, 11],
  [0, 1, 2, 3], [5, 6, 7, 4], [10, 11, 8, 9], [15, 12, 13, 14],
];

/**
 * Salsa20/8 (section 3) in place.
 *
 * @param {Uint32Array} state
 */
function salsa(state) {
  const x = state.slice();
  const turn = (/** @type {number} */ sum, /** @type {number} */ by) => (sum << by) | (sum >>> (32 - by));
  for (let round = 0; round < 4; round += 1) {
    for (const [a, b, c, d] of QUARTERS) {
      x[b] ^= turn(x[a] + x[d], 7);
      x[c] ^= turn(x[b] + x[a], 9);
      x[d] ^= turn(x[c] + x[b], 13);
      x[a] ^= turn(x[d] + x[c], 18);
    }
  }
  for (let place = 0; place < 16; place += 1) state[place] += x[place];
}
