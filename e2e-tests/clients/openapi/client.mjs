// Asks a server by a client that is generated from its /openapi.json:
// node client.mjs http://127.0.0.1:8080
import SwaggerClient from "swagger-client";

const server = process.argv[2];
const millrace = await new SwaggerClient({ url: `${server}/openapi.json` });
const { ask, write, observe } = millrace.apis;

async function body(answer) {
  return (await answer).body;
}

async function until(what, holds) {
  for (let tries = 0; tries < 600; tries++) {
    if (await holds()) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within a minute: ${what}`);
}

const request = {
  context: { user_id: "generated" },
  candidates: ["a", "b", "c"].map((ad) => ({ id: ad, features: { ad_id: `generated-${ad}` } })),
};
const rank = () => body(ask.rank({}, { requestBody: request }));
const probability = (ranking, id) => ranking.results.find((result) => result.id === id).probability;

await until("ready", async () => {
  try {
    return (await observe.ready()).status === 200;
  } catch (notYet) {
    return false;
  }
});
const first = await rank();
const last = first.results[2];
console.log(`ranked ${first.results.map((result) => result.id)} by version ${first.version}`);

const click = { type: "click", impressionId: last.impressionId };
const accepted = await body(write.events({}, { requestBody: click }));
console.log(`click: ${accepted.accepted} accepted`);
await until("the click changes the ranking", async () =>
  probability(await rank(), last.id) > last.probability);
console.log(`${last.id} is more probable after its click`);

const bulk = { events: [
  { type: "impression", impressionId: "generated-1", features: { user_id: "u", ad_id: "x" } },
  { type: "click", impressionId: "generated-1" },
  { type: "click", impressionId: "" },
] };
const mixed = await write.events({}, { requestBody: bulk });
console.log(`${mixed.status}: ${mixed.body.accepted} accepted, ${mixed.body.rejected} rejected`);

const explained = await body(ask.predict({}, {
  requestBody: { features: { user_id: "generated", ad_id: "generated-a" }, explain: true },
}));
console.log(`explained: ${"explanation" in explained.predictions[0]}`);
await until("the bad click is kept", async () => (await body(observe.rejected({ limit: 5 }))).total >= 1);
const status = await body(observe.status());
console.log(`status: ready ${status.ready}, ${status.models.length} model`);
console.log(`models: ${(await body(observe.models())).map((model) => model.name)}`);
const history = await body(observe.history());
console.log(`history: ${Object.keys(history).length > 0}`);
console.log(`health: ${(await body(observe.health())).status}`);
console.log(`metrics: ${(await observe.metrics()).text.includes("# TYPE millrace_")}`);

try {
  await ask.rank({}, { requestBody: { candidates: [] } });
} catch (refused) {
  console.log(`refused: ${refused.status} ${refused.response.body.error.message}`);
}
