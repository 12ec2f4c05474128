import { testReadme } from '../../../test/readme-blocks.ts';

testReadme('mrt');
