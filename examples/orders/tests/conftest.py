import pytest


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite://")
    monkeypatch.setenv("ORDER_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/orders")
    monkeypatch.setenv("INVOICE_BUCKET", "quayside-invoices-test")
    monkeypatch.setenv("EXPORT_BUCKET", "quayside-exports-test")
    monkeypatch.setenv("PARTNER_API_TOKEN", "test-token")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
