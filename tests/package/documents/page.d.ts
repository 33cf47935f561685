// The script for pages without a bundler, which has the names of two entries.
declare module 'signalbox-page' {
  export * from 'signalbox';
  export * from 'signalbox/worker';
}

declare module '@langchain/core/language_models/chat_models' {
  interface BaseChatModel {
    // biome-ignore lint/suspicious/noExplicitAny: a message of LangChain, which is not installed here
    invoke(input: unknown): Promise<any>;
  }
}
