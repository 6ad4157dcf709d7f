import hashlib
import hmac
import json
import os
import uuid

import boto3

QUEUE_URL = os.environ["ORDER_QUEUE_URL"]
PARTNER_TOKEN = os.environ["PARTNER_API_TOKEN"]

sqs = boto3.client("sqs")


def signed(body, signature):
    wanted = hmac.new(PARTNER_TOKEN.encode(), body.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, signature)


def handler(event, context):
    body = event.get("body") or ""
    signature = (event.get("headers") or {}).get("x-orders-signature", "")
    if not signed(body, signature):
        return {"statusCode": 401, "body": ""}
    try:
        order = json.loads(body)
    except ValueError:
        return {"statusCode": 400, "body": json.dumps({"error": "not JSON"})}
    reference = str(uuid.uuid4())
    sqs.send_message(QueueUrl=QUEUE_URL, MessageBody=json.dumps({"reference": reference, **order}))
    return {"statusCode": 202, "body": json.dumps({"reference": reference})}
