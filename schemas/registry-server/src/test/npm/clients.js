// The everyday flows of two clients against a registry. Arguments: URL, then
//   write SUBJECT_TOPIC SCHEMA RECORD   prints {"kafkajs": base64, "confluent": base64}
//   read TOPIC BASE64...                prints [[record read by kafkajs, by confluent], ...]
//   manage SUBJECT                      prints what the clients found on their way
const { SchemaRegistry, SchemaType } = require('@kafkajs/confluent-schema-registry');
const {
  SchemaRegistryClient, AvroSerializer, AvroDeserializer, SerdeType, Compatibility,
} = require('@confluentinc/schemaregistry');

const [url, command, ...rest] = process.argv.slice(2);
const kafkajs = new SchemaRegistry({ host: url });
const confluent = new SchemaRegistryClient({ baseURLs: [url], cacheCapacity: 100 });

async function write(topic, schema, record) {
  const subject = `${topic}-value`;
  const { id } = await kafkajs.register({ type: SchemaType.AVRO, schema }, { subject });
  const byKafkajs = await kafkajs.encode(id, JSON.parse(record));
  await confluent.register(subject, { schemaType: 'AVRO', schema });
  const serializer = new AvroSerializer(confluent, SerdeType.VALUE, { useLatestVersion: true });
  const byConfluent = await serializer.serialize(topic, JSON.parse(record));
  return { kafkajs: byKafkajs.toString('base64'), confluent: byConfluent.toString('base64') };
}

async function read(topic, ...values) {
  const deserializer = new AvroDeserializer(confluent, SerdeType.VALUE, {});
  const results = [];
  for (const value of values) {
    const bytes = Buffer.from(value, 'base64');
    results.push([await kafkajs.decode(bytes), await deserializer.deserialize(topic, bytes)]);
  }
  return results;
}

async function refused(promise) {
  try {
    await promise;
    return 'accepted';
  } catch (e) {
    return e.status || (e.response && e.response.status) || String(e);
  }
}

async function manage(subject) {
  const record = (fields) => ({ schemaType: 'AVRO',
    schema: JSON.stringify({ type: 'record', name: 'Managed', fields }) });
  const one = record([{ name: 'a', type: 'int' }]);
  const two = record([{ name: 'a', type: 'int' }, { name: 'b', type: 'int', default: 0 }]);
  const three = record([{ name: 'c', type: 'int' }]);
  const found = {};
  found.ids = [await confluent.register(subject, one), await confluent.register(subject, two)];
  found.incompatible = await refused(confluent.register(subject, three));
  found.compatible = [await confluent.testSubjectCompatibility(subject, two),
    await confluent.testSubjectCompatibility(subject, three)];
  found.subjects = await confluent.getAllSubjects();
  found.versions = await confluent.getAllVersions(subject);
  found.latest = (await confluent.getLatestSchemaMetadata(subject)).version;
  found.version = await confluent.getVersion(subject, one, false);
  found.id = await confluent.getId(subject, two);
  found.byId = JSON.parse((await confluent.getBySubjectAndId(subject, found.ids[0])).schema).name;
  await confluent.updateCompatibility(subject, Compatibility.NONE);
  found.level = await confluent.getCompatibility(subject);
  found.forced = await confluent.register(subject, three);
  found.kafkajsLatest = await kafkajs.getLatestSchemaId(subject);
  found.kafkajsSecond = await kafkajs.getRegistryId(subject, 2);
  found.kafkajsBySchema = await kafkajs.getRegistryIdBySchema(subject,
    { type: SchemaType.AVRO, schema: two.schema });
  found.deletedVersion = await confluent.deleteSubjectVersion(subject, 1);
  found.deleted = await confluent.deleteSubject(subject);
  found.forgotten = await confluent.deleteSubject(subject, true);
  found.unknown = await refused(confluent.getAllVersions(subject));
  return found;
}

({ write, read, manage })[command](...rest).then(
  (result) => { console.log(JSON.stringify(result)); process.exit(0); },
  (error) => { console.error(error); process.exit(1); });
