/**
 * The few globals that workerd, Node and browsers have in common, with the least typing they need.
 * `shared/` compiles without DOM or Workers types, so that nothing platform-specific can slip in.
 */
export type Bytes = Uint8Array<ArrayBuffer>;

/** An imported key; only ever handed back to `subtle`. */
export interface PlatformKey {
  readonly type: string;
}

interface Subtle {
  digest(algorithm: string, data: Bytes): Promise<ArrayBuffer>;
  generateKey(algorithm: object, extractable: boolean, usages: string[]): Promise<{ privateKey: PlatformKey }>;
  importKey(
    format: "raw" | "pkcs8" | "jwk",
    data: Bytes | object,
    algorithm: object,
    extractable: boolean,
    usages: string[],
  ): Promise<PlatformKey>;
  exportKey(format: "jwk", key: PlatformKey): Promise<Record<string, unknown>>;
  sign(algorithm: object, key: PlatformKey, data: Bytes): Promise<ArrayBuffer>;
  verify(algorithm: object, key: PlatformKey, signature: Bytes, data: Bytes): Promise<boolean>;
}

interface Platform {
  crypto: { subtle: Subtle; getRandomValues(bytes: Bytes): Bytes };
  TextEncoder: new () => { encode(text: string): Bytes };
  TextDecoder: new (label: string, options: object) => { decode(bytes: Uint8Array): string };
}

export const { crypto, TextEncoder, TextDecoder } = globalThis as unknown as Platform;
