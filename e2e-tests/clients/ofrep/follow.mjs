// Decides for users with OpenFeature's providers of OFREP, that for servers and that for pages, and
// compares with what a ranking of the server says:
//   node follow.mjs http://127.0.0.1:8080 USERS EXPERIMENT …
// Then it gives the first experiment's first arm a weight of 0, and waits until both know. The
// server has a model of users by `user_id`, ads by `ad_id` and an `hour`. The exit status is 1 if
// any decisions differ.
import { EventSource } from "eventsource";
import { OFREPProvider } from "@openfeature/ofrep-provider";
import { OFREPWebProvider } from "@openfeature/ofrep-web-provider";
import { OpenFeature as Servers } from "@openfeature/server-sdk";
import { OpenFeature as Pages, ProviderEvents } from "@openfeature/web-sdk";

const [server, users, ...experiments] = process.argv.slice(2);
globalThis.EventSource = EventSource; // which pages have

let evaluations = 0;
const plainFetch = globalThis.fetch;
globalThis.fetch = (request, ...more) => {
  evaluations += new URL(request.url ?? request).pathname.startsWith("/ofrep/") ? 1 : 0;
  return plainFetch(request, ...more);
};
async function post(path, body) {
  const answer = await plainFetch(server + path, { method: "POST", body: JSON.stringify(body) });
  const json = await answer.json();
  if (!answer.ok) {
    throw new Error(`${path}: ${JSON.stringify(json)}`);
  }
  return json;
}

const all = (await (await plainFetch(`${server}/v1/experiments`)).json()).experiments;
const controls = {};
const attributes = {};
for (const { key, arms, unit } of all) {
  controls[key] = arms[0].model ?? arms[0].value;
  attributes[key] = unit.attribute;
}

// The user is the targeting key for odd users, and the experiments' attribute for others.
const contextOf = (user) =>
  user % 2
    ? { targetingKey: `user-${user}`, hour: user % 24 }
    : { user_id: `user-${user}`, hour: user % 24 };

await Servers.setProviderAndWait(new OFREPProvider({ baseUrl: server }));
await Pages.setContext(contextOf(0));
await Pages.setProviderAndWait(new OFREPWebProvider({ baseUrl: server, cacheMode: "disabled" }));
const ofServers = Servers.getClient();
const ofPages = Pages.getClient();

const REASONS = { assigned: "SPLIT", forced: "TARGETING_MATCH", not_running: "DISABLED" };
const inWords = ({ value, variant, reason }) => `${variant} ${reason} ${JSON.stringify(value)}`;
const details = (client, key, context) => {
  switch (typeof controls[key]) {
    case "string":
      return client.getStringDetails(key, "", context);
    case "number":
      return client.getNumberDetails(key, -1, context);
    default:
      return client.getObjectDetails(key, {}, context);
  }
};

let decisions = 0;
let different = 0;
for (let user = 0; user < users; user++) {
  const context = contextOf(user);
  const ranking = await post("/v1/rank", {
    context: { user_id: `user-${user}`, hour: user % 24 },
    experiments,
    log: false,
    candidates: [{ features: { ad_id: "a" } }],
  });
  await Pages.setContext(context);
  const evaluated = await Promise.all(
    experiments.map((key) => details(ofServers, key, context)),
  );
  experiments.forEach((key, i) => {
    const { arm, value, why } = ranking.experiments[key];
    const expected = inWords({
      value: arm === undefined ? controls[key] : value,
      variant: arm,
      reason: REASONS[why] ?? "DEFAULT",
    });
    for (const got of [inWords(evaluated[i]), inWords(details(ofPages, key))]) {
      decisions++;
      if (got !== expected && ++different <= 10) {
        console.log(`${key}: ${got}, expected ${expected}, for ${JSON.stringify(context)}`);
      }
    }
  });
}
console.log(`${users} users, ${decisions} decisions, ${different} different`);

// A user of the arm that is emptied must be moved to another one.
const [changed] = experiments;
const first = all.find(({ key }) => key === changed).arms[0].name;
let user = 0;
do {
  await Pages.setContext({ targetingKey: `user-${user++}`, hour: 12 });
} while (details(ofPages, changed).variant !== first);
await new Promise((resolve) => setTimeout(resolve, 200)); // the stream's first event
const before = evaluations;
const start = performance.now();
const told = new Promise((resolve, reject) => {
  Pages.addHandler(ProviderEvents.ConfigurationChanged, resolve);
  setTimeout(() => reject(new Error("not told of the change within 30 seconds")), 30_000);
});
await post("/v1/experiments/ramp", { key: changed, weights: { [first]: 0 } });
await told;
const millis = Math.round(performance.now() - start);
const page = details(ofPages, changed).variant !== first;
const onServer = await details(ofServers, changed, Pages.getContext());
console.log(
  `told after ${millis} ms by ${evaluations - before - 1} requests: page ${page},` +
    ` server ${onServer.variant !== first}`,
);
process.exit(different ? 1 : 0);
