// What is used of `@langchain/core`, so that building needs no copy of it. A project's own copy has the real types; a test
// compiles against them.

declare module '@langchain/core/language_models/chat_models' {
  export abstract class BaseChatModel {
    constructor(fields: object);
    abstract _llmType(): string;
  }
}

declare module '@langchain/core/outputs' {
  export class ChatGenerationChunk {
    constructor(fields: { message: unknown; text: string });
  }
}
