import json

from orders import app as module


def client(monkeypatch, sent):
    monkeypatch.setattr(module, "enqueue", lambda order: sent.append(order) or "ref-1")
    return module.create_app().test_client()


def test_an_order_is_accepted_without_its_payment_token(monkeypatch):
    sent = []
    body = {"customer": "c-17", "lines": [{"article": "a-1", "quantity": 2}], "payment_token": "tok"}
    answer = client(monkeypatch, sent).post("/orders", data=json.dumps(body))
    assert answer.status_code == 202
    assert sent == [{"customer": "c-17", "lines": [{"article": "a-1", "quantity": 2}]}]


def test_an_order_without_lines_is_refused(monkeypatch):
    answer = client(monkeypatch, []).post("/orders", data=json.dumps({"customer": "c-17"}))
    assert answer.status_code == 422


def test_only_known_columns_are_searched(monkeypatch):
    assert client(monkeypatch, []).get("/orders/search?by=total&q=1").status_code == 400
