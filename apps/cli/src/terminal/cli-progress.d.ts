/** The part of cli-progress 3 that Gavel uses; the package brings no types of its own. */
declare module 'cli-progress' {
  export interface Options {
    readonly stream: NodeJS.WritableStream;
    readonly format: string;
    readonly noTTYOutput: boolean;
    /** Milliseconds between two lines where the stream is no terminal. */
    readonly notTTYSchedule: number;
    readonly gracefulExit: boolean;
    readonly hideCursor: boolean;
    readonly linewrap: boolean;
  }
  export class SingleBar {
    constructor(options: Options, preset: object);
    start(total: number, startValue: number): void;
    update(value: number): void;
    getTotal(): number;
    setTotal(total: number): void;
    stop(): void;
  }
  export const Presets: { readonly legacy: object };
}
