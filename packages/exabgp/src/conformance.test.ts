/** The cases of `encoding/` and `api/` of the corpus, against the real program. `npm test` runs every tenth. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sampled } from '../../../test/scale.ts';
import { type CorpusCase, corpusFiles, corpusJson, SKIP } from '../test/corpus.ts';
import { runCase } from '../test/run-case.ts';

/** The scripts of the cases wait for fixed times. On a busy machine what they say next may come before the session is up. */
const ATTEMPTS = 6;

for (const folder of ['encoding', 'api']) {
  describe(`the corpus of ExaBGP, ${folder}`, { skip: SKIP, concurrency: 3 }, () => {
    for (const file of sampled(corpusFiles(folder))) {
      test(file, async () => {
        const found = corpusJson<CorpusCase>(`${folder}/${file}`)!;
        // 5.0 has no rate limit in packets.
        const sessions = found.name === 'conf-flow' ? found.sessions : (found.sessions_5_0 ?? found.sessions);
        let problem: string | undefined;
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          problem = await runCase(found, sessions);
          if (problem === undefined) break;
        }
        assert.equal(problem, undefined);
      });
    }
  });
}
