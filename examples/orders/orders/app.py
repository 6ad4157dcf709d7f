import logging

from flask import Flask, abort, jsonify, request, send_file
from pydantic import BaseModel, ValidationError

from orders import db, payments
from orders.exports import export_file
from orders.queue import enqueue
from orders.settings import settings

log = logging.getLogger(__name__)

SEARCHABLE = {"customer", "state"}


class NewOrder(BaseModel):
    customer: str
    lines: list[dict]
    payment_token: str


def create_app():
    app = Flask(__name__)
    app.config["SECRET_KEY"] = settings().session_key
    app.config["SESSION_COOKIE_SECURE"] = True
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["MAX_CONTENT_LENGTH"] = 256 * 1024

    @app.get("/health")
    def health():
        return jsonify(status="ok", stage=settings().stage)

    @app.post("/orders")
    def create_order():
        try:
            order = NewOrder.model_validate_json(request.get_data())
        except ValidationError as error:
            return jsonify(errors=error.errors(include_url=False)), 422
        reference = enqueue(order.model_dump(exclude={"payment_token"}))
        log.info("order %s accepted", reference)
        return jsonify(reference=reference), 202

    @app.get("/orders/<int:order_id>")
    def read_order(order_id):
        with db.session() as active:
            row = db.order_by_id(active, order_id)
        if row is None:
            abort(404)
        return jsonify(dict(row))

    @app.get("/customers/<customer>/orders")
    def read_orders(customer):
        with db.session() as active:
            rows = db.orders_of(active, customer, settings().page_size)
        return jsonify([dict(row) for row in rows])

    @app.get("/orders/search")
    def search_orders():
        column = request.args.get("by", "customer")
        if column not in SEARCHABLE:
            abort(400)
        with db.session() as active:
            rows = db.search(active, column, request.args.get("q", ""))
        return jsonify([dict(row) for row in rows])

    @app.post("/orders/<int:order_id>/refund")
    def refund_order(order_id):
        payments.refund(request.get_json()["capture"])
        with db.session() as active:
            db.set_state(active, order_id, "refunded")
        return "", 204

    @app.get("/exports/<name>")
    def read_export(name):
        return send_file(export_file(name), as_attachment=True)

    return app
