resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "api" {
  family                   = "${local.name}-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 512
  memory                   = 1024
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.api.arn

  container_definitions = jsonencode([{
    name                   = "api"
    image                  = "${local.account}.dkr.ecr.${var.region}.amazonaws.com/orders:3.14.0"
    readonlyRootFilesystem = true
    portMappings           = [{ containerPort = 8000 }]
    secrets                = [{ name = "DATABASE_URL", valueFrom = aws_ssm_parameter.database_url.arn }]
    environment = [
      { name = "STAGE", value = var.stage },
      { name = "EXPORT_BUCKET", value = module.bucket["exports"].name },
    ]
  }])
}

resource "aws_ecs_task_definition" "worker" {
  family                   = "${local.name}-worker"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 256
  memory                   = 512
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.worker.arn

  container_definitions = jsonencode([{
    name    = "worker"
    image   = "${local.account}.dkr.ecr.${var.region}.amazonaws.com/orders:3.14.0"
    command = ["python", "-m", "worker.main"]
    environment = [
      { name = "STAGE", value = var.stage },
      { name = "DATABASE_URL", value = var.database_url },
    ]
  }])
}

resource "aws_ecs_service" "api" {
  name            = "api"
  cluster         = aws_ecs_cluster.main.id
  task_definition = aws_ecs_task_definition.api.arn
  desired_count   = 2
  launch_type     = "FARGATE"

  network_configuration {
    subnets         = [for subnet in aws_subnet.private : subnet.id]
    security_groups = [aws_security_group.api.id]
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.api.arn
    container_name   = "api"
    container_port   = 8000
  }
}

resource "aws_ssm_parameter" "database_url" {
  name   = "/${local.name}/database-url"
  type   = "SecureString"
  value  = var.database_url
  key_id = aws_kms_key.data.arn
}

resource "aws_kms_key" "data" {
  description         = "Data of orders"
  enable_key_rotation = true
}
