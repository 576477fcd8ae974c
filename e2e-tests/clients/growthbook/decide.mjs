// Decides for users with GrowthBook's SDK and compares with what was decided elsewhere:
//   node decide.mjs payload.json decisions.jsonl
// The payload is what an SDK loads. A line of decisions is one user,
//   {"attributes":{…},"decisions":{"feature":"experiment arm", …}}
// where a decision is "experiment" with the key of the variation, or "force" or "defaultValue" with
// the value as JSON. The exit status is 1 if any differ.
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { GrowthBookClient } from "@growthbook/growthbook";

const [payloadFile, decisionsFile] = process.argv.slice(2);
if (!decisionsFile) {
  console.error("arguments: payload.json decisions.jsonl");
  process.exit(2);
}
const client = new GrowthBookClient().initSync({
  payload: JSON.parse(readFileSync(payloadFile, "utf8")),
});

let users = 0;
let decisions = 0;
let different = 0;
for await (const line of createInterface({ input: createReadStream(decisionsFile) })) {
  const user = JSON.parse(line);
  users++;
  for (const [feature, expected] of Object.entries(user.decisions)) {
    const result = client.evalFeature(feature, { attributes: user.attributes });
    const what =
      result.source === "experiment" ? result.experimentResult.key : JSON.stringify(result.value);
    decisions++;
    if (`${result.source} ${what}` !== expected && ++different <= 10) {
      console.log(`${feature}: ${result.source} ${what}, expected ${expected}, for ${line}`);
    }
  }
}
console.log(`${users} users, ${decisions} decisions, ${different} different`);
process.exit(different ? 1 : 0);
