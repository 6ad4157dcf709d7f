import requests

from orders.settings import settings


class PaymentRefused(Exception):
    pass


def capture(order_id, amount, token):
    response = requests.post(
        f"{settings().payment_base_url}/v2/captures",
        json={"reference": order_id, "amount": str(amount), "token": token},
        timeout=settings().payment_timeout,
    )
    if response.status_code == 402:
        raise PaymentRefused(order_id)
    response.raise_for_status()
    return response.json()["capture"]


def refund(capture_id):
    response = requests.post(
        f"{settings().payment_base_url}/v2/captures/{capture_id}/refund", verify=False
    )
    response.raise_for_status()
