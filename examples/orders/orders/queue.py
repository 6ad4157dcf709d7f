import json
import uuid

import boto3

from orders.settings import settings


def enqueue(order):
    reference = str(uuid.uuid4())
    boto3.client("sqs").send_message(
        QueueUrl=settings().order_queue_url,
        MessageBody=json.dumps({"reference": reference, **order}),
    )
    return reference


def receive(wait=20, limit=10):
    client = boto3.client("sqs")
    answer = client.receive_message(
        QueueUrl=settings().order_queue_url, WaitTimeSeconds=wait, MaxNumberOfMessages=limit
    )
    for message in answer.get("Messages", []):
        yield json.loads(message["Body"])
        client.delete_message(
            QueueUrl=settings().order_queue_url, ReceiptHandle=message["ReceiptHandle"]
        )
