"""Writes impressions and clicks to Kafka with confluent-kafka:
python3 send.py BROKERS REGISTRY COUNT

Debian's package has no Avro serializer, so records of two strings and numbers are written by hand:
a zero byte, the schema's id in four bytes, then Avro's binary encoding.
"""
import io
import json
import sys
import time
import urllib.request

from confluent_kafka import Producer


def schema_id(registry, subject):
    with urllib.request.urlopen(f"{registry}/subjects/{subject}/versions/latest") as answer:
        return json.load(answer)["id"]


def write_long(to, n):
    n = (n << 1) ^ (n >> 63)
    while n & ~0x7F:
        to.write(bytes([(n & 0x7F) | 0x80]))
        n >>= 7
    to.write(bytes([n]))


def write_string(to, text):
    data = text.encode()
    write_long(to, len(data))
    to.write(data)


def record(schema, *values):
    to = io.BytesIO()
    to.write(b"\x00" + schema.to_bytes(4, "big"))
    for value in values:
        if value is None:
            write_long(to, 0)  # the first branch of a union with null
        elif isinstance(value, int):
            write_long(to, value)
        else:
            write_string(to, value)
    return to.getvalue()


def main(brokers, registry, count):
    impression = schema_id(registry, "shop.ads.AdImpression")
    click = schema_id(registry, "io.millrace.event.Click")
    producer = Producer({"bootstrap.servers": brokers, "acks": "all", "client.id": "shop"})
    for i in range(int(count)):
        name = f"py-{i}"
        now = int(time.time() * 1000)
        # in the order of the schema's fields; the price is null
        producer.produce(
            "impressions",
            key=name,
            value=record(impression, name, now, f"user-{i % 7}", f"ad-{i % 5}", None),
        )
        if i % 5 == 0:
            producer.produce("clicks", key=name, value=record(click, name, now + 1))
    producer.flush()
    print(f"{count} impressions written")


main(*sys.argv[1:])
