import json
import os

import boto3
from jinja2 import Environment, FileSystemLoader, select_autoescape

BUCKET = os.environ["INVOICE_BUCKET"]

s3 = boto3.client("s3")
templates = Environment(
    loader=FileSystemLoader(os.path.join(os.path.dirname(__file__), "templates")),
    autoescape=select_autoescape(["html"]),
)


def render(order):
    return templates.get_template("invoice.html").render(order=order)


def handler(event, context):
    for record in event["Records"]:
        order = json.loads(record["body"])
        s3.put_object(
            Bucket=BUCKET,
            Key=f"invoices/{order['customer']}/{order['reference']}.html",
            Body=render(order).encode(),
            ContentType="text/html",
            ServerSideEncryption="aws:kms",
        )
