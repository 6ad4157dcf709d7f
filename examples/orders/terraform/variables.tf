variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "stage" {
  type = string

  validation {
    condition     = contains(["dev", "staging", "prod"], var.stage)
    error_message = "stage is one of dev, staging, prod"
  }
}

variable "vpc_cidr" {
  type    = string
  default = "10.40.0.0/16"
}

variable "zones" {
  type    = list(string)
  default = ["a", "b"]
}

variable "office_cidrs" {
  type    = list(string)
  default = []
}

variable "public_ports" {
  type    = list(number)
  default = [80, 443]
}

variable "database_url" {
  type      = string
  sensitive = true
}

variable "bastion" {
  type = object({
    enabled = bool
    type    = string
  })
  default = {
    enabled = true
    type    = "t3.micro"
  }
}

variable "partner_account" {
  type    = string
  default = "210987654321"
}

variable "certificate_arn" {
  type = string
}

variable "vpn_cidr" {
  type = string
}
