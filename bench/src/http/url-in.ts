/** The address in a server's first words, once the line is whole. */
export const urlIn = (output: string): string | undefined =>
  /http:\/\/[^/\s]+:(\d+)\s/.exec(output)?.[1]?.replace(/^/, 'http://127.0.0.1:');
