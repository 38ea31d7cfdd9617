/** The long log over loopback as a hub would serve it, its books and its witnesses' copies beside it, and a page for a browser. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { workerPaths } from "../../scripts/build.ts";
import { serveFolder } from "./serve.ts";
import { makeYear, type Year } from "./year.ts";

export interface ServedYear {
  readonly url: string;
  readonly vkey: string;
  /** a blank page of the same origin, and the dashboard's verify worker as it was built */
  readonly page: string;
  readonly worker: string;
  close(): Promise<void>;
}

const PAGE = "/page.html";
const WORKER = "/verify-worker.js";

export async function servedYear(folder: string, size: number): Promise<ServedYear> {
  const worker = await builtWorker();
  let year: Year | null = null;
  const served = await serveFolder(folder, (path) => {
    if (path === PAGE) return "<!doctype html><title>verification</title>";
    if (path === WORKER) return worker;
    if (path.startsWith("/witness/")) return year?.finished.note ?? null;
    const [, leaf] = /^\/log\/entries\/(.+)\.tlog-proof$/.exec(path) ?? [];
    return leaf === undefined ? null : (year?.finished.proof(leaf) ?? null);
  });
  year = await makeYear(folder, served.url, size, Math.floor(Date.now() / 1000));
  const { url } = served;
  return {
    url,
    vkey: year.vkey,
    page: `${url}${PAGE}`,
    worker: `${url}${WORKER}`,
    close: async () => await served.close(),
  };
}

async function builtWorker(): Promise<string> {
  const assets = join(workerPaths("hub").assets, "assets");
  const name = (await readdir(assets)).find((file) => file.startsWith("verify-worker-"));
  if (name === undefined) throw new Error("dist/hub has no verify worker");
  return await readFile(join(assets, name), "utf8");
}
