import { testVersion } from './ai-sdk.mjs';

testVersion({ project: 'ai-sdk-7', specification: 'v4', other: 'v3', leastNode: 22 });
