/** @tsbgp/mrt and @tsbgp/bmp build for a browser out of their own sources and those of wire, and work there: they need nothing of Node. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { build } from 'esbuild';
import { ROOT } from './workspace.ts';

/** What a browser has of what these packages use; Node's own globals are not there. */
const BROWSER = { TextDecoder, TextEncoder };

/** A program that uses the package, and what it leaves in `result`. */
const PROGRAMS: Readonly<Record<string, { readonly code: string; readonly result: unknown }>> = {
  mrt: {
    code: `
      import { BgpdumpFormatter, encodeMrt, MrtFramer, recordsOf, RouteScanner } from '@tsbgp/mrt';
      const peer = { peerAs: 65001, localAs: 64512, interfaceIndex: 0, peerAddress: '192.0.2.1', localAddress: '192.0.2.2', fourOctetAs: true };
      const framer = new MrtFramer();
      framer.push(encodeMrt({ timestamp: 1790000000 }, { type: 'state-change', ...peer, oldState: 6, newState: 1 }));
      framer.finish();
      const lines = new BgpdumpFormatter();
      const scanner = new RouteScanner(lines);
      for (const record of recordsOf(framer)) scanner.scan(record);
      globalThis.result = new TextDecoder().decode(lines.out.bytes.subarray(0, lines.out.length));`,
    result: 'BGP4MP|1790000000|STATE|192.0.2.1|65001|6|1\n',
  },
  bmp: {
    code: `
      import { BmpFramer, BmpInformation, bmpText, bmpTextTlv, encodeBmp } from '@tsbgp/bmp';
      const framer = new BmpFramer();
      framer.push(encodeBmp({ type: 'initiation', information: [bmpTextTlv(BmpInformation.SysName, 'rs1.example')] }));
      globalThis.result = bmpText(framer.next().information[0]);`,
    result: 'rs1.example',
  },
};

for (const [name, { code, result }] of Object.entries(PROGRAMS)) {
  test(`${name} builds for a browser and works without Node`, async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: code, resolveDir: join(ROOT, 'test') },
      bundle: true,
      write: false,
      metafile: true,
      absWorkingDir: ROOT,
      format: 'iife',
      platform: 'browser',
      target: 'es2024',
      conditions: ['tsbgp-source'],
      logLevel: 'silent',
    });
    const foreign = Object.keys(metafile.inputs).filter((path) => path !== '<stdin>' && !/^packages\/(?:mrt|bmp|wire)\/src\//.test(path));
    assert.deepEqual(foreign, []);
    const window: Record<string, unknown> = { ...BROWSER };
    runInNewContext(outputFiles[0]!.text, window);
    assert.equal(window['result'], result);
  });
}
