// Writes impressions and clicks to Kafka with kafkajs and its registry client:
// node send.mjs BROKERS REGISTRY COUNT
import { Kafka, logLevel } from "kafkajs";
import { SchemaRegistry } from "@kafkajs/confluent-schema-registry";

const [brokers, registryUrl, count] = process.argv.slice(2);
const registry = new SchemaRegistry({ host: registryUrl });
// `up` has registered the schemas under the full names of their records.
const impression = await registry.getLatestSchemaId("shop.ads.AdImpression");
const click = await registry.getLatestSchemaId("io.millrace.event.Click");

const kafka = new Kafka({ clientId: "shop", brokers: brokers.split(","), logLevel: logLevel.ERROR });
const producer = kafka.producer();
await producer.connect();
for (let i = 0; i < Number(count); i++) {
  const id = `js-${i}`;
  const now = Date.now();
  await producer.send({
    topic: "impressions",
    messages: [{
      key: id,
      value: await registry.encode(impression, {
        impression_id: id, event_time: now, user_id: `user-${i % 7}`, ad_id: `ad-${i % 5}`, price: null,
      }),
    }],
  });
  if (i % 5 === 0) {
    await producer.send({
      topic: "clicks",
      messages: [{ key: id, value: await registry.encode(click, { impression_id: id, event_time: now + 1 }) }],
    });
  }
}
await producer.disconnect();
console.log(`${count} impressions written`);
