// Decides for users with GrowthBook's SDK on a server's features, and compares with what a ranking
// of the server says:
//   node follow.mjs http://127.0.0.1:8080 USERS EXPERIMENT …
// Then it gives the first experiment's first arm a weight of 0, and waits until the SDK knows. The
// server has a model of users by `user_id`, ads by `ad_id` and an `hour`. The exit status is 1 if
// any decisions differ.
import { EventSource } from "eventsource";
import { GrowthBookClient, setPolyfills } from "@growthbook/growthbook";

const [server, users, ...experiments] = process.argv.slice(2);
let fetches = 0;
setPolyfills({
  EventSource,
  fetch: (...request) => {
    fetches++;
    return fetch(...request);
  },
});
const client = new GrowthBookClient({ apiHost: server, clientKey: "sdk-1" });
const { success, error } = await client.init({ timeout: 10_000, streaming: true });
if (!success) {
  throw error ?? new Error("no features within 10 seconds");
}

async function post(path, body) {
  const answer = await fetch(server + path, { method: "POST", body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) {
    throw new Error(`${path}: ${JSON.stringify(json)}`);
  }
  return json;
}

function ofSdk(experiment, attributes) {
  const result = client.evalFeature(experiment, { attributes });
  const arm = result.source === "experiment" ? result.experimentResult.key : result.source;
  return `${arm} ${JSON.stringify(result.value)}`;
}

function ofServer({ arm, value, why }, control) {
  const source = why === "assigned" ? arm : why === "forced" ? "force" : "defaultValue";
  return `${source} ${JSON.stringify(arm === undefined ? control : value)}`;
}

const controls = {};
for (const { key, arms } of (await (await fetch(`${server}/v1/experiments`)).json()).experiments) {
  controls[key] = arms[0].model ?? arms[0].value;
}
let decisions = 0;
let different = 0;
async function compare(user) {
  const attributes = { user_id: `user-${user}`, hour: user % 24 };
  const ranking = await post("/v1/rank", {
    context: attributes,
    experiments,
    log: false,
    candidates: [{ features: { ad_id: "a" } }],
  });
  for (const experiment of experiments) {
    const sdk = ofSdk(experiment, attributes);
    const expected = ofServer(ranking.experiments[experiment], controls[experiment]);
    decisions++;
    if (sdk !== expected && ++different <= 10) {
      console.log(`${experiment}: ${sdk}, expected ${expected}, for ${attributes.user_id}`);
    }
  }
}
let next = 0;
const worker = async () => {
  while (next < users) {
    await compare(next++);
  }
};
await Promise.all(Array.from({ length: 8 }, worker));
console.log(`${users} users, ${decisions} decisions, ${different} different`);

// A user of the arm that is emptied must be moved to another one.
const [changed] = experiments;
const { arms } = (await (await fetch(`${server}/v1/experiments?key=${changed}`)).json())
  .experiments[0];
let user = 0;
while (!ofSdk(changed, { user_id: `user-${user}`, hour: 12 }).startsWith(`${arms[0].name} `)) {
  user++;
}
const before = fetches;
const start = performance.now();
await post("/v1/experiments/ramp", { key: changed, weights: { [arms[0].name]: 0 } });
while (ofSdk(changed, { user_id: `user-${user}`, hour: 12 }).startsWith(`${arms[0].name} `)) {
  if (performance.now() - start > 30_000) {
    throw new Error("not told of the change within 30 seconds");
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
console.log(`told after ${Math.round(performance.now() - start)} ms by ${fetches - before} requests`);
client.destroy();
process.exit(different ? 1 : 0);
