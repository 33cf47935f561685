import { testVersion } from './ai-sdk.mjs';

testVersion({ project: 'ai-sdk-6', specification: 'v3', other: 'v4', leastNode: 20 });
