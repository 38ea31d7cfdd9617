/**
 * What the demo remembers between starts: the software passkeys of its people and the campaigns it published.
 * A passkey is written down before the server hears of it, so that no interruption leaves a member nobody can be.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createAuthenticator, type Authenticator, type SoftwarePasskey } from "./authenticator.ts";

interface Remembered {
  people: Record<string, SoftwarePasskey[]>;
  campaigns: string[];
  complete: boolean;
}

export interface Memory {
  readonly campaigns: string[];
  complete: boolean;
  device(person: string): Authenticator;
  save(): void;
}

export function recallDemo(file: string | null): Memory {
  const kept = (file && read(file)) || { people: {}, campaigns: [], complete: false };

  function save(): void {
    if (file === null) return;
    writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  return {
    campaigns: kept.campaigns,
    get complete() {
      return kept.complete;
    },
    set complete(value) {
      kept.complete = value;
      save();
    },
    save,
    device(person) {
      const device = createAuthenticator((kept.people[person] ??= []));
      return {
        ...device,
        async create(options, pageOrigin) {
          const answer = await device.create(options, pageOrigin);
          save();
          return answer;
        },
      };
    },
  };
}

function read(file: string): Remembered | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Remembered;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
