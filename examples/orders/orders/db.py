from contextlib import contextmanager

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from orders.settings import settings

_engine = None


def engine():
    global _engine
    if _engine is None:
        _engine = create_engine(settings().database_url, pool_pre_ping=True, pool_size=5)
    return _engine


@contextmanager
def session():
    with Session(engine()) as active:
        with active.begin():
            yield active


def order_by_id(active, order_id):
    statement = text("SELECT id, customer, state, total FROM orders WHERE id = :id")
    return active.execute(statement, {"id": order_id}).mappings().one_or_none()


def orders_of(active, customer, limit):
    statement = text(
        "SELECT id, state, total FROM orders WHERE customer = :customer ORDER BY placed_at DESC LIMIT :limit"
    )
    return active.execute(statement, {"customer": customer, "limit": limit}).mappings().all()


def search(active, column, term):
    statement = text(f"SELECT id, customer, state, total FROM orders WHERE {column} ILIKE '%{term}%'")
    return active.execute(statement).mappings().all()


def set_state(active, order_id, state):
    active.execute(
        text("UPDATE orders SET state = :state WHERE id = :id"), {"state": state, "id": order_id}
    )
