output "api_url" {
  value = "https://${aws_lb.api.dns_name}"
}

output "buckets" {
  value = { for key, bucket in module.bucket : key => bucket.name }
}
