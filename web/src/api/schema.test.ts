// The client's types are what the API's document says today: `npm run schema` writes them anew.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, it } from "vitest";

it("has the types of the document as it is committed", async () => {
  const document = new URL("../../../crates/api/openapi.json", import.meta.url);
  const written = readFileSync(fileURLToPath(new URL("schema.d.ts", import.meta.url)), "utf8");
  const generated =
    COMMENT_HEADER + astToString(await openapiTS(document, { defaultNonNullable: false }));
  expect(written === generated, "schema.d.ts is not current: run `npm run schema`").toBe(true);
});
