stage        = "prod"
office_cidrs = ["198.51.100.0/24", "203.0.113.16/28"]
zones        = ["a", "b", "c"]
