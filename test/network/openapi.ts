/** Holds what a worker answers against what its /openapi.json says, by a validator that is not ours. */
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface Document {
  paths: Record<string, { get?: Operation }>;
}

/**
 * GETs every documented address, unsigned and with these values in its path. Returns how many were held against a
 * schema, and what differs.
 */
export async function compareWithOpenapi(
  url: string,
  values: Record<string, string>,
): Promise<{ compared: number; faults: string[] }> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: "openapi", ...document });
  const faults: string[] = [];
  let compared = 0;
  for (const [path, { get }] of Object.entries(document.paths)) {
    if (get === undefined) continue;
    const address = path.replace(/\{([a-z0-9]+)\}/g, (whole, name: string) => {
      const value = values[`${path} ${name}`] ?? values[name];
      return value === undefined ? whole : encodeURIComponent(value);
    });
    if (address.includes("{")) continue;
    const answer = await fetch(url + address, { redirect: "manual" });
    const text = await answer.text();
    const status = String(answer.status);
    const response = get.responses[status] ?? get.responses[`${status[0] ?? ""}XX`];
    const [type = ""] = (answer.headers.get("content-type") ?? "").split(";");
    const schema = response?.content?.[type]?.schema;
    if (response === undefined || (schema === undefined && text !== "")) faults.push(`${address}: ${status} ${type}`);
    if (schema === undefined || !type.endsWith("json")) continue;
    compared += 1;
    const whole = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')) as object;
    if (!ajv.validate(whole, JSON.parse(text))) faults.push(`${address}: ${ajv.errorsText()}`);
  }
  return { compared, faults };
}
