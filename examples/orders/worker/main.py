import logging
import signal

import boto3
import yaml

from orders import db, payments
from orders.queue import receive
from orders.settings import settings

log = logging.getLogger("orders.worker")
running = True


def stop(signum, frame):
    global running
    running = False


def routes():
    body = boto3.client("s3").get_object(Bucket=settings().export_bucket, Key="routing/routes.yaml")["Body"]
    return yaml.load(body.read(), Loader=yaml.Loader)


def process(order, table):
    capture = payments.capture(order["reference"], order["total"], order["payment"])
    with db.session() as active:
        db.set_state(active, order["reference"], "paid")
    log.info("captured %s for %s via %s", capture, order["reference"], table.get(order["customer"]))


def main():
    logging.basicConfig(level=logging.INFO)
    signal.signal(signal.SIGTERM, stop)
    table = routes()
    while running:
        for order in receive():
            try:
                process(order, table)
            except payments.PaymentRefused:
                log.warning("payment refused for %s", order["reference"])


if __name__ == "__main__":
    main()
