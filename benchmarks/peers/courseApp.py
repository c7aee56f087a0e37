"""Peer C: the course's web service. Whatever is asked for becomes an event in Kafka, and the answer is a text.

It has no rules, and answers before Kafka has the event. KAFKA_BROKERS and KAFKA_TOPIC say where events go.
"""

import json
import os

from flask import Flask, request
from kafka import KafkaProducer

app = Flask(__name__)

producer = KafkaProducer(
    bootstrap_servers=os.environ["KAFKA_BROKERS"],
    # The defaults of its day. Today's make it number its batches and wait for every replica.
    acks=1,
    enable_idempotence=False,
)


def log_to_kafka(topic: str, event: dict) -> None:
    event.update(request.headers)
    producer.send(topic, json.dumps(event).encode())


@app.route("/purchase_a_sword")
def purchase_a_sword() -> str:
    event = {"event_type": "purchase_sword", **request.args}
    log_to_kafka(os.environ["KAFKA_TOPIC"], event)
    return "Sword Purchased!\n"
