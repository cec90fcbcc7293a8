// Decodes Opus packets with libopus's neural enhancers: opus_neural.py says how it is called.
//
//   node opus_neural.mjs PACKAGE none|lace|nolace IN OUT
//
// PACKAGE  index.js of @wasm-audio-decoders/opus-ml
// IN       for each packet its size, unsigned, 32 bits, little endian, and its bytes
// OUT      the samples, float32, little endian, mono, 16 kHz
//
// A packet that libopus refuses ends it with status 3, and one line says which.

import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const FRAME = 320;
const REFUSED = 3;

const [path, enhancement, source, target] = process.argv.slice(2);
const { OpusMLDecoder } = await import(pathToFileURL(path));

const bytes = readFileSync(source);
const decoder = new OpusMLDecoder({
  channels: 1,
  sampleRate: 16000,
  speechQualityEnhancement: enhancement,
});
await decoder.ready;

const frames = [];
for (let place = 0; place < bytes.length; ) {
  const start = place + 4;
  place = start + bytes.readUInt32LE(place);
  const packet = new Uint8Array(bytes.subarray(start, place));
  const { channelData, samplesDecoded, errors } = decoder.decodeFrame(packet);
  if (errors.length || samplesDecoded !== FRAME) {
    console.error(`packet ${frames.length}: ${samplesDecoded} samples, not ${FRAME}`);
    process.exit(REFUSED);
  }
  frames.push(Buffer.from(channelData[0].buffer));
}
writeFileSync(target, Buffer.concat(frames));
