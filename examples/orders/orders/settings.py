import os
from functools import lru_cache

from pydantic import BaseModel, Field


class Settings(BaseModel):
    stage: str = "dev"
    database_url: str
    order_queue_url: str
    invoice_bucket: str
    export_bucket: str
    payment_base_url: str = "https://payments.quayside-orders.example"
    payment_timeout: float = Field(default=5.0, gt=0)
    session_key: str
    page_size: int = Field(default=50, ge=1, le=500)


@lru_cache(maxsize=1)
def settings() -> Settings:
    return Settings(
        stage=os.environ.get("STAGE", "dev"),
        database_url=os.environ["DATABASE_URL"],
        order_queue_url=os.environ["ORDER_QUEUE_URL"],
        invoice_bucket=os.environ["INVOICE_BUCKET"],
        export_bucket=os.environ["EXPORT_BUCKET"],
        session_key=os.environ.get("SESSION_KEY", "quayside-dev-session"),
    )
