data "aws_caller_identity" "current" {}

locals {
  name    = "orders-${var.stage}"
  account = data.aws_caller_identity.current.account_id

  tags = {
    service = "orders"
    stage   = var.stage
  }

  subnets = { for index, zone in var.zones : zone => {
    public  = cidrsubnet(var.vpc_cidr, 8, index)
    private = cidrsubnet(var.vpc_cidr, 8, index + 100)
  } }

  buckets = {
    exports = { retention = 90 }
    routing = { retention = 0 }
  }
}
